"""The Go programs that Stargit asks for a judgement: Helm 4, Helm 3 and kubeconform.

Each is pinned by a folder ``tools/<name>`` with ``go.mod`` and ``go.sum`` and built on first use into a cache.
``python -m stargit.tools all`` builds them ahead of time (``make tools``).
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

from generator.errors import Problem, ProblemsError
from stargit import resources

ToolName = Literal["helm", "helm3", "kubeconform"]

_BUILD_SECONDS = 3600  # a first build on a slow machine downloads and compiles some hundred packages
_STDERR_LINES = 15


class ToolError(ProblemsError):
    """A program that is needed cannot be had or does not work here; the one problem says why and what to do."""


@dataclass(frozen=True, slots=True)
class _Recipe:
    package: str
    module: str
    # Go variable -> what it is set to; {version}, {kube_major}, {kube_minor} come from go.mod.
    variables: dict[str, str]


_RECIPES: dict[ToolName, _Recipe] = {
    "helm": _Recipe(
        package="helm.sh/helm/v4/cmd/helm",
        module="helm.sh/helm/v4",
        variables={"helm.sh/helm/v4/internal/version.version": "{version}"},
    ),
    "helm3": _Recipe(
        package="helm.sh/helm/v3/cmd/helm",
        module="helm.sh/helm/v3",
        # Helm 3 takes the Kubernetes version that it assumes from its own release scripts, by the same variables.
        variables={
            "helm.sh/helm/v3/internal/version.version": "{version}",
            "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "{kube_major}",
            "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": "{kube_minor}",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "{kube_major}",
            "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": "{kube_minor}",
        },
    ),
    "kubeconform": _Recipe(
        package="github.com/yannh/kubeconform/cmd/kubeconform",
        module="github.com/yannh/kubeconform",
        variables={"main.version": "{version}"},
    ),
}


def tool(name: ToolName, *, report: Callable[[str], None] | None = None) -> Path:
    """The program's path; it is built first if need be, which ``report`` is told (default: a line on stderr).

    The environment variable ``STARGIT_HELM`` (``STARGIT_HELM3``, ``STARGIT_KUBECONFORM``) names another one instead.
    Any number of processes may ask at once. Raises ``ToolError``.
    """
    variable = f"STARGIT_{name.upper()}"
    if own := os.environ.get(variable):
        if not os.access(own, os.X_OK) or Path(own).is_dir():
            raise _failure(f"{variable} names '{own}', which is no program that can be started", f"unset {variable}")
        return Path(own)
    source = resources.folder(f"tools/{name}")
    flags = _linker_flags(_RECIPES[name], (source / "go.mod").read_text(encoding="utf-8"))
    target = resources.cache_folder() / "bin" / f"{name}-{_digest(source, flags)}"
    if not target.exists():
        _build_once(name, source, flags, target, report or _say)
    return target


def version(name: ToolName) -> str:
    """The pinned version, ``v4.3.1``."""
    go_mod = (resources.folder(f"tools/{name}") / "go.mod").read_text(encoding="utf-8")
    return _module_version(go_mod, _RECIPES[name].module)


def main(arguments: list[str]) -> int:
    """Build the named programs, or ``all``, and print their paths; the exit code."""
    names: tuple[ToolName, ...] = get_args(ToolName)
    wanted = list(names) if arguments == ["all"] else arguments
    if not wanted or not set(wanted) <= set(names):
        _say(f"usage: python -m stargit.tools all | {' | '.join(names)} ...")
        return 2
    for name in names:
        if name in wanted:
            try:
                path = tool(name)
            except ProblemsError as error:
                _say(str(error))
                return 1
            sys.stdout.write(f"{name} {version(name)} {path}\n")
    return 0


def _build_once(name: ToolName, source: Path, flags: str, target: Path, report: Callable[[str], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if target.exists():  # another process built it while this one waited
            return
        report(f"building {name} {version(name)}, once (a minute or two)")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as folder:
            built = Path(folder) / name
            _go_build(name, source, flags, built)
            # In one step, so that who finds the program finds all of it.
            built.replace(target)
        report(f"built {name} in {time.monotonic() - began:.0f} s")


def _go_build(name: ToolName, source: Path, flags: str, output: Path) -> None:
    go = shutil.which("go")
    if go is None:
        raise _failure(
            f"the program 'go' is needed to build {name} {version(name)} and is not on the PATH",
            f"install Go 1.26 or newer, or set STARGIT_{name.upper()} to a program {name}",
        )
    command = [
        go, "build", "-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", flags, "-o", str(output),
        _RECIPES[name].package,
    ]  # fmt: skip
    # A go.work file above the folder would add modules that nobody pinned.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    try:
        done = subprocess.run(
            command, cwd=source, env=environment, stdin=subprocess.DEVNULL, capture_output=True, text=True,
            errors="replace", check=False, timeout=_BUILD_SECONDS,
        )  # fmt: skip
    except subprocess.TimeoutExpired:
        raise _failure(f"'go build' of {name} took more than {_BUILD_SECONDS} s", "try again") from None
    if done.returncode != 0:
        tail = "\n    ".join(done.stderr.strip().splitlines()[-_STDERR_LINES:])
        raise _failure(
            f"'go build' of {name} {version(name)} failed with exit code {done.returncode}:\n    {tail}",
            f"does 'go build' work in {source}? Or set STARGIT_{name.upper()} to a program {name}",
        )


def _linker_flags(recipe: _Recipe, go_mod: str) -> str:
    facts = {"version": _module_version(go_mod, recipe.module)}
    if any("{kube_" in value for value in recipe.variables.values()):
        # client-go v0.37.1 belongs to Kubernetes 1.37.
        major, minor, _ = _module_version(go_mod, "k8s.io/client-go").removeprefix("v").split(".")
        facts |= {"kube_major": str(int(major) + 1), "kube_minor": minor}
    settings = [f"-X {variable}={value.format(**facts)}" for variable, value in recipe.variables.items()]
    return " ".join(["-s -w", *settings])


def _module_version(go_mod: str, module: str) -> str:
    found = re.search(rf"^(?:require )?\s*{re.escape(module)} (v\S+)", go_mod, re.MULTILINE)
    if found is None:
        raise ValueError(f"go.mod does not require {module}")
    return found[1]


def _digest(source: Path, flags: str) -> str:
    content = hashlib.sha256()
    for file in ("go.mod", "go.sum"):
        content.update((source / file).read_bytes())
    content.update(flags.encode())
    return content.hexdigest()[:12]


def _failure(message: str, hint: str) -> ToolError:
    return ToolError([Problem(message, hint=hint)])


def _say(text: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"stargit: {text}\n")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
