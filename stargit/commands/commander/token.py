"""``stargit commander token``: a token for a caller."""

from __future__ import annotations

from pathlib import Path

import click

from generator.errors import Problem, ProblemsError
from stargit.options import with_output
from stargit.output import Output

_EXAMPLES = """\
\b
Examples:
  stargit commander token --to houston.token

\b
The file of callers (serve --callers) then has:
  callers:
    - name: houston
      email: houston@example.com
      rights: [read, write]
      mayNameActors: true
      tokens: ["sha256:..."]
"""


@click.command(epilog=_EXAMPLES)
@click.option(
    "--to", "file", type=click.Path(dir_okay=False, path_type=Path), required=True,
    help="Write the token here; nobody else may read the file.",
)  # fmt: skip
@with_output
def token(output: Output, file: Path) -> None:
    """Make a token for a caller of the service.

    What is printed is its digest, for the file of callers; the token itself is in the file alone.
    """
    from commander.service import digest_of, new_token

    made = new_token()
    try:
        file.touch(mode=0o600, exist_ok=False)
    except FileExistsError:
        raise ProblemsError([Problem("is there already", file=str(file), hint="name another file")]) from None
    file.write_text(f"{made}\n", encoding="utf-8")
    output.result({"file": file, "digest": digest_of(made)})
    output.line(digest_of(made))
    output.note(f"the token is in {file}; the line above goes into the file of callers")
