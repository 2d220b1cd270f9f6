"""What is applied once: Argo CD in the same cluster and in another, what may be read, and that nothing is secret."""

from __future__ import annotations

import ast
import base64
import json
import re
import subprocess
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from textwrap import indent
from typing import Any

import jsonschema_rs
import pytest
import yaml

from generator.argocd import FIELD_MANAGER, Installation, Store, environment_objects, installation
from generator.argocd.admission import expressions
from generator.desired import Environment, load
from generator.errors import ProblemsError
from tests.desired.repositories import ENVIRONMENT, ENVIRONMENT_FILE, as_bytes

SCHEMAS = Path(__file__).parents[2] / "schemas" / "custom"
#: By which nobody takes the Secret `stargit-bootstrap`, which is called so unless the environment says else.
POLICIES = [
    f"{kind}/stargit.stargit.stargit.c0b0c0a54a.{what}"
    for what in ("pods", "exec", "rights", "others")
    for kind in ("ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding")
]
READING = {"get", "list", "watch"}


def environment(gitops: str, file: str = ENVIRONMENT_FILE) -> Environment:
    text = "repository: https://git.example.com/airflow.git\n" + gitops
    loaded = load(as_bytes({file: ENVIRONMENT + "gitops:\n" + indent(text, "  ")}))
    assert loaded.problems == ()
    return loaded.state.environments[0]


def objects(made: Installation, part: str = "") -> list[Mapping[str, Any]]:
    return [each for one in made.parts if part in {"", one.name} for file in one.files.values() for each in file]


def names(made: Installation, part: str) -> list[str]:
    return [
        "/".join(filter(None, (each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"])))
        for each in objects(made, part)
    ]


def test_in_argo_cds_own_cluster_all_is_one_part() -> None:
    made = installation(environment(""))
    assert [part.name for part in made.parts] == ["argocd"]
    assert names(made, "argocd") == [
        "Namespace/stargit",
        "ConfigMap/argocd/argocd-cm",
        *POLICIES,
        "ServiceAccount/stargit/stargit-commander",
        "ServiceAccount/stargit/stargit-houston",
        "ClusterRole/stargit:stargit:stargit-commander:status",
        "ClusterRoleBinding/stargit:stargit:stargit-commander:status",
        "Role/argocd/stargit:stargit:stargit-commander:status",
        "RoleBinding/argocd/stargit:stargit:stargit-commander:status",
        "AppProject/argocd/dev",
        "Application/argocd/dev",
    ]


def policies(more: str, gitops: str = "") -> list[Mapping[str, Any]]:
    text = f"repository: https://git.example.com/airflow.git\n{gitops}"
    platform = "platform: {namespace: airflow, release: production}\n"
    loaded = load(as_bytes({ENVIRONMENT_FILE: f"{ENVIRONMENT}{platform}gitops:\n{indent(text, '  ')}{more}"}))
    assert loaded.problems == ()
    return [each for each in objects(installation(loaded.state.environments[0])) if "Admission" in each["kind"]]


@pytest.mark.parametrize(
    ("more", "secret"),
    [
        ("defaults: {bootstrap: {adminSecretName: postgres-admin}}\n", "postgres-admin"),
        ("defaults: {bootstrap: {adminSecretName: null}}\n", "stargit-bootstrap"),
        ("defaults: {bootstrap: null}\n", "stargit-bootstrap"),
    ],
)
def test_policies_are_about_the_secret_that_the_environment_names(more: str, secret: str) -> None:
    made = policies(more)
    assert {each["metadata"]["name"].rpartition(".")[0] for each in made} == {
        f"stargit.airflow.production.{sha256(secret.encode()).hexdigest()[:10]}"
    }
    for policy, bound in zip(made[::2], made[1::2], strict=True):
        assert bound["spec"]["matchResources"]["namespaceSelector"] == {"matchLabels": {"platform": "production"}}
        assert bound["spec"]["policyName"] == policy["metadata"]["name"]
    assert f"== {json.dumps(secret)}" in json.dumps(made[0]["spec"]["variables"]).replace('\\"', '"')


def test_policies_know_the_image_and_the_keys_that_the_environment_names() -> None:
    digest = "sha256:" + "0" * 64
    said = f"images: {{bootstrap: {{repository: localhost:5000/a, digest: '{digest}'}}}}"
    made = policies(f"defaults: {{bootstrap: {{adminSecretKey: url, adminCaKey: ca.crt}}, {said}}}\n")
    rules = [each["expression"] for each in made[0]["spec"]["validations"]]
    assert sum(f'c.image == "localhost:5000/a@{digest}"' in each for each in rules) == 1
    (variables,) = [each for each in rules if "BOOTSTRAP_SERVER_CA" in each]
    assert '== "url"' in variables
    assert '== "ca.crt"' in variables
    without = [each["expression"] for each in policies("")[0]["spec"]["validations"]]
    assert not any("BOOTSTRAP_SERVER_CA" in each for each in without)


def test_where_files_may_say_how_bootstrap_jobs_run_policies_are_about_accounts_of_deployments() -> None:
    made = policies("", "bootstrapFrom: deployments\n")
    assert [each["metadata"]["name"].rpartition(".")[2] for each in made[::2]] == ["pods", "exec"]
    for each in made[::2]:
        assert "by-a-deployment" in {condition["name"] for condition in each["spec"]["matchConditions"]}
    assert not any("by-a-deployment" in json.dumps(each) for each in policies(""))


@pytest.mark.parametrize("name", ["plain", "with.dots", "\"quoted'", "back\\slash", "new\nline", "ünïcode"])
def test_no_name_gets_out_of_its_quotes(name: str) -> None:
    """Names have stricter forms, so that this is a second line."""
    written = expressions.text(name)
    assert ast.literal_eval(written) == name
    assert written.isascii()
    assert "\n" not in written
    assert re.fullmatch(expressions.literally(name), name)


def test_another_cluster_gets_what_runs_there_and_argo_cds_what_argo_cd_reads() -> None:
    made = installation(environment("cluster: production-eu\nnamespace: cd\nname: eu\n"))
    assert names(made, "argocd") == [
        "ConfigMap/cd/argocd-cm",
        "ServiceAccount/cd/eu-commander",
        "Role/cd/stargit:cd:eu-commander:status",
        "RoleBinding/cd/stargit:cd:eu-commander:status",
        "AppProject/cd/eu",
        "Application/cd/eu",
    ]
    assert names(made, "cluster") == [
        "Namespace/stargit",
        *POLICIES,
        "ServiceAccount/stargit/stargit-commander",
        "ServiceAccount/stargit/stargit-houston",
        "ClusterRole/stargit:stargit:stargit-commander:status",
        "ClusterRoleBinding/stargit:stargit:stargit-commander:status",
    ]
    assert [part.cluster for part in made.parts] == ["Argo CD's own cluster", "production-eu"]


def test_the_root_application_is_the_one_that_is_rendered() -> None:
    one = environment("")
    assert list(objects(installation(one))[-2:]) == environment_objects(one)["root.yaml"]


def test_no_rule_writes_and_none_reaches_what_may_be_secret() -> None:
    rules = [rule for each in objects(installation(environment(""))) for rule in each.get("rules", ())]
    assert {verb for rule in rules for verb in rule["verbs"]} == READING
    resources = {name for rule in rules for name in rule["resources"]}
    assert not resources & {"*", "secrets", "configmaps", "pods/log", "pods/exec", "serviceaccounts/token"}
    assert all("*" not in rule["apiGroups"] for rule in rules)


def test_houston_is_bound_to_nothing_and_gets_no_token() -> None:
    made = objects(installation(environment("")))
    (account,) = [each for each in made if each["kind"] == "ServiceAccount" and "houston" in each["metadata"]["name"]]
    assert account["automountServiceAccountToken"] is False
    bound = {subject["name"] for each in made for subject in each.get("subjects", ())}
    assert bound == {"stargit-commander"}


def test_environments_of_one_cluster_share_only_what_is_the_same_for_both() -> None:
    first = objects(installation(environment("")))
    second = objects(installation(environment("", "environments/test/environment.yaml")))
    by_name = {(each["kind"], each["metadata"]["name"]): each for each in first}
    shared = [each for each in second if (each["kind"], each["metadata"]["name"]) in by_name]
    assert shared == [by_name[each["kind"], each["metadata"]["name"]] for each in shared]
    # Both say that their platform is the release 'stargit' in the namespace 'stargit': then it is one Commander.
    assert {each["kind"] for each in second if each not in shared} == {"AppProject", "Application"}


@pytest.mark.parametrize("gitops", ["", "cluster: production-eu\n"])
def test_repositories_whose_roots_have_one_name_take_no_rights_from_each_other(gitops: str) -> None:
    """What an API server would take for one object is the same in both, but for the root itself, which Argo CD owns."""
    first = objects(installation(environment(gitops)))
    text = indent("repository: https://git.example.com/other.git\n" + gitops, "  ")
    platform = "platform: {namespace: other, release: other}\n"
    loaded = load(as_bytes({ENVIRONMENT_FILE: f"{ENVIRONMENT}{platform}gitops:\n{text}"}))
    second = objects(installation(loaded.state.environments[0]))
    known = {(each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]): each for each in first}
    taken = [
        each["kind"]
        for each in second
        if known.get((each["kind"], each["metadata"].get("namespace"), each["metadata"]["name"]), each) != each
    ]
    assert taken == ["AppProject", "Application"]
    bound = [each["subjects"][0]["namespace"] for each in second if each["kind"] == "ClusterRoleBinding"]
    assert bound == ["other"]
    assert any(each["kind"] == "ClusterRoleBinding" for each in first if each not in second)


def test_configmaps_of_argo_cd_are_written_in_part() -> None:
    made = [each for each in objects(installation(environment(""))) if each["kind"] == "ConfigMap"]
    assert {each["metadata"]["name"]: set(each["data"]) for each in made} == {
        "argocd-cm": {"application.resourceTrackingMethod", "resource.customizations.health.batch_Job"},
    }


@pytest.mark.parametrize(
    ("gitops", "wanted"),
    [
        ("", [("git", ("username", "password"))]),
        ("repository: git@git.example.com:team/airflow.git\n", [("git", ("sshPrivateKey",))]),
        ("repository: ssh://git@git.example.com/airflow.git\n", [("git", ("sshPrivateKey",))]),
        ("repository: file:///srv/airflow.git\n", []),
        (
            "delivery: helm\nchart: {repository: oci://registry.example.com/charts}\n",
            [("git", ("username", "password")), ("helm", ("username", "password"))],
        ),
    ],
)
def test_which_logins_are_needed(gitops: str, wanted: list[tuple[str, tuple[str, ...]]]) -> None:
    text = gitops if gitops.startswith("repository") else "repository: https://git.example.com/airflow.git\n" + gitops
    loaded = load(as_bytes({ENVIRONMENT_FILE: ENVIRONMENT + "gitops:\n" + indent(text, "  ")}))
    made = installation(loaded.state.environments[0])
    assert [(each.public["type"], each.secret) for each in made.logins[:-1]] == wanted
    assert (made.logins[-1].name, made.logins[-1].secret) == ("argocd-secret", ("webhook.github.secret",))


def test_external_secrets_meet_their_schema_and_hold_nothing_secret() -> None:
    one = environment("delivery: helm\nchart: {repository: oci://registry.example.com/charts}\n")
    made = installation(one, Store("vault", "SecretStore", "/platform/"))
    found = [each for each in objects(made) if each["kind"] == "ExternalSecret"]
    schema = json.loads((SCHEMAS / "external-secrets.io" / "externalsecret_v1.json").read_text())
    for each in found:
        jsonschema_rs.validate(schema, each)
    assert [each["spec"]["target"]["creationPolicy"] for each in found] == ["Owner", "Owner", "Merge"]
    charts = found[1]["spec"]
    assert charts["target"]["template"]["data"] == {
        "type": "helm",
        "url": "registry.example.com/charts",
        "enableOCI": "true",
        "username": "{{ .username }}",
        "password": "{{ .password }}",
    }
    assert charts["data"][0]["remoteRef"]["key"] == f"platform/{found[1]['metadata']['name']}"


def test_the_shells_line_makes_the_secret_from_files(tmp_path: Path) -> None:
    (tmp_path / "username").write_text("robot")
    (tmp_path / "password").write_text("p'a $s")
    login = installation(environment("")).logins[0]
    line, _, apply = login.command(FIELD_MANAGER).rpartition(" | ")
    assert apply == "kubectl apply --server-side --field-manager=stargit --filename=-"
    made = subprocess.run(["bash", "-euo", "pipefail", "-c", line], cwd=tmp_path, capture_output=True, check=True)
    secret = yaml.safe_load(made.stdout)
    assert secret["metadata"]["labels"] == {"argocd.argoproj.io/secret-type": "repository"}
    assert {key: base64.b64decode(text).decode() for key, text in secret["data"].items()} == {
        "type": "git",
        "url": "https://git.example.com/airflow.git",
        "username": "robot",
        "password": "p'a $s",
    }


def test_without_gitops_it_says_what_to_write() -> None:
    loaded = load(as_bytes({ENVIRONMENT_FILE: ENVIRONMENT}))
    with pytest.raises(ProblemsError) as caught:
        installation(loaded.state.environments[0])
    assert str(caught.value.problems[0]).splitlines()[0] == (
        f"{ENVIRONMENT_FILE}:1:1: has no 'gitops', so Argo CD is not to know of it"
    )
