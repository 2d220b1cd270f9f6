"""Reports as people read them: whole texts, and Markdown that nothing in a repository can break."""

# ruff: noqa: E501  # whole reports

from __future__ import annotations

import re
from html import unescape
from itertools import pairwise
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from generator.diff import GITHUB_LIMIT, MARKER, Caps, Diff, as_json, as_markdown, as_text, diff
from tests.diff.manifests import container, copy, file, made, state, workload

ENVIRONMENT = "rendered/production/workspaces/etl"


def _fleet(number: int, tag: str, *, image: str = "example.com/airflow") -> dict[str, bytes]:
    """So many deployments, each with a scheduler and a worker."""
    files = {}
    for each in range(number):
        release = f"r{each:03}"
        objects = []
        for role in ("scheduler", "worker"):
            made_one = workload(name=f"{release}-{role}")
            made_one["metadata"]["namespace"] = f"airflow-{release}"
            container(made_one).update(name=role, image=f"{image}:{tag}", args=[f"--host={release}.example.com", tag])
            objects.append(made_one)
        files[f"{ENVIRONMENT}/{release}/all.yaml"] = file(*objects)
    return files


def _mixed() -> Diff:
    """A bit of everything."""
    old, new = _fleet(3, "2.11.1"), _fleet(3, "2.11.2")
    config = made("ConfigMap", "r001-config", data={"airflow.cfg": "[core]\na = 1\n"})
    claim = made("PersistentVolumeClaim", "r002-l", spec={"resources": {"requests": {"storage": "2Gi"}}})
    less = copy(claim)
    less["spec"]["resources"]["requests"]["storage"] = "1Gi"
    changed = copy(config)
    changed["data"]["airflow.cfg"] = "[core]\na = 2\n"
    old |= {f"{ENVIRONMENT}/r001/config.yaml": file(config), f"{ENVIRONMENT}/r002/logs.yaml": file(claim)}
    new |= {f"{ENVIRONMENT}/r001/config.yaml": file(changed), f"{ENVIRONMENT}/r002/logs.yaml": file(less)}
    old |= {f"{ENVIRONMENT}/gone/all.yaml": file(made("Namespace", "airflow-gone"), made("Service", "gone-web"))}
    new |= {f"{ENVIRONMENT}/r000/job.yaml": file(made("Job", "r000-migrate-0123456789"))}
    old |= {"rendered/production/values/etl/calm.yaml": b"a: 1\n"}
    new |= {"rendered/production/values/etl/calm.yaml": b"a: 2\n"}
    new |= {"rendered/production/argocd/broken.yaml": b"a: 1\n"}
    old |= {f"{ENVIRONMENT}/r002/form.yaml": b"# one\n" + file(made("Service", "s"))}
    new |= {f"{ENVIRONMENT}/r002/form.yaml": b"# two\n" + file(made("Service", "s"))}
    return diff(old, new)


TEXT = """\
4 deployments: 1 object created, 8 changed, 2 removed; 3 deployments restart pods

Look at these first
  ! Namespace airflow-gone is removed: everything in the namespace is deleted, volumes too: production/etl/gone
  ! PersistentVolumeClaim l: a volume can't get smaller (spec.resources.requests.storage: 2Gi -> 1Gi): production/etl/r002

Pods
  production/etl/r001, production/etl/r002: restarts scheduler, worker (args[1], image)
  production/etl/gone: deployment is removed
  production/etl/r000: restarts scheduler, worker (args[1], image); runs migrate

The same in more than one place
  ~ args[1]: 2.11.1 -> 2.11.2  (in production/etl/r000, production/etl/r001, production/etl/r002: scheduler, worker)
  ~ image tag: 2.11.1 -> 2.11.2  (in production/etl/r000, production/etl/r001, production/etl/r002: scheduler, worker)

production/etl/gone
  - deployment  (2 objects)

production/etl/r000
  + Job  (migrate)

production/etl/r001
  ~ ConfigMap data."airflow.cfg"  (config)
      @@ -1,2 +1,2 @@
       [core]
      -a = 1
      +a = 2

production/etl/r002
  ~ PersistentVolumeClaim spec.resources.requests.storage: 2Gi -> 1Gi  (l)

Values that change no object
  ~ production/etl/calm: 1 value
      ~ a: 1 -> 2

Not compared
  ! rendered/production/argocd/broken.yaml (new): a document without apiVersion, kind or metadata.name is no Kubernetes object

1 file written differently, with the same meaning
"""

MARKDOWN = """\
<!-- stargit diff -->

### What this changes in the clusters

**4 deployments: 1 object created, 8 changed, 2 removed; 3 deployments restart pods.**

- ⚠️ `Namespace airflow-gone is removed: everything in the namespace is deleted, volumes too`: `production/etl/gone`
- ⚠️ `PersistentVolumeClaim l: a volume can't get smaller (spec.resources.requests.storage: 2Gi -> 1Gi)`: `production/etl/r002`

| Deployment | Restarts | Because of | Runs |
| --- | --- | --- | --- |
| `production/etl/r001`, `production/etl/r002` | `scheduler`, `worker` | `args[1]`, `image` |  |
| `production/etl/gone` | *removed* |  |  |
| `production/etl/r000` | `scheduler`, `worker` | `args[1]`, `image` | `migrate` |

<details><summary>The same in more than one place: 2 changes</summary>

```diff
! args[1]: 2.11.1 -> 2.11.2  (3 places: scheduler, worker)
! image tag: 2.11.1 -> 2.11.2  (3 places: scheduler, worker)
```

</details>
"""


def test_a_report_for_a_terminal() -> None:
    assert as_text(_mixed()) == TEXT


def test_a_report_for_a_pull_request() -> None:
    report = as_markdown(_mixed())
    assert report.startswith(MARKDOWN)
    assert report.endswith("1 file written differently, with the same meaning.\n")


def test_nothing_to_tell() -> None:
    assert as_text(diff({}, {})) == "No object changes\n"
    assert as_markdown(diff({}, {})) == f"{MARKER}\n\n### What this changes in the clusters\n\n**No object changes.**\n"
    assert as_json(diff({}, {}))["changed"] is False


def test_the_same_change_in_many_deployments_is_one_line() -> None:
    found = diff(_fleet(214, "2.11.1"), _fleet(214, "2.11.2"))
    report = as_text(found)
    assert "  ~ image tag: 2.11.1 -> 2.11.2  (in 214 deployments: scheduler, worker)\n" in report
    assert "  214 deployments: restarts scheduler, worker (args[1], image)\n" in report
    assert len(report.splitlines()) == 8


def test_what_differs_by_the_release_alone_is_one_change() -> None:
    old, new = _fleet(5, "1"), _fleet(5, "1")
    for each in range(5):
        path = f"{ENVIRONMENT}/r00{each}/all.yaml"
        new[path] = new[path].replace(b".example.com", b".example.org")
    [group] = diff(old, new).groups
    assert (group.old, group.new) == ("--host={release}.example.com", "--host={release}.example.org")
    assert (len(group.units), group.roles, group.objects) == (5, ("scheduler", "worker"), 10)


def test_images_of_another_repository_are_told_whole() -> None:
    [group] = diff(_fleet(1, "1"), _fleet(1, "1", image="other.com/a")).groups
    assert (group.what, group.old, group.new) == ("image", "example.com/airflow:1", "other.com/a:1")


def test_every_change_is_in_exactly_one_group() -> None:
    found = _mixed()
    told = sum(len(each.fields) or 1 for each in found.objects)
    assert sum(group.objects for group in found.groups) == told


def test_side_containers_stand_behind_their_workload() -> None:
    old = workload()
    old["spec"]["template"]["spec"]["containers"].append({"name": "git-sync", "image": "a:1"})
    new = copy(old)
    new["spec"]["template"]["spec"]["containers"][1]["image"] = "a:2"
    [group] = diff(state(old), state(new)).groups
    assert group.roles == ("scheduler/git-sync",)


def test_long_reports_are_cut_and_say_so() -> None:
    old = {f"{ENVIRONMENT}/x{n:03}/a.yaml": file(made("ConfigMap", "c", data={"a": str(n)})) for n in range(300)}
    new = {
        f"{ENVIRONMENT}/x{n:03}/a.yaml": file(made("ConfigMap", "c", data={"a": str(n * 7 + 1)})) for n in range(300)
    }
    found = diff(old, new)
    report = as_text(found, Caps(entries=2, units=3, changes=2))
    assert "... and 297 more deployments with changes of their own" in report
    assert len(as_text(found, Caps(None, None, None)).splitlines()) > 900


def test_markdown_fits_into_a_comment() -> None:
    old = {
        f"{ENVIRONMENT}/x{n:03}/a.yaml": file(made("ConfigMap", "c", data={"a": f"{n:030}\n" * 90})) for n in range(400)
    }
    new = {path: data.replace(b"\n    ", f"\n    {n}".encode()) for n, (path, data) in enumerate(old.items())}
    report = as_markdown(diff(old, new))
    assert 40_000 < len(report) <= GITHUB_LIMIT
    assert report.endswith(
        "The rest was left out: a comment holds 60,000 characters. Run `stargit diff` to see all of it.\n"
    )
    assert report.count("<details>") == report.count("</details>")
    assert report.count("```") % 2 == 0


HOSTILE = [
    "```\n<script>alert(1)</script>\n# x",
    "`` ` ``` ````",
    "| a | b |\n| --- | --- |",
    "</details><img src=x onerror=alert(1)>",
    "@everyone [x](javascript:alert(1)) ![x](https://example.com/x.png) https://example.com www.example.com #1",
    "\x1b[31m\u202e\u200b\r\n~~~\n- [ ] x\n<!-- -->",
    "*a* _b_ **c** ~~d~~ &lt; &#60; \\",
]
_KNOWN = {"<details>", "</details>", "<summary>", "</summary>", "<!-- stargit diff -->"}


def _hostile(text: str) -> Diff:
    old = made("ConfigMap", "daily-x", data={"a": "1", text: "2"})
    new = made("ConfigMap", "daily-x", data={"a": text, text: text})
    job = workload()
    container(job)["env"] = [{"name": text, "value": text}]
    job["spec"]["template"]["metadata"]["annotations"][f"checksum/{text}"] = text
    claim = made("Namespace", text)
    safe = text.replace("/", "_").replace("\n", "_")
    return diff(
        {**state(old, workload(), claim), f"rendered/{safe}/workspaces/{safe}/{safe}/a.yaml": file(old)},
        {**state(new, job), f"rendered/{safe}/{safe}/x.yaml": b"[", f"rendered/a/values/{safe}/{safe}.yaml": b"a: 1"},
    )


def _tokens(report: str) -> list[Token]:
    found: list[Token] = []
    for token in MarkdownIt("gfm-like", {"linkify": False}).parse(report):
        found += [token, *(token.children or [])]
    return found


_ALLOWED = {
    *("inline", "text", "text_special", "softbreak", "code_inline", "fence", "html_block"),
    *(f"{name}_{end}" for name in ("heading", "paragraph", "strong", "em", "bullet_list", "list_item")
      for end in ("open", "close")),
    *(f"{name}_{end}" for name in ("table", "thead", "tbody", "tr", "th", "td") for end in ("open", "close")),
}  # fmt: skip
_OWN_EM = {"new", "removed"}


def _is_harmless(report: str) -> bool:
    """Only the elements that the report itself makes; everything of the repository is in code, or bare of all marks."""
    tokens = _tokens(report)
    for before, token in pairwise([*tokens, *tokens[:1]]):
        if token.type not in _ALLOWED:
            return False
        if before.type == "em_open" and token.content not in _OWN_EM:
            return False
        shown = re.sub(r"<[^>]*>", "", unescape(token.content))
        if token.type == "html_block" and not all(tag in _KNOWN for tag in re.findall(r"<[^>]*>", token.content)):
            return False
        if token.type in {"text", "html_block"} and any(mark in shown for mark in ("@", "#")):
            return False
    return True


def test_hostile_texts_stay_in_code() -> None:
    for text in HOSTILE:
        report = as_markdown(_hostile(text))
        assert _is_harmless(report), report
        # All tables keep their columns.
        rows = [token for token in _tokens(report) if token.type == "tr_open"]
        cells = [token for token in _tokens(report) if token.type in {"th_open", "td_open"}]
        assert len(cells) == 4 * len(rows)


@given(st.text("`|<>&@*_[]()!#\n \\ab-~", min_size=1, max_size=30))
def test_any_text_stays_in_code(text: str) -> None:
    assert _is_harmless(as_markdown(_hostile(text)))


def test_json_has_everything() -> None:
    found: dict[str, Any] = as_json(_mixed())
    assert found["summary"] == TEXT.split("\n", 1)[0]
    assert len(found["objects"]) == 11
    change = next(each for each in found["objects"] if each["name"] == "r000-scheduler")
    assert {key: change[key] for key in ("kind", "unit", "role", "fate", "was", "effects")} == {
        "kind": "Deployment",
        "unit": "production/etl/r000",
        "role": "scheduler",
        "fate": "changed",
        "was": None,
        "effects": [{"kind": "restart", "why": ["args[1]", "image"]}],
    }
    assert found["values"][0]["fields"][0]["new"] == 2
