"""``stargit completion``: the script with which a shell completes the command line."""

from __future__ import annotations

import click

from stargit.options import with_output
from stargit.output import Output

_EXAMPLES = """\
\b
Put into the file that your shell reads when it starts:
  eval "$(stargit completion bash)"        ~/.bashrc
  eval "$(stargit completion zsh)"         ~/.zshrc
  stargit completion fish | source         ~/.config/fish/config.fish
"""


@click.command(epilog=_EXAMPLES)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
@with_output
def completion(output: Output, shell: str) -> None:
    """Print the script that completes commands, options and names in a shell."""
    from click.shell_completion import get_completion_class

    root = click.get_current_context().find_root()
    kind = get_completion_class(shell)
    assert kind is not None
    script = kind(root.command, {}, "stargit", "_STARGIT_COMPLETE")
    # Not 'source()', which for bash starts bash to see how old it is, and says so where no bash is.
    text = script.source_template % script.source_vars()
    output.result({"shell": shell, "script": text})
    output.line(text)
