"""After any edit an incremental run leaves what a full one makes, and renders no deployment that did not need it."""

from __future__ import annotations

import os
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from generator.charts import ChartSource
from generator.engine import RenderReport, plan_repository, render_repository
from tests.desired.repositories import DEPLOYMENT, ENVIRONMENT, WORKSPACE, write
from tests.render.tiny_chart import tiny_chart

ENVIRONMENTS = ("dev", "production")
WORKSPACES = ("etl", "ml")
RELEASES = ("a", "b", "c")
Edit = Callable[[Path, random.Random], object]


@pytest.fixture(scope="module")
def chart(tmp_path_factory: pytest.TempPathFactory) -> ChartSource:
    return tiny_chart(tmp_path_factory.mktemp("chart"))


def environment_file(rng: random.Random) -> str:
    return f"environments/{rng.choice(ENVIRONMENTS)}/environment.yaml"


def workspace_file(rng: random.Random) -> str:
    return f"environments/{rng.choice(ENVIRONMENTS)}/workspaces/{rng.choice(WORKSPACES)}/workspace.yaml"


def deployment_file(rng: random.Random) -> str:
    workspace = rng.choice(WORKSPACES)
    folder = f"environments/{rng.choice(ENVIRONMENTS)}/workspaces/{workspace}/deployments"
    return f"{folder}/{workspace}-{rng.choice(RELEASES)}.yaml"


def text_of_environment(rng: random.Random) -> str:
    minor = rng.choice(["1.33", "1.34"])
    emptied = rng.choice(["", "defaults: {scheduler: {replicas: 2}}\n", "defaults: {labels: {a: environment}}\n"])
    return ENVIRONMENT.replace("1.34", minor) + emptied + comment(rng)


def text_of_workspace(rng: random.Random) -> str:
    return WORKSPACE + rng.choice(["", "label: Team\n", "defaults: {labels: {a: workspace}}\n"]) + comment(rng)


def text_of_deployment(rng: random.Random) -> str:
    values = rng.choice(["", "values: {labels: {a: own}}\n", "values: {scheduler: {replicas: 0}}\n", "label: Own\n"])
    return DEPLOYMENT + values + comment(rng)


def comment(rng: random.Random) -> str:
    return f"# {rng.randrange(3)}\n"


def edit_environment(root: Path, rng: random.Random) -> None:
    write(root, {environment_file(rng): text_of_environment(rng)})


def edit_workspace(root: Path, rng: random.Random) -> None:
    write(root, {workspace_file(rng): text_of_workspace(rng)})


def edit_deployment(root: Path, rng: random.Random) -> None:
    write(root, {deployment_file(rng): text_of_deployment(rng)})


def remove_deployment(root: Path, rng: random.Random) -> None:
    (root / deployment_file(rng)).unlink(missing_ok=True)


def touch_output(root: Path, rng: random.Random) -> None:
    """Somebody edits, removes or adds a rendered file by hand."""
    files = sorted(path for path in (root / "rendered").rglob("*.yaml"))
    if files:
        victim = rng.choice(files)
        match rng.randrange(3):
            case 0:
                victim.unlink()
            case 1:
                victim.write_bytes(victim.read_bytes() + b"# by hand\n")
            case _:
                victim.with_name("stale.yaml").write_bytes(victim.read_bytes())


EDITS: tuple[Edit, ...] = (
    edit_environment, edit_workspace, edit_deployment, edit_deployment, remove_deployment, touch_output,
)  # fmt: skip


def full(root: Path, chart: ChartSource) -> dict[str, bytes]:
    return dict(plan_repository(root, chart=chart).files)


def there(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in (root / "rendered").rglob("*.yaml")}


def owner(path: str) -> str:
    """The deployment of a rendered file: rendered/<environment>/(workspaces|values)/<workspace>/<release>..."""
    _, environment, _, workspace, release, *_ = path.removesuffix(".yaml").split("/")
    return f"{environment}/{workspace}/{release}"


def rendered(report: RenderReport) -> set[str]:
    return {each.deployment for each in report.affected if each.rendered}


@pytest.mark.parametrize("seed", range(12))
def test_random_edits(tmp_path: Path, chart: ChartSource, seed: int) -> None:
    rng = random.Random(seed)
    root, cache = tmp_path / "repository", tmp_path / "cache"
    for name in ENVIRONMENTS:
        write(root, {f"environments/{name}/environment.yaml": text_of_environment(rng)})
        for workspace in WORKSPACES:
            write(root, {f"environments/{name}/workspaces/{workspace}/workspace.yaml": text_of_workspace(rng)})
    for _ in range(6):
        edit_deployment(root, rng)
    render_repository(root, chart=chart, cache=cache)
    for _ in range(15):
        for _ in range(rng.choice([0, 1, 1, 2])):
            rng.choice(EDITS)(root, rng)
        before, wanted = there(root), full(root, chart)
        checked = render_repository(root, chart=chart, cache=cache, check=True, prune_all=True)
        report = render_repository(root, chart=chart, cache=cache, prune_all=True)
        assert there(root) == wanted
        assert checked == report
        different = {path for path in before.keys() | wanted.keys() if before.get(path) != wanted.get(path)}
        assert different == {*report.changes.created, *report.changes.changed, *report.changes.removed}
        assert rendered(report) == {owner(path) for path in different if path in wanted}


def test_reasons(tmp_path: Path, chart: ChartSource) -> None:
    root, cache = tmp_path / "repository", tmp_path / "cache"
    folder = "environments/dev/workspaces/etl"
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{folder}/workspace.yaml": WORKSPACE})
    write(root, {f"{folder}/deployments/{name}.yaml": DEPLOYMENT for name in RELEASES})

    def reasons() -> list[str]:
        found = render_repository(root, chart=chart, cache=cache).affected
        return [f"{each.deployment}: {'rendered' if each.rendered else 'looked at'}, {each.why}" for each in found]

    assert reasons() == [f"dev/etl/{name}: rendered, nothing is known of it" for name in RELEASES]
    assert reasons() == []
    write(root, {f"{folder}/deployments/d.yaml": DEPLOYMENT})
    assert reasons() == ["dev/etl/d: rendered, it is new"]
    write(root, {f"{folder}/deployments/a.yaml": DEPLOYMENT + "# a remark\n"})
    write(root, {f"{folder}/deployments/b.yaml": DEPLOYMENT + "label: B\n"})
    assert reasons() == [
        "dev/etl/a: looked at, its own file changed",
        "dev/etl/b: rendered, its own file changed",
    ]
    write(root, {f"{folder}/workspace.yaml": WORKSPACE + "defaults: {labels: {a: b}}\n"})
    write(root, {f"{folder}/deployments/a.yaml": DEPLOYMENT + "values: {labels: {a: b}}\n"})
    assert reasons() == [
        "dev/etl/a: rendered, its workspace's file and its own file changed",
        *(f"dev/etl/{name}: rendered, its workspace's file changed" for name in "bcd"),
    ]
    write(root, {f"{folder}/workspace.yaml": WORKSPACE + "defaults: {labels: {a: c}}\n"})
    assert reasons() == [
        "dev/etl/a: looked at, its workspace's file changed",
        *(f"dev/etl/{name}: rendered, its workspace's file changed" for name in "bcd"),
    ]
    (root / "rendered/dev/workspaces/etl/c/config.yaml").unlink()
    assert reasons() == ["dev/etl/c: rendered, its rendered files were touched"]


def test_other_templates_render_everything(tmp_path: Path, chart: ChartSource) -> None:
    root, cache = tmp_path / "repository", tmp_path / "cache"
    folder = "environments/dev/workspaces/etl"
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{folder}/workspace.yaml": WORKSPACE})
    write(root, {f"{folder}/deployments/{name}.yaml": DEPLOYMENT for name in RELEASES})
    render_repository(root, chart=chart, cache=cache)
    other = tiny_chart(
        tmp_path / "other", {"config.yaml.j2": "---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\n"}
    )
    report = render_repository(root, chart=other, cache=cache)
    assert rendered(report) == {f"dev/etl/{name}" for name in RELEASES}
    assert {each.why for each in report.affected} == {"Stargit or its templates changed"}
    assert there(root) == full(root, other)


def test_records_that_cannot_be_read_cost_time_only(tmp_path: Path, chart: ChartSource) -> None:
    root, cache = tmp_path / "repository", tmp_path / "cache"
    folder = "environments/dev/workspaces/etl"
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{folder}/workspace.yaml": WORKSPACE})
    write(root, {f"{folder}/deployments/a.yaml": DEPLOYMENT})
    render_repository(root, chart=chart, cache=cache)
    wanted = there(root)
    for file in cache.rglob("*.json"):
        good = file.read_bytes()
        for bad in (
            b"",
            b"[]",
            b"null",
            b'{"format": 2}',
            good.replace(b"[", b"{", 2),
            good.replace(b'"etl', b'"lte', 1),  # the right form, and not what the last run found out
            b"\xff",
            good[: len(good) // 2],
            good.replace(b"2", b"9", 1),
        ):
            file.write_bytes(bad)
            assert not render_repository(root, chart=chart, cache=cache).changes
            assert there(root) == wanted
            file.write_bytes(good)


@pytest.mark.parametrize("way", ["in place", "by a copy that keeps times"])
def test_a_rendered_file_whose_time_was_set_back_is_seen(way: str, tmp_path: Path, chart: ChartSource) -> None:
    root, cache = tmp_path / "repository", tmp_path / "cache"
    folder = "environments/dev/workspaces/etl"
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{folder}/workspace.yaml": WORKSPACE})
    write(root, {f"{folder}/deployments/{name}.yaml": DEPLOYMENT for name in RELEASES})
    victim = root / "rendered/dev/workspaces/etl/a/config.yaml"
    for comment in ("", "# again"):  # after a first run, and after one that made links
        write(root, {f"{folder}/deployments/b.yaml": f"{DEPLOYMENT}{comment}\n"})
        write(root, {f"{folder}/deployments/z.yaml": f"{DEPLOYMENT}{comment}\n"})
        render_repository(root, chart=chart, cache=cache)
        wanted, time = there(root), 1_000_000_000
        os.utime(victim, ns=(time, time))  # long ago, as a file is that nobody changed
        render_repository(root, chart=chart, cache=cache)
        (tmp_path / "other").write_bytes(victim.read_bytes().replace(b"Executor", b"Xxecutor"))
        if way == "in place":
            victim.write_bytes((tmp_path / "other").read_bytes())
        else:
            shutil.copy(tmp_path / "other", victim)
        os.utime(victim, ns=(time, time))
        assert there(root) != wanted
        assert render_repository(root, chart=chart, cache=cache, check=True).changes.changed
        render_repository(root, chart=chart, cache=cache)
        assert there(root) == wanted


def test_a_run_after_one_that_made_links_has_nothing_to_read(
    tmp_path: Path, chart: ChartSource, monkeypatch: pytest.MonkeyPatch
) -> None:
    root, cache = tmp_path / "repository", tmp_path / "cache"
    folder = "environments/dev/workspaces/etl"
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{folder}/workspace.yaml": WORKSPACE})
    write(root, {f"{folder}/deployments/{name}.yaml": DEPLOYMENT for name in RELEASES})
    render_repository(root, chart=chart, cache=cache)
    write(root, {f"{folder}/deployments/z.yaml": DEPLOYMENT})
    assert render_repository(root, chart=chart, cache=cache).changes.created
    for file in (root / "rendered").rglob("*"):
        assert file.stat().st_nlink == 1 or file.is_dir()
    monkeypatch.setattr("generator.engine.repository._Found.renderer", None)  # what looks at deployments
    assert not render_repository(root, chart=chart, cache=cache).changes


def test_two_changes_within_one_tick_of_the_clock_are_seen(tmp_path: Path, chart: ChartSource) -> None:
    """A file that is changed right after a run, to one of the same size, is not taken for the one that was written."""
    root, cache = tmp_path / "repository", tmp_path / "cache"
    folder = "environments/dev/workspaces/etl"
    write(root, {"environments/dev/environment.yaml": ENVIRONMENT, f"{folder}/workspace.yaml": WORKSPACE})
    write(root, {f"{folder}/deployments/a.yaml": DEPLOYMENT})
    for _ in range(20):
        render_repository(root, chart=chart, cache=cache)
        wanted = there(root)
        victim = root / "rendered/dev/workspaces/etl/a/config.yaml"
        with victim.open("r+b") as stream:
            stream.write(victim.read_bytes().replace(b"LocalExecutor", b"XocalExecutor").replace(b"Celery", b"Xelery"))
        assert there(root) != wanted
        render_repository(root, chart=chart, cache=cache)
        assert there(root) == wanted
