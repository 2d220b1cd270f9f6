"""The programs of the test cluster, in one folder: built from the Go modules that ``tools/cluster`` pins.

``python -m tests.cluster.programs`` builds them ahead of time (``make cluster``), 10 to 15 minutes once on two cores.
The environment variable ``CLUSTER_BIN`` names a folder that has them already.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path

from generator.errors import Problem, ProblemsError
from stargit import resources
from stargit.tools import Recipe, ToolError, built, tool

_TOOLS = Path(__file__).resolve().parents[2] / "tools" / "cluster"
_KUBE_VERSION = "k8s.io/component-base/version"
_KUBE = "k8s.io/kubernetes"
_ARGOCD = "github.com/argoproj/argo-cd/v3"
_KWOK = "sigs.k8s.io/kwok"


def _kubernetes(program: str) -> Recipe:
    settings = {f"{_KUBE_VERSION}.gitVersion": "{version}", f"{_KUBE_VERSION}.gitTreeState": "clean"}
    return Recipe(f"{_KUBE}/cmd/{program}", _KUBE, settings)


# Program -> folder of tools/cluster, and how it is built there.
_PROGRAMS: dict[str, tuple[str, Recipe]] = {
    "etcd": ("etcd", Recipe("go.etcd.io/etcd/server/v3", "go.etcd.io/etcd/server/v3", {})),
    **{
        name: ("kube", _kubernetes(name))
        for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
    },
    "kwok": ("kwok", Recipe(f"{_KWOK}/cmd/kwok", _KWOK, {f"{_KWOK}/pkg/consts.Version": "{version}"})),
    "argocd": ("argocd", Recipe(f"{_ARGOCD}/cmd", _ARGOCD, {f"{_ARGOCD}/common.version": "{version}"})),
}
_WRAPPER = "git-verify-wrapper.sh"  # Argo CD's repo-server runs it for every generation of manifests
#: Data that belongs to the versions of kwok and Argo CD.
STAGES, CRDS, SETTINGS = "share/stages.yaml", "share/argocd-crds.yaml", "share/argocd.yaml"
#: Libraries of a redis-server that is not installed.
LIBRARIES = "lib"
_REDIS_PACKAGES = ("redis-tools", "libjemalloc2", "liblzf1")
_NEEDED = ("git", "openssl")


def folder(report: Callable[[str], None] | None = None) -> Path:
    """A folder with all programs, ``redis-server``, Helm and the data; what is missing is built first.

    ``report`` is told what is done (default: lines on stderr). Raises ``ToolError``.
    """
    say = report or _say
    for program in _NEEDED:
        if shutil.which(program) is None:
            raise _failure(f"the test cluster needs the program '{program}' on the PATH", "install it")
    if own := os.environ.get("CLUSTER_BIN"):
        return _given(Path(own))
    links = {name: built(name, _TOOLS / where, recipe, report=say) for name, (where, recipe) in _PROGRAMS.items()}
    links["helm"] = tool("helm3", report=say)  # what Argo CD 3.5 calls
    names = "\n".join(str(path) for path in links.values())
    target = resources.cache_folder() / "cluster" / hashlib.sha256(names.encode()).hexdigest()[:12]
    if not all((target / name).exists() for name in [*links, "redis-server", STAGES, CRDS, SETTINGS, _WRAPPER]):
        _assemble(links, target, say)
    return target


def _given(own: Path) -> Path:
    """The folder of ``CLUSTER_BIN``; kubectl and Helm may be missing in it."""
    needed = [*_PROGRAMS, "redis-server", STAGES, CRDS, SETTINGS, _WRAPPER]
    missing = [name for name in needed if name != "kubectl" and not (own / name).exists()]
    if missing:
        raise _failure(f"CLUSTER_BIN names '{own}', where {', '.join(missing)} is missing", "unset CLUSTER_BIN")
    return own.resolve()


def _assemble(links: dict[str, Path], target: Path, report: Callable[[str], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as made:
        new = Path(made) / "bin"
        (new / "share").mkdir(parents=True)
        for name, path in links.items():
            (new / name).symlink_to(path)
        stages = _module("kwok", _KWOK) / "kustomize" / "stage"
        patterns = ("node/fast/node-*", "node/heartbeat-with-lease/node-*", "pod/fast/pod-*")
        (new / STAGES).write_text(_joined(p for each in patterns for p in sorted(stages.glob(f"{each}.yaml"))))
        argocd = _module("argocd", _ARGOCD)
        (new / CRDS).write_text(_joined(sorted((argocd / "manifests/crds").glob("*-crd.yaml"))))
        (new / SETTINGS).write_text(_joined(sorted((argocd / "manifests/base/config").glob("argocd-*.yaml"))))
        shutil.copyfile(argocd / "hack" / _WRAPPER, new / _WRAPPER)
        (new / _WRAPPER).chmod(0o755)
        _redis(new / "redis-server", report)
        shutil.rmtree(target, ignore_errors=True)
        with suppress(FileExistsError, OSError):  # another process was quicker
            new.replace(target)


def _module(where: str, module: str) -> Path:
    """The folder with the sources of a module."""
    done = subprocess.run(
        ["go", "mod", "download", "-json", module], cwd=_TOOLS / where, env={**os.environ, "GOWORK": "off"},
        check=True, capture_output=True, text=True,
    )  # fmt: skip
    found = next(line for line in done.stdout.splitlines() if '"Dir":' in line)
    return Path(found.split('"')[3])


def _joined(files: Iterable[Path]) -> str:
    return "".join(f"---\n{file.read_text(encoding='utf-8')}\n" for file in files)


def _redis(target: Path, report: Callable[[str], None]) -> None:
    """The installed one, or that of the Debian packages, unpacked and not installed, with its libraries."""
    if installed := shutil.which("redis-server"):
        target.symlink_to(installed)
        return
    hint = "install the package redis-server"
    if shutil.which("apt-get") is None:
        raise _failure("the program 'redis-server' is not on the PATH", hint)
    report("unpacking redis-server from the Debian package redis-tools")
    libraries = target.parent / LIBRARIES
    libraries.mkdir()
    with tempfile.TemporaryDirectory() as unpacked:
        try:
            command = ["apt-get", "-q", "download", *_REDIS_PACKAGES]
            subprocess.run(command, cwd=unpacked, check=True, capture_output=True)
            for package in Path(unpacked).glob("*.deb"):
                subprocess.run(["dpkg-deb", "-x", package, unpacked], check=True, capture_output=True)
            for library in Path(unpacked).glob("usr/lib/*/*.so.*"):
                shutil.copy(library, libraries / library.name)
            # One program with three names; its name decides what it does.
            shutil.copy(Path(unpacked) / "usr/bin/redis-check-rdb", target)
            variables = {**os.environ, "LD_LIBRARY_PATH": str(libraries)}
            subprocess.run([target, "--version"], check=True, capture_output=True, env=variables)
        except (subprocess.CalledProcessError, OSError) as error:
            raise _failure(f"redis-server cannot be had from its Debian package: {error}", hint) from None


def _failure(message: str, hint: str) -> ToolError:
    return ToolError([Problem(message, hint=hint)])


def _say(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"cluster: {text}\n")


def main() -> int:
    """Build everything and print the folder; the exit code."""
    try:
        sys.stdout.write(f"{folder()}\n")
    except ProblemsError as error:
        _say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
