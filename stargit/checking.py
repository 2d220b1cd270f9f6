"""Whether desired state would still be good with other files: what a command asks before it writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from generator.errors import Problem, ProblemsError

if TYPE_CHECKING:
    from generator.desired import Deployment

#: Told how many deployments were looked at, and of how many.
Progress = Callable[[int, int], None]


def refuse_new_problems(
    old: Mapping[str, bytes], new: Mapping[str, bytes], target: str, progress: Progress | None = None
) -> None:
    """Raises ``ProblemsError`` with what is wrong in the files ``new``, and was not in ``old``.

    ``target`` is the environment, workspace or deployment whose file differs; what depends on it is rendered. Problems
    that were there before do not hinder anybody, for then nobody could mend them one by one. Of files that differ no
    lines are told: nobody has seen the text that they are lines of.
    """
    found = list(problems_of(new, target, progress))
    if found and old:
        known = {_essence(problem) for problem in problems_of(old, target)}
        found = [problem for problem in found if _essence(problem) not in known]
    if found:
        unseen = {path for path, data in new.items() if old.get(path) != data}
        raise ProblemsError(replace(each, position=None) if each.file in unseen else each for each in found)


def problems_of(files: Mapping[str, bytes], target: str, progress: Progress | None = None) -> Iterator[Problem]:
    """What is wrong with an environment, a workspace or a deployment and all that is in it."""
    from generator.airflow.chart import airflow_chart
    from generator.desired import Reader, check_deployment, check_environment, check_names, check_workspace, placed
    from generator.render import render_deployment

    files = {path: data for path, data in files.items() if path.startswith("environments/")}
    names = target.split("/")
    places = placed(files)
    reader = Reader(files, places)
    environment = reader.environment(names[0])
    if len(names) == 1 and environment is not None:
        yield from check_environment(environment)
    for team in places.workspaces:
        if len(names) < 3 and [*team][: len(names)] == names and (workspace := reader.workspace(*team)) is not None:
            yield from check_workspace(workspace)
    own: list[Deployment] = []
    others: list[tuple[str, str, str]] = []
    for place in places.deployments:
        if [*place][: len(names)] == names:
            own += _list(reader.deployment(*place))
        elif place[0] == names[0]:
            others.append(place)
    # Of ten thousand files only those are read that may have a release name or a namespace of ours: that is seen from
    # the file's name, unless it sets its namespace.
    taken = {each.name for each in own}
    namespaces = {each.namespace for each in own}
    prefix = environment.settings.platform.namespace if environment is not None else ""
    around: list[Deployment] = []
    for place in others:
        data = files[places.deployments[place]]
        if place[2] in taken or f"{prefix}-{place[2]}" in namespaces or (own and b"namespace" in data):
            around += _list(reader.deployment(*place))
    yield from check_names(sorted([*own, *around], key=lambda each: each.file))
    chart = airflow_chart()
    for done, deployment in enumerate(own, start=1):
        wrong = list(check_deployment(deployment))
        yield from wrong
        if not any(problem.path == "runtimeVersion" for problem in wrong):
            try:
                render_deployment(deployment, chart)
            except ProblemsError as error:
                yield from error.problems
        if progress is not None:
            progress(done, len(own))
    yield from reader.problems
    yield from places.problems


def _list(found: Deployment | None) -> list[Deployment]:
    return [] if found is None else [found]


def _essence(problem: Problem) -> tuple[str, str, str]:
    """A problem without its line, which an edit above moves."""
    return problem.file, problem.path, problem.message
