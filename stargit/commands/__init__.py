'''The commands of ``stargit``: one module a command (or a group of commands), and the table of all of them.

To add a command, write ``stargit/commands/<name>.py``::

    """``stargit explain``: where a value comes from."""

    from pathlib import Path

    import click

    from stargit.errors import Exit
    from stargit.options import with_output
    from stargit.output import Output


    @click.command()
    @click.option("--repository", type=click.Path(path_type=Path), default=Path(), show_default="this folder")
    @click.argument("path")
    @with_output
    def explain(output: Output, repository: Path, path: str) -> Exit | None:
        """Show which file and line a value comes from."""
        from generator.desired import load_repository  # packages of the generator are imported inside the function

        output.base = repository
        ...

and add a row to ``COMMANDS``. A group is the same with ``@click.group()`` and ``@explain.command("values")``.

- Return ``None`` or ``Exit.OK`` when all is well, ``Exit.INPUT`` when the finding is negative (``--check`` found
  differences). Raise ``ProblemsError`` for wrong input. Raise nothing else, don't print, never call ``sys.exit``.
- Say results with ``output.line``, ``output.table``, ``output.diff``, and the same for machines with ``output.result``.
- The first line of the docstring is the row's summary; a test compares them.
- Modules here import only click, ``stargit`` and the standard library at their top: ``stargit <name> --help`` is to be
  quick, too.
'''

from stargit.lazy import Entry

COMMANDS: tuple[Entry, ...] = (
    Entry(
        "init", "stargit.commands.init:init", "Make a GitOps repository: the files that describe a first environment."
    ),
    Entry("new", "stargit.commands.new:new", "Write the file of a new environment, workspace or deployment."),
    Entry(
        "set",
        "stargit.commands.set:set_",
        "Set settings in the file of an environment, a workspace or a deployment.",
    ),
    Entry(
        "unset",
        "stargit.commands.set:unset",
        "Remove settings from the file of an environment, a workspace or a deployment.",
    ),
    Entry("render", "stargit.commands.render:render", "Render the desired state in environments/ into rendered/."),
    Entry(
        "validate",
        "stargit.commands.validate:validate",
        "Check the desired state and what would be rendered from it; write nothing.",
    ),
    Entry(
        "check-manifests",
        "stargit.commands.check_manifests:check_manifests",
        "Judge rendered/ by the schemas of each environment's Kubernetes.",
    ),
    Entry("explain", "stargit.commands.explain:explain", "Show where a deployment's values come from."),
    Entry(
        "graph", "stargit.commands.graph:graph", "Show which files a deployment depends on, and what depends on a file."
    ),
    Entry("diff", "stargit.commands.diff:diff", "Compare two rendered states by meaning: objects, fields, restarts."),
    Entry(
        "import",
        "stargit.commands.import_:import_",
        "Write a deployment from values of the official Airflow chart.",
    ),
    Entry(
        "bootstrap",
        "stargit.commands.bootstrap:bootstrap",
        "Write what is applied once to a new cluster, before Argo CD runs an environment.",
    ),
    Entry("chart", "stargit.commands.chart:chart", "Build, check and try the Helm charts."),
    Entry(
        "commander",
        "stargit.commands.commander:commander",
        "Serve a GitOps repository and change it: every change is a durable commit.",
    ),
    Entry(
        "completion",
        "stargit.commands.completion:completion",
        "Print the script that completes commands, options and names in a shell.",
    ),
)
