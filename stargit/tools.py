"""The Go programs that Stargit asks for a judgement: Helm 4, Helm 3 and kubeconform.

Each is pinned by a folder ``tools/<name>`` with ``go.mod`` and ``go.sum`` and built on first use into a cache.
``python -m stargit.tools all`` builds them ahead of time (``make tools``). ``built`` makes any other pinned program the
same way, as the tests do with those of their cluster.
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
_TELL_SECONDS = 30  # between words about a build that goes on
_STDERR_LINES = 15


class ToolError(ProblemsError):
    """A program that is needed cannot be had or does not work here; the one problem says why and what to do."""


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a program is built in a folder with its ``go.mod``: the package, and the module that its version is of.

    ``variables`` are Go variables and what they are set to; {version}, {kube_major}, {kube_minor} come from go.mod.
    """

    package: str
    module: str
    variables: dict[str, str]


_RECIPES: dict[ToolName, Recipe] = {
    "helm": Recipe(
        package="helm.sh/helm/v4/cmd/helm",
        module="helm.sh/helm/v4",
        variables={"helm.sh/helm/v4/internal/version.version": "{version}"},
    ),
    "helm3": Recipe(
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
    "kubeconform": Recipe(
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
    another = f", or set {variable} to a program {name}"
    return built(name, resources.folder(f"tools/{name}"), _RECIPES[name], another=another, report=report)


def built(
    name: str, source: Path, recipe: Recipe, *, another: str = "", report: Callable[[str], None] | None = None
) -> Path:
    """The program ``name`` of the Go module that is pinned in the folder ``source``, built first if need be.

    A build that was cut off leaves nothing that would be taken for the program. Any number of processes may ask.
    ``another`` ends the hint of an error. Raises ``ToolError``.
    """
    go_mod = (source / "go.mod").read_text(encoding="utf-8")
    flags = _linker_flags(recipe, go_mod)
    target = resources.cache_folder() / "bin" / f"{name}-{_digest(source, flags)}"
    if not target.exists():
        build = _Build(name, _module_version(go_mod, recipe.module), source, recipe.package, flags, another)
        _build_once(build, target, report or _say)
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


@dataclass(frozen=True, slots=True)
class _Build:
    name: str
    version: str
    source: Path
    package: str
    flags: str
    another: str


def _build_once(build: _Build, target: Path, report: Callable[[str], None]) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    with target.with_name(f"{target.name}.lock").open("w") as guard:
        fcntl.flock(guard, fcntl.LOCK_EX)
        if target.exists():  # another process built it while this one waited
            return
        report(f"building {build.name} {build.version}, once (a few minutes)")
        began = time.monotonic()
        with tempfile.TemporaryDirectory(dir=target.parent, prefix=f"{target.name}.") as folder:
            output = Path(folder) / build.name
            _go_build(build, output, report)
            # In one step, so that who finds the program finds all of it.
            output.replace(target)
        report(f"built {build.name} in {time.monotonic() - began:.0f} s")


def _go_build(build: _Build, output: Path, report: Callable[[str], None]) -> None:
    go = shutil.which("go")
    if go is None:
        raise _failure(
            f"the program 'go' is needed to build {build.name} {build.version} and is not on the PATH",
            f"install Go 1.26 or newer{build.another}",
        )
    command = [
        go, "build", "-trimpath", "-mod=readonly", "-buildvcs=false", "-ldflags", build.flags, "-o", str(output),
        build.package,
    ]  # fmt: skip
    # A go.work file above the folder would add modules that nobody pinned.
    environment = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    began = time.monotonic()
    with subprocess.Popen(
        command, cwd=build.source, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE, text=True, errors="replace",
    ) as process:  # fmt: skip
        try:
            errors: str | None = None
            while errors is None:
                try:
                    errors = process.communicate(timeout=_TELL_SECONDS)[1]
                except subprocess.TimeoutExpired:
                    if (passed := time.monotonic() - began) > _BUILD_SECONDS:
                        raise _failure(
                            f"'go build' of {build.name} took more than {_BUILD_SECONDS} s", "try again"
                        ) from None
                    report(f"still building {build.name}, {passed:.0f} s so far")
        except BaseException:
            process.kill()
            raise
    if process.returncode != 0:
        tail = "\n    ".join(errors.strip().splitlines()[-_STDERR_LINES:])
        raise _failure(
            f"'go build' of {build.name} {build.version} failed with exit code {process.returncode}:\n    {tail}",
            f"does 'go build' work in {build.source}?"
            + (f" Or{build.another.removeprefix(', or')}" if build.another else ""),
        )


def _linker_flags(recipe: Recipe, go_mod: str) -> str:
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
