"""What git says when a remote does not do what it is asked: whether that may pass by itself, and what to tell people.

Git has no codes for these, only words (in the C locale): its own, those of ssh and of curl, and those of the server.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from commander.git.program import Done

#: ``first``: somebody else moved the branch, or is just doing so. ``passing``: trying again may help. ``lasting``:
#: somebody has to do something first. ``silent``: no word of what became of it.
Kind: TypeAlias = Literal["first", "passing", "lasting", "silent"]

_FIRST = re.compile(r"stale info|fetch first|non-fast-forward|cannot lock ref|failed to update ref|incorrect old value")
#: Of what the other side said: it is there, and does not want.
_LASTING = re.compile(
    r"""authentication\ failed|could\ not\ read\ (username|password)|permission\ denied|access\ denied
    |host\ key\ verification\ failed|host\ identification\ has\ changed|invalid\ credentials|terminal\ prompts\ disabled
    |repository\ .{0,200}\ ?not\ found|does\ not\ appear\ to\ be\ a\ git\ repository|not\ a\ git\ repository
    |requested\ url\ returned\ error:\ (3..|40[0-79]|41.|42[0-46-8]|43.|45.)|the\ remote\ end\ refused
    |not\ exported|service\ not\ enabled|transport\ '[^']*'\ not\ allowed|unable\ to\ find\ remote\ helper
    |certificate\ (problem|verif)|verification\ failed|no\ such\ (remote\ )?repository|dubious\ ownership
    |couldn't\ find\ remote\ ref|update\ url\ base\ from\ redirection|valid:\ is\ this\ a\ git\ repository
    |there\ is\ no\ program\ git|protocol\ "?[^\s"]{1,40}"?\ (is\ )?(not\ supported|disabled)|unpacker\ error
    |too\ large|fsck\ error|could\ not\ be\ found
    """,
    re.VERBOSE | re.IGNORECASE,
)
#: Of a push that the other side took and did not do: what is said of the server, and not of what was pushed.
_TROUBLE = re.compile(r"internal (server )?error|try again|tempor|timed? ?out", re.IGNORECASE)
_FULL = re.compile(r"no space left on device|disk quota exceeded|read-only file system", re.IGNORECASE)
#: Of git at the other side, when a file is there that locks the branch.
_HELD = re.compile(
    r"cannot lock ref '(?P<ref>[^'\n]{1,300})': Unable to create '(?P<file>[^'\n]{1,1000})': File exists"
)
_ENDS = re.compile(r"^remote: ?", re.MULTILINE)


def push_refusal(done: Done) -> Kind:
    """Why a push was not done, as far as git says so."""
    status = push_status(done)
    if status is None or "[remote failure]" in status:
        return "silent"
    if _FIRST.search(status):
        return "first"
    return "passing" if _TROUBLE.search(status) or _FULL.search(done.error) else "lasting"


def is_passing(done: Done) -> bool:
    """Whether what kept git from talking with a remote at all may pass by itself.

    What nobody knows may be the line: trying again is safe, and has a bound.
    """
    return done.code is None or _LASTING.search(done.error) is None


def push_status(done: Done) -> str | None:
    """What the other side says of the branch (git-push(1), output of --porcelain); None when it said nothing."""
    for line in done.output.splitlines():
        if line.startswith("!\t"):
            return line.split("\t")[2]
    return None


def told_by_remote(done: Done) -> str:
    """What a hook or the server has to say."""
    lines = [line for line in done.error.splitlines() if line.startswith("remote: ")]
    return " ".join(_ENDS.sub("", line).strip() for line in lines)


def stuck(done: Done, branch: str) -> str:
    """Of a branch that stays where it is, though nobody moves it: what keeps it there, as far as git says so, and what
    to do."""
    held = _HELD.search(done.error)
    if held is None:
        told = told_by_remote(done)
        return f"{told}; where it is, a lock of {branch} may be left of a git that was killed" if told else ""
    return (
        f"at the remote, '{held['file']}' locks {held['ref']}: another git is at work there, or was killed and left it."
        " If it stays, see that no git runs in that repository, and remove the file"
    )
