"""The pinned Go programs: built once, safely, with words for people where that cannot be."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

from stargit.tools import ToolError, ToolName, main, tool, version


def run(*command: str | Path) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def program(folder: Path, name: str, script: str) -> Path:
    """A shell script as an executable program."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.slow
def test_programs_are_the_pinned_versions() -> None:
    assert run(tool("helm"), "version", "--template", "{{.Version}}") == version("helm") == "v4.3.1"
    assert run(tool("helm3"), "version", "--template", "{{.Version}}") == version("helm3") == "v3.22.0"
    assert run(tool("kubeconform"), "-v") == version("kubeconform") == "v0.8.0"


@pytest.mark.slow
@pytest.mark.parametrize("name", ["helm", "helm3"])
def test_helm_assumes_the_kubernetes_of_its_client(name: ToolName, tmp_path: Path) -> None:
    """As a released Helm does; without its release's settings Helm 3 would assume Kubernetes 1.20."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("apiVersion: v2\nname: a\nversion: 0.1.0\n", encoding="utf-8")
    (tmp_path / "templates" / "a.yaml").write_text("kube: {{ .Capabilities.KubeVersion }}\n", encoding="utf-8")
    assert "kube: v1.37" in run(tool(name), "template", "a", tmp_path)


def test_another_program_can_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = program(tmp_path, "helm", "echo mine")
    monkeypatch.setenv("STARGIT_HELM", str(mine))
    assert run(tool("helm")) == "mine"


@pytest.mark.parametrize("name", ["absent", "."])
def test_a_named_program_must_be_one(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARGIT_HELM3", str(tmp_path / name))
    with pytest.raises(ToolError) as caught:
        tool("helm3")
    assert str(caught.value) == (
        f"STARGIT_HELM3 names '{tmp_path / name}', which is no program that can be started\n  hint: unset STARGIT_HELM3"
    )


def test_without_go_the_hint_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ToolError) as caught:
        tool("kubeconform", report=lambda text: None)
    assert str(caught.value) == (
        "the program 'go' is needed to build kubeconform v0.8.0 and is not on the PATH\n"
        "  hint: install Go 1.26 or newer, or set STARGIT_KUBECONFORM to a program kubeconform"
    )


def test_a_build_that_fails_leaves_nothing_and_shows_the_compiler(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = 'i=0; while [ $i -lt 40 ]; do echo "line $i" >&2; i=$((i+1)); done; exit 7'
    program(tmp_path / "bin", "go", script)
    monkeypatch.setenv("STARGIT_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    with pytest.raises(ToolError) as caught:
        tool("kubeconform", report=lambda text: None)
    words = str(caught.value)
    assert words.startswith("'go build' of kubeconform v0.8.0 failed with exit code 7:\n    line 25\n")
    assert "    line 39\n  hint: does 'go build' work in " in words
    assert [path.suffix for path in (tmp_path / "cache" / "bin").iterdir()] == [".lock"]


def test_processes_that_ask_at_once_build_once(tmp_path: Path) -> None:
    builds, go_on = tmp_path / "builds", tmp_path / "go-on"
    os.mkfifo(go_on)
    # Stands for a slow compiler: notes that it runs and with what, waits for a word, writes the program named after -o.
    script = f"""echo "$CGO_ENABLED $GOWORK" >> {builds}; read word < {go_on}
while [ "$1" != -o ]; do shift; done; printf '#!/bin/sh\\necho built\\n' > "$2"; chmod 755 "$2\""""
    program(tmp_path / "bin", "go", script)
    environment = {**os.environ, "STARGIT_CACHE": str(tmp_path / "cache"), "PATH": f"{tmp_path}/bin:/usr/bin:/bin"}
    code = "from stargit.tools import tool; print(tool('kubeconform'))"
    asking = [
        subprocess.Popen([sys.executable, "-c", code], env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for _ in range(3)
    ]
    with go_on.open("w") as word:  # opens when the first build runs
        (lock,) = (tmp_path / "cache" / "bin").glob("*.lock")
        while waiting_for(lock) < 2:
            assert builds.read_text(encoding="utf-8").count("\n") == 1
        word.write("go on\n")
    paths = {process.communicate()[0].decode().strip() for process in asking}
    assert [process.returncode for process in asking] == [0, 0, 0]
    assert builds.read_text(encoding="utf-8") == "0 off\n"
    assert run(paths.pop()) == "built"
    assert paths == set()


def waiting_for(lock: Path) -> int:
    """How many processes wait for the lock; Linux lists them with an arrow."""
    mark = f":{lock.stat().st_ino} "
    lines = Path("/proc/locks").read_text(encoding="utf-8").splitlines()
    return sum("->" in line and mark in line for line in lines)


def test_a_changed_pin_is_another_program(tmp_path: Path) -> None:
    """So an old build is never taken for a new one."""
    root = Path(__file__).parents[2]
    for folder in ("stargit", "tools"):
        shutil.copytree(root / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "generator").mkdir()
    for file in ("__init__.py", "errors.py"):
        shutil.copy(root / "generator" / file, tmp_path / "generator")
    program(tmp_path / "bin", "go", 'while [ "$1" != -o ]; do shift; done; : > "$2"')
    environment = {
        "PYTHONPATH": str(tmp_path), "STARGIT_CACHE": str(tmp_path), "PATH": f"{tmp_path}/bin:/usr/bin:/bin",
    }  # fmt: skip

    def path() -> str:
        code = "from stargit.tools import tool; print(tool('kubeconform'))"
        return subprocess.run(
            [sys.executable, "-c", code], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout

    first = path()
    assert path() == first
    with (tmp_path / "tools" / "kubeconform" / "go.sum").open("a", encoding="utf-8") as pins:
        pins.write("example.invalid/module v1.0.0 h1:AAAA\n")
    assert path() != first


def test_the_builder_refuses_a_name_that_it_does_not_know(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["helm2"]) == 2
    assert capsys.readouterr().err == "stargit: usage: python -m stargit.tools all | helm | helm3 | kubeconform ...\n"


def test_the_builder_tells_problems(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("STARGIT_KUBECONFORM", str(tmp_path))
    assert main(["kubeconform"]) == 1
    assert "STARGIT_KUBECONFORM names" in capsys.readouterr().err


def test_pins_are_complete() -> None:
    """`go.sum` has a hash for every module of `go.mod`, and nothing is replaced by something local."""
    for name in get_args(ToolName):
        folder = Path(__file__).parents[2] / "tools" / name
        module = json.loads(run("go", "-C", folder, "mod", "edit", "-json"))
        assert module["Replace"] is None
        hashed = {tuple(line.split()[:2]) for line in (folder / "go.sum").read_text(encoding="utf-8").splitlines()}
        required = {(entry["Path"], entry["Version"]) for entry in module["Require"]}
        assert required - hashed == set(), name
