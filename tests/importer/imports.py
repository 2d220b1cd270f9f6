"""The cases of imports: values as people write them, and the files and accounts that become of them.

``python -m tests.importer.imports`` writes what is expected anew; look at the difference before you commit it.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from generator.desired import Workspace, load
from generator.importer import Imported, account_text, import_release, read_release

CASES = Path(__file__).parent / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir())
RELEASE = "etl"

FILES = {
    "environments/dev/environment.yaml": b"""\
apiVersion: stargit.dev/v1
kind: Environment
kubernetes:
  minorVersion: "1.34"
""",
    "environments/dev/workspaces/team/workspace.yaml": b"""\
apiVersion: stargit.dev/v1
kind: Workspace
""",
}


@cache
def workspace() -> Workspace:
    """A workspace of which nothing is known but its name."""
    (found,) = load(FILES).state.workspaces
    return found


def values_text(name: str) -> str:
    """What a case begins with."""
    return (CASES / name / "values.yaml").read_text(encoding="utf-8")


def imported(text: str | bytes, file: str = "values.yaml") -> Imported:
    """What becomes of a text."""
    return import_release(read_release(text, file), RELEASE, workspace())


@cache
def case(name: str) -> Imported:
    """What becomes of a case."""
    return imported(values_text(name))


def write_expected() -> None:
    """Write what becomes of each case now."""
    for name in NAMES:
        found = case(name)
        (CASES / name / "deployment.yaml").write_text(found.text, encoding="utf-8")
        (CASES / name / "account.txt").write_text(account_text(found), encoding="utf-8")


if __name__ == "__main__":
    write_expected()
