"""Desired and rendered state of one revision in memory, for many small changes, one after the other.

``Renderer`` looks at a whole repository once; a ``Snapshot`` stays, and a change costs what it affects, however large
the fleet is. It knows no disk and no git: contents have names (``digest``), so that with the names that git gives to
blobs a tree can be compared without reading it. Not for several threads at a time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

from generator.airflow.chart import airflow_chart
from generator.charts import ChartSource
from generator.derived import code_digest
from generator.desired import Reader
from generator.engine.desired_files import DesiredFiles
from generator.engine.fleet import Name
from generator.engine.gitops import FactTexts
from generator.engine.holders import Holders
from generator.engine.paths import owner_of
from generator.engine.preparing import Prepared
from generator.engine.records import UnitRecord, Units
from generator.engine.undo import Undo
from generator.errors import Problem
from generator.worktree import digest as content_digest

#: New contents of files of desired state by path; None removes one.
Edits: TypeAlias = Mapping[str, bytes | None]


@dataclass(frozen=True, slots=True)
class Known:
    """Records of an earlier time, and the code that made them: by another they tell only what was rendered."""

    code: str = ""
    units: Units = field(default_factory=Units)


@dataclass(frozen=True, slots=True)
class Step:
    """What edits made of rendered state: ``written`` are new contents by path, ``removed`` are paths that go.

    ``rendered`` are the deployments that were rendered, ``problems`` what is wrong with files that were taken as they
    are (``lenient``); what is rendered of these stayed as it was.
    """

    written: Mapping[str, bytes]
    removed: tuple[str, ...]
    rendered: tuple[Name, ...]
    problems: tuple[Problem, ...]
    undo: Undo = field(repr=False, compare=False)


class Snapshot:
    """``desired`` are the files, ``present`` the names of the contents of rendered files by path, ``units`` the records
    of what is rendered, ``wrong`` what is wrong with files that were taken as they are, ``waiting`` environments whose
    rendered state stays as it is, with the reason. All are live, to be read only.
    """

    def __init__(
        self,
        *,
        chart: ChartSource | None = None,
        digest: Callable[[bytes], str] = content_digest,
        processes: int | None = None,
    ) -> None:
        self.chart = chart or airflow_chart()
        self.code = code_digest() + (chart.digest if chart is not None else "")
        self.digest = digest
        self.processes = processes
        self.desired = DesiredFiles(digest)
        self.reader = Reader(self.desired.contents, self.desired.places)
        self.present: dict[str, str] = {}
        self.deployments: dict[str, UnitRecord] = {}
        self.argocd: dict[str, UnitRecord] = {}
        self.wrong: dict[str, tuple[Problem, ...]] = {}
        self.waiting: dict[str, Problem] = {}
        self.holders = Holders()
        self.fact_texts = FactTexts()

    @property
    def units(self) -> Units:
        """The records, to be kept for another time."""
        return Units(self.deployments, self.argocd)

    def owned(self, path: str) -> bool:
        """Whether something that is asked for leads to a rendered file, or may do so once what is wrong is mended."""
        owner = owner_of(path)
        if owner is None:
            return False
        deployment = owner.kind == "deployment"
        record = (self.deployments if deployment else self.argocd).get(owner.key)
        if record is not None:
            return path in record.files
        places = self.desired.places
        match owner.names:
            case (environment, workspace, release):
                return (environment, workspace, release) in places.deployments
            case (environment, workspace):
                members = self.desired.deployments(environment, workspace)
                return (environment, workspace) in places.workspaces or any(True for _ in members)
            case _:
                environment = owner.names[0]
                return environment in places.environments or any(True for _ in self.desired.workspaces(environment))

    def unowned(self) -> Iterator[str]:
        """Rendered files that nothing of what there is leads to."""
        return (path for path in self.present if not self.owned(path))

    def change(
        self,
        edits: Edits,
        *,
        present: Mapping[str, str | None] | None = None,
        known: Known | None = None,
        is_generated: Callable[[str], bool] = lambda _: False,
        lenient: bool = False,
        waiting: Mapping[str, Problem] | None = None,
        prepared: Iterable[Prepared] = (),
    ) -> Step:
        """Edit desired state, and make rendered state what then follows from it.

        ``present`` are names of rendered files that somebody else changed or (None) removed; those to which nothing
        leads go if they ``is_generated``. ``known`` are records of an earlier time, for the first change. Raises
        ``ProblemsError`` with everything that the edits make wrong, and then nothing has changed; ``lenient`` takes
        files as they are and keeps what was rendered of those that are wrong. Where environments are ``waiting`` (from
        now on; None: as before), nothing is looked at, and only who is lenient may edit. What was ``prepared`` of just
        these files is taken as if it had been rendered now.
        """
        from generator.engine.stepping import Stepping

        stepping = Stepping(self, lenient, known or Known(), is_generated, prepared)
        try:
            return stepping.step(edits, present or {}, waiting)
        except BaseException:
            stepping.undo.back()
            raise
        finally:
            self.reader.problems.clear()

    def take_back(self, step: Step) -> None:
        """Undo the last change that is not undone yet."""
        step.undo.back()
