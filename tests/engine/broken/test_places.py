# ruff: noqa: E501  (messages stand as they are printed)
"""Files and folders that are missing, of another sort, badly named, or somewhere else than they should be."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.desired.repositories import (
    DEPLOYMENT,
    DEPLOYMENT_FILE,
    ENVIRONMENT,
    ENVIRONMENT_FILE,
    PLAIN,
    WORKSPACE,
    WORKSPACE_FILE,
    deployment,
    write,
)
from tests.engine.broken.repositories import Broken, check

D, W, E = DEPLOYMENT_FILE, WORKSPACE_FILE, ENVIRONMENT_FILE
DEV = "environments/dev"
FOLDER = D.rpartition("/")[0]


def _outside(repository: Path) -> Path:
    """A good repository beside this one."""
    return write(repository.parent / "outside", PLAIN)


def _link(path: str, target: str) -> Callable[[Path], object]:
    def make(repository: Path) -> None:
        (repository / path).symlink_to(target)

    return make


def _names(*names: bytes) -> Callable[[Path], object]:
    def make(repository: Path) -> None:
        for name in names:
            (repository / FOLDER / os.fsdecode(name)).write_text(DEPLOYMENT)

    return make


MISSING = {
    "no environments": Broken(
        {},
        """\
        environments: is missing
          allowed: a folder with one folder for each environment
          hint: in <repository>; 'stargit init' makes a first one, --repository names another folder
        """,
    ),
    "a file that is called environments": Broken(
        {"environments": DEPLOYMENT},
        """\
        environments: is no folder
          allowed: a folder with one folder for each environment
          hint: in <repository>
        """,
    ),
    "environments that lead elsewhere": Broken(
        {},
        """\
        environments: is a symbolic link
          allowed: a folder with one folder for each environment
          hint: in <repository>
        """,
        lambda repository: (repository / "environments").symlink_to(_outside(repository) / "environments"),
    ),
    "no environment.yaml": Broken(
        {W: WORKSPACE, D: DEPLOYMENT},
        """\
        environments/dev/environment.yaml: is missing, but there are files of an environment 'dev'
          hint: write the file, or move the others
        """,
    ),
    "no workspace.yaml": Broken(
        {E: ENVIRONMENT, D: DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/workspace.yaml: is missing, but there are files of a workspace 'etl'
          hint: write the file, or move the others
        """,
    ),
    "neither of them": Broken(
        {D: DEPLOYMENT},
        """\
        environments/dev/environment.yaml: is missing, but there are files of an environment 'dev'
          hint: write the file, or move the others
        environments/dev/workspaces/etl/workspace.yaml: is missing, but there are files of a workspace 'etl'
          hint: write the file, or move the others
        """,
    ),
    "an environment.yml": Broken(
        {f"{DEV}/environment.yml": ENVIRONMENT, W: WORKSPACE},
        """\
        environments/dev/environment.yaml: is missing, but there are files of an environment 'dev'
          hint: write the file, or move the others
        environments/dev/environment.yml: is in a place that Stargit does not read
          allowed: environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml
          hint: files end in .yaml
        """,
    ),
    "a workspace.yaml one folder too high": Broken(
        {E: ENVIRONMENT, f"{DEV}/workspaces/workspace.yaml": WORKSPACE, D: DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/workspace.yaml: is missing, but there are files of a workspace 'etl'
          hint: write the file, or move the others
        environments/dev/workspaces/workspace.yaml: is in a place that Stargit does not read
          allowed: environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml
        """,
    ),
    "a deployment beside its workspace": Broken(
        {**PLAIN, f"{DEV}/workspaces/etl/daily.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/daily.yaml: is in a place that Stargit does not read
          allowed: environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml
        """,
    ),
    "a folder for each deployment": Broken(
        {**PLAIN, f"{FOLDER}/hourly/deployment.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/hourly/deployment.yaml: is in a place that Stargit does not read
          allowed: environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml
        """,
    ),
    "deployments in the singular": Broken(
        {**PLAIN, f"{DEV}/workspaces/etl/deployment/hourly.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployment/hourly.yaml: is in a place that Stargit does not read
          allowed: environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml
          hint: did you mean 'deployments'?
        """,
    ),
    "deep folders": Broken(
        {**PLAIN, f"{FOLDER}/{'a/' * 100}x.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/a/a: is too deep
          allowed: no folders under deployments/
        """,
    ),
}

KINDS = {
    "a folder where a deployment should be": Broken(
        {E: ENVIRONMENT, W: WORKSPACE, f"{D}/x.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml: is a folder
          allowed: a regular file
        """,
    ),
    "a folder where environment.yaml should be": Broken(
        {W: WORKSPACE},
        """\
        environments/dev/environment.yaml: is a folder
          allowed: a regular file
        """,
        lambda repository: (repository / E).mkdir(),
    ),
    "a file where the workspaces should be": Broken(
        {E: ENVIRONMENT, f"{DEV}/workspaces": ""},
        """\
        environments/dev/workspaces: is a file
          allowed: a folder
        """,
    ),
    "a file where a workspace should be": Broken(
        {**PLAIN, f"{DEV}/workspaces/ml.yaml": WORKSPACE},
        """\
        environments/dev/workspaces/ml.yaml: is in a place that Stargit does not read
          allowed: environments/<environment>/environment.yaml, environments/<environment>/workspaces/<workspace>/workspace.yaml or environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml
        """,
    ),
    "a pipe": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml: is a device or pipe
          allowed: a regular file
        """,
        lambda repository: os.mkfifo(repository / FOLDER / "hourly.yaml"),
    ),
    "a device": Broken(
        {E: ENVIRONMENT, W: WORKSPACE, f"{FOLDER}/README.md": ""},
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml: is a device or pipe
          allowed: a regular file
        """,
        lambda repository: os.mknod(repository / D, 0o20600, os.makedev(1, 5)),
    ),
    "a link to a file of the repository": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml: is a symbolic link
          allowed: a regular file
          hint: put the file itself here
        """,
        _link(f"{FOLDER}/hourly.yaml", "daily.yaml"),
    ),
    "a link out of the repository": Broken(
        {E: ENVIRONMENT, D: DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/workspace.yaml: is a symbolic link
          allowed: a regular file
          hint: put the file itself here
        """,
        _link(W, "../../../../../outside/workspace.yaml"),
    ),
    "a link to a file of the machine": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml: is a symbolic link
          allowed: a regular file
          hint: put the file itself here
        """,
        _link(f"{FOLDER}/hourly.yaml", "/etc/passwd"),
    ),
    "a link to nowhere": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml: is a symbolic link
          allowed: a regular file
          hint: put the file itself here
        """,
        _link(f"{FOLDER}/hourly.yaml", "nowhere"),
    ),
    "a link to itself": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml: is a symbolic link
          allowed: a regular file
          hint: put the file itself here
        """,
        _link(f"{FOLDER}/hourly.yaml", "hourly.yaml"),
    ),
    "a link to a folder": Broken(
        PLAIN,
        """\
        environments/staging: is a symbolic link
          allowed: a folder
          hint: put the folder itself here
        """,
        _link("environments/staging", "dev"),
    ),
    "links that go round": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/again: is a symbolic link
          allowed: a folder
          hint: put the folder itself here
        """,
        _link(f"{DEV}/workspaces/etl/again", ".."),
    ),
}

NAMES = {
    "a release with capitals": Broken(
        {**PLAIN, f"{FOLDER}/Hourly.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/Hourly.yaml: 'Hourly' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a release with an underscore": Broken(
        {**PLAIN, f"{FOLDER}/etl_hourly.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/etl_hourly.yaml: 'etl_hourly' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a release with a blank": Broken(
        {**PLAIN, f"{FOLDER}/daily copy.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/daily copy.yaml: 'daily copy' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a copy of an editor": Broken(
        {**PLAIN, f"{FOLDER}/daily (1).yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/daily (1).yaml: 'daily (1)' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a release with a letter of another alphabet": Broken(
        {**PLAIN, f"{FOLDER}/täglich.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/täglich.yaml: 'täglich' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a release that is only an ending": Broken(
        {**PLAIN, f"{FOLDER}/-.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/-.yaml: '-' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a release as long as a file's name may be": Broken(
        {**PLAIN, f"{FOLDER}/{'a' * 250}.yaml": DEPLOYMENT},
        f"""\
        environments/dev/workspaces/etl/deployments/{"a" * 250}.yaml: '{"a" * 250}' is no name of a release
          allowed: at most 29 characters: Kubernetes takes 63 for '<release>-run-airflow-migrations-<hash>', the longest name that is made of it
        """,
    ),
    "a release longer than Kubernetes takes": Broken(
        {**PLAIN, f"{FOLDER}/orders-of-all-countries-every-night.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/orders-of-all-countries-every-night.yaml: 'orders-of-all-countries-every-night' is no name of a release
          allowed: at most 29 characters: Kubernetes takes 63 for '<release>-run-airflow-migrations-<hash>', the longest name that is made of it
        """,
    ),
    "a template as a release": Broken(
        {**PLAIN, f"{FOLDER}/{{{{ name }}}}.yaml": DEPLOYMENT},
        """\
        environments/dev/workspaces/etl/deployments/{{ name }}.yaml: '{{ name }}' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "a workspace that is none": Broken(
        {
            **PLAIN,
            f"{DEV}/workspaces/Data Team/workspace.yaml": WORKSPACE,
            f"{DEV}/workspaces/Data Team/deployments/a.yaml": DEPLOYMENT,
        },
        """\
        environments/dev/workspaces/Data Team/workspace.yaml: 'Data Team' is no name of a workspace
          allowed: small letters, digits and '-' between them, at most 63 characters
        """,
    ),
    "an environment that is none": Broken(
        {**PLAIN, "environments/prod_eu/environment.yaml": ENVIRONMENT},
        """\
        environments/prod_eu/environment.yaml: 'prod_eu' is no name of an environment
          allowed: small letters, digits and '-' between them, at most 63 characters
        """,
    ),
    "an environment of 200 characters": Broken(
        {**PLAIN, f"environments/{'e' * 200}/environment.yaml": ENVIRONMENT},
        f"""\
        environments/{"e" * 200}/environment.yaml: '{"e" * 200}' is no name of an environment
          allowed: small letters, digits and '-' between them, at most 63 characters
        """,
    ),
    "dots that don't climb": Broken(
        {
            **PLAIN,
            "environments/dev/workspaces/a..b/workspace.yaml": WORKSPACE,
            f"{FOLDER}/a%2f..%2fetc.yaml": DEPLOYMENT,
        },
        """\
        environments/dev/workspaces/a..b/workspace.yaml: 'a..b' is no name of a workspace
          allowed: small letters, digits and '-' between them, at most 63 characters
        environments/dev/workspaces/etl/deployments/a%2f..%2fetc.yaml: 'a%2f..%2fetc' is no name of a release
          allowed: a small letter, then small letters, digits and '-' between them
        """,
    ),
    "names that a terminal would obey": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/\\u202efdp.yaml: has characters in its name that are not allowed
        environments/dev/workspaces/etl/deployments/\\x1b[2J.yaml: has characters in its name that are not allowed
        environments/dev/workspaces/etl/deployments/two\\nlines.yaml: has characters in its name that are not allowed
        """,
        _names(b"\x1b[2J.yaml", b"two\nlines.yaml", "\u202efdp.yaml".encode()),
    ),
    "a name that is no text": Broken(
        PLAIN,
        """\
        environments/dev/workspaces/etl/deployments/caf\\xe9.yaml: has characters in its name that are not allowed
        """,
        _names(b"caf\xe9.yaml"),
    ),
}

MEETING = {
    "a release in two workspaces": Broken(
        {
            **PLAIN,
            f"{DEV}/workspaces/ml/workspace.yaml": WORKSPACE,
            f"{DEV}/workspaces/ml/deployments/daily.yaml": DEPLOYMENT,
        },
        """\
        environments/dev/workspaces/ml/deployments/daily.yaml:1:1: the release name 'daily' is also that of environments/dev/workspaces/etl/deployments/daily.yaml
          allowed: each deployment of an environment has a release name of its own
        """,
    ),
    "a namespace of two deployments": Broken(
        {**deployment("namespace: data\n"), f"{FOLDER}/hourly.yaml": DEPLOYMENT + "label: Hourly\nnamespace: data\n"},
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml:4:1: namespace: the namespace 'data' is also that of environments/dev/workspaces/etl/deployments/daily.yaml
          allowed: each deployment of an environment has a namespace of its own
        """,
    ),
    "a namespace that another one has by default": Broken(
        {**PLAIN, f"{FOLDER}/hourly.yaml": DEPLOYMENT + "namespace: stargit-daily\n"},
        """\
        environments/dev/workspaces/etl/deployments/hourly.yaml:3:1: namespace: the namespace 'stargit-daily' is also that of environments/dev/workspaces/etl/deployments/daily.yaml
          allowed: each deployment of an environment has a namespace of its own
        """,
    ),
    "the platform's namespace": Broken(
        deployment("namespace: stargit\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: namespace: the namespace 'stargit' is that of the platform
          allowed: one of its own
        """,
    ),
    "a namespace of Kubernetes": Broken(
        deployment("namespace: kube-system\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: namespace: the namespace 'kube-system' is that of Kubernetes itself
          allowed: one of its own
        """,
    ),
    "a namespace that is none": Broken(
        deployment("namespace: Data_Team\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: namespace: "Data_Team" is not allowed
          allowed: A DNS label: small letters, digits and `-`, at most 63 characters
        """,
    ),
    "a namespace of 64 characters": Broken(
        deployment(f"namespace: {'n' * 64}\n"),
        """\
        environments/dev/workspaces/etl/deployments/daily.yaml:3:1: namespace: "nnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnnn… is not allowed
          allowed: A DNS label: small letters, digits and `-`, at most 63 characters
        """,
    ),
    "a platform's namespace that leaves no room": Broken(
        {**PLAIN, E: ENVIRONMENT + f"platform:\n  namespace: {'p' * 60}\n"},
        f"""\
        environments/dev/workspaces/etl/deployments/daily.yaml:1:1: namespace: the namespace '{"p" * 60}-daily' has 66 characters
          allowed: at most 63
          hint: set 'namespace', or give the deployment a shorter name
        """,
    ),
}

TABLE = {**MISSING, **KINDS, **NAMES, **MEETING}


@pytest.mark.parametrize("name", TABLE)
def test_places(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    check(TABLE[name], tmp_path, capsys)
