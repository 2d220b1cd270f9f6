"""Which clusters ``serve`` reads, and how it reaches them, as its options say."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from generator.desired import wrong_name
from generator.errors import Problem, ProblemsError

if TYPE_CHECKING:
    from commander.service import ClusterSettings
    from commander.status import Where

_FORM = "ENVIRONMENT=FILE or ENVIRONMENT=FILE:CONTEXT"


def cluster_settings(
    kubeconfig: Path | None,
    context: str,
    in_cluster: bool,
    account: Path | None,
    namespace: str,
    workloads: tuple[str, ...],
) -> ClusterSettings | None:
    """None: no cluster is read. Raises ``UsageError`` for options that don't belong together, ``ProblemsError``."""
    from commander.service import ClusterSettings
    from commander.status import ACCOUNT, Where

    if kubeconfig is not None and in_cluster:
        raise click.UsageError("clusters are read with --kubeconfig or --in-cluster")
    if context and kubeconfig is None:
        raise click.UsageError("--kube-context needs --kubeconfig")
    if account is not None and not in_cluster:
        raise click.UsageError("--service-account needs --in-cluster")
    if kubeconfig is None and not in_cluster:
        if namespace or workloads:
            raise click.UsageError("--argocd-namespace and --workloads need --kubeconfig or --in-cluster")
        return None
    if wrong := wrong_name(namespace) if namespace else "":
        raise ProblemsError(
            [Problem(f"'{namespace}' is no name of a namespace", path="--argocd-namespace", allowed=wrong)]
        )
    return ClusterSettings(Where(kubeconfig, context, account or ACCOUNT), namespace, workloads_of(workloads))


def workloads_of(options: Iterable[str]) -> dict[str, Where]:
    """How the clusters of environments are reached, by ``ENVIRONMENT=FILE[:CONTEXT]``. Raises ``ProblemsError``."""
    found: dict[str, Where] = {}
    said: dict[str, str] = {}
    problems: list[Problem] = []
    for option in options:
        environment, _, place = option.partition("=")
        if allowed := wrong_name(environment) if "=" in option else _FORM:
            what = f"'{environment}' is no name of an environment" if "=" in option else "it names no environment"
            problems.append(_problem(option, what, allowed))
            continue
        if environment in said:
            what = f"'{environment}' has another one already, {said[environment]}"
            problems.append(_problem(option, what, "one for each environment"))
            continue
        said[environment] = option
        where = _where(option, place)
        if isinstance(where, Problem):
            problems.append(where)
        else:
            found[environment] = where
    if problems:
        raise ProblemsError(problems)
    return found


def _where(option: str, place: str) -> Where | Problem:
    """File and context, either of which may have colons in its name."""
    from commander.status import Where

    parts = place.split(":")
    ways = [(":".join(parts[:end]), ":".join(parts[end:])) for end in range(len(parts), 0, -1)]
    there = [(file, context) for file, context in ways if file and Path(file).is_file()]
    if not there:
        files = " or ".join(f"'{file}'" for file, _ in ways if file)
        return _problem(option, f"there is no file {files}" if files else "it names no file", _FORM)
    if len(there) > 1:
        files = " and ".join(f"'{file}'" for file, _ in there)
        return _problem(option, f"there are the files {files}", "a name that can be only one of them; rename one")
    file, context = there[0]
    if not context and file != place:
        return _problem(option, f"no context stands after '{file}:'", _FORM)
    return Where(Path(file), context)


def _problem(option: str, what: str, allowed: str) -> Problem:
    return Problem(what, path=f"--workloads {option}", allowed=allowed)
