"""What is read out of a repository: plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Generic, Literal, TypeAlias, TypeVar

from commander.changes import Target
from commander.git import Identity
from generator.diff import Diff
from generator.errors import Problem, ProblemsError

T = TypeVar("T")

Kind: TypeAlias = Literal["environment", "workspace", "deployment"]
#: What happened to a target from one commit to another. ``moved``: a deployment came from another workspace.
Fate: TypeAlias = Literal["created", "changed", "removed", "moved"]

#: Items of a page, unless another number is asked for, and at most.
PAGE_SIZE, LONGEST_PAGE = 50, 500
#: Of a filter: characters of a text, and labels.
_LONGEST, _MOST_LABELS = 1000, 20
_ALLOWED = f"at most {_LONGEST:,}"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list. ``next_token`` asks for the part behind it; empty: there is none. ``revision`` is the commit
    that was read."""

    items: tuple[T, ...]
    next_token: str
    revision: str


@dataclass(frozen=True, slots=True)
class Airflow:
    """What a deployment runs, as the chart's defaults and the files of environment, workspace and deployment say
    together.

    ``airflow_version`` is only the minor with ``.0`` where it follows from ``runtime_version``; of the image, what no
    file says is empty. ``labels`` are those of its objects.
    """

    runtime_version: str = ""
    airflow_version: str = ""
    executor: str = ""
    image_repository: str = ""
    image_tag: str = ""
    image_digest: str = ""
    hibernating: bool = False
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Item:
    """A target that has a file. ``revision`` is the name of the file's contents: what a change can expect.

    ``label`` is the name that people see: that of the file, where it has no other. ``deleted_at`` is when it was
    deleted softly, as its file says; empty: it was not. ``problems`` tell why the file can't be read (then nothing else
    is known), and what the writer knows to be wrong with it. ``airflow`` is None of all but deployments.
    ``workspaces`` and ``deployments`` count what is inside.
    """

    target: Target
    revision: str
    label: str
    description: str = ""
    deleted_at: str = ""
    problems: tuple[Problem, ...] = ()
    airflow: Airflow | None = None
    workspaces: int = 0
    deployments: int = 0


@dataclass(frozen=True, slots=True)
class Found:
    """A target as it is at the commit ``revision``, with the ``text`` of its file (empty where it is no text)."""

    item: Item
    text: str
    revision: str


@dataclass(frozen=True, slots=True)
class Filters:
    """Which items are listed: those of which all holds that is set here.

    ``label`` is a part of it in small or capital letters, ``version`` that of runtime or Airflow or the beginning of
    one (``3.1`` is 3.1.2, and not 3.10), ``executor`` exact or one of two. ``labels`` are all there with these values,
    or, where the value is empty, with any. ``words`` are all found in names or label. Raises ``ProblemsError`` for what
    is too long.
    """

    label: str = ""
    version: str = ""
    executor: str = ""
    hibernating: bool | None = None
    deleted: bool | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    with_problems: bool | None = None
    words: str = ""

    def __post_init__(self) -> None:
        texts = (self.label, self.version, self.executor, self.words, *self.labels, *self.labels.values())
        problems = [
            Problem(f"a filter of {len(each):,} characters", allowed=_ALLOWED) for each in texts if len(each) > _LONGEST
        ]
        if len(self.labels) > _MOST_LABELS:
            problems.append(Problem(f"a filter of {len(self.labels)} labels", allowed=f"at most {_MOST_LABELS}"))
        if problems:
            raise ProblemsError(problems)

    @property
    def of_deployments(self) -> list[str]:
        """What is set that only deployments have."""
        found = {
            "version": bool(self.version),
            "executor": bool(self.executor),
            "hibernating": self.hibernating is not None,
            "labels": bool(self.labels),
        }
        return [name for name, is_set in found.items() if is_set]


@dataclass(frozen=True, slots=True)
class Match:
    """A line of a target's file; ``number`` counts from 1, ``line`` is shortened when it is long."""

    target: Target
    file: str
    number: int
    line: str


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file of rendered state: ``path`` in the repository, the ``name`` git gives its contents, ``size`` in bytes.

    ``data`` is None of a file that is too large to be sent, and of links and submodules (whose size is 0).
    """

    path: str
    name: str
    size: int
    data: bytes | None


@dataclass(frozen=True, slots=True)
class Commit:
    """A commit: who wrote it and who committed it, when, what for. ``key`` is that of its change (``Change-Id``), empty
    where Commander did not write it; ``reason`` and ``actor`` are from its trailers; ``parents`` is how many it has."""

    revision: str
    author: Identity
    committer: Identity
    subject: str
    key: str = ""
    actor: str = ""
    reason: str = ""
    parents: int = 1


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A commit that changed a target, or what is rendered of it; ``target`` as it was called then."""

    commit: Commit
    target: Target


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A setting of a file: where it stands, as the paths of edits are written (``values.env[name=TZ].value``), and what
    it was and is, as JSON; empty text: it is not there. ``hidden``: something secret was taken out, so that old and new
    may look the same. Of a list of named things in another order, old and new are the names."""

    path: str
    old: str
    new: str
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class TargetChange:
    """What happened to a target: its own file differs (``desired``), files that are rendered of it do (``rendered``).

    A ``moved`` one was called ``old_target``.
    """

    target: Target
    fate: Fate
    desired: bool
    rendered: bool
    old_target: Target | None = None


@dataclass(frozen=True, slots=True)
class Comparison:
    """How a target differs from one commit (empty text: before the first one) to another, by meaning.

    ``fate`` is None when its file is the same. ``settings`` are of its file; ``more_settings`` is how many others
    differ. ``only_layout``: the file's bytes differ and no setting does: comments, order of keys, quoting. ``problems``
    tell why a file can't be compared. ``rendered`` is of its rendered files, of all that is inside, too; ``left_out``
    is how many of those that differ are not compared, because they are too many, too large, or no files. ``targets``
    are the target and what is inside of it, as far as changed. ``old_target``: a deployment came from there.
    """

    old: str
    new: str
    target: Target
    fate: Fate | None
    settings: tuple[SettingChange, ...]
    more_settings: int
    only_layout: bool
    problems: tuple[Problem, ...]
    rendered: Diff
    left_out: int
    targets: tuple[TargetChange, ...]
    old_target: Target | None = None


@dataclass(frozen=True, slots=True)
class Event:
    """A commit, and the targets that it changed, compared with the commit ``before`` (empty text: with nothing)."""

    commit: Commit
    before: str
    changes: tuple[TargetChange, ...]


@dataclass(frozen=True, slots=True)
class FileChange:
    """How a file of desired state would differ; ``only_layout``: in comments, order or quoting alone."""

    file: str
    fate: Fate
    settings: tuple[SettingChange, ...]
    only_layout: bool
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would be, if files were written on top of the commit ``base``: of desired and of rendered state.

    ``left_out`` is how many rendered files that differ are not compared, because they are too many, or too large.
    """

    base: str
    files: tuple[FileChange, ...]
    rendered: Diff
    left_out: int
