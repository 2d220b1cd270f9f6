"""``stargit init``: the first files of a GitOps repository."""

from __future__ import annotations

from pathlib import Path

import click

from stargit.options import with_output
from stargit.output import Output

_EXAMPLES = """\
\b
Examples:
  stargit init
  stargit init airflow-gitops --environment production --workspace etl --deployment daily
  stargit init --schemas       write schemas/ anew, after an upgrade of Stargit
"""


@click.command(epilog=_EXAMPLES)
@click.argument("directory", type=click.Path(path_type=Path, file_okay=False), default=Path())
@click.option("--environment", metavar="NAME", default="dev", show_default=True, help="The first environment.")
@click.option("--workspace", metavar="NAME", default="team", show_default=True, help="Its first workspace.")
@click.option("--deployment", metavar="RELEASE", default="", help="A first Airflow, too.")
@click.option("--executor", metavar="EXECUTOR", default="", help="Where its tasks run: CeleryExecutor, ...")
@click.option("--airflow-version", metavar="VERSION", default="", help="Its version of Airflow.")
@click.option("--kubernetes", metavar="MINOR", default="", help="The cluster's version of Kubernetes, as 1.34.")
@click.option("--base-domain", metavar="DOMAIN", default="", help="Airflows get pages below this domain.")
@click.option("--git-url", metavar="URL", default="", help="Where Argo CD reads this repository.")
@click.option("--schemas", is_flag=True, help="Only write schemas/ anew, for editors.")
@with_output
def init(
    output: Output,
    directory: Path,
    environment: str,
    workspace: str,
    deployment: str,
    executor: str,
    airflow_version: str,
    kubernetes: str,
    base_domain: str,
    git_url: str,
    schemas: bool,
) -> None:
    """Make a GitOps repository: the files that describe a first environment.

    DIRECTORY is this folder, unless it is named; it is made when it is not there. No file is written over, git is not
    touched.
    """
    from generator.errors import Problem, ProblemsError
    from generator.scaffold import new_repository
    from stargit.checking import refuse_new_problems
    from stargit.writing import refuse_present, write_new

    output.base = directory
    if schemas:
        _write_schemas(output, directory)
        return
    if (deployment == "") and (executor or airflow_version):
        raise click.UsageError("--executor and --airflow-version are about a deployment: name it with --deployment")
    files = new_repository(
        environment, workspace, deployment=deployment, kubernetes=kubernetes, base_domain=base_domain,
        repository=git_url, executor=executor, airflow_version=airflow_version,
    )  # fmt: skip
    if (directory / "environments").exists():
        hint = "'stargit new environment NAME' adds one; 'stargit init --schemas' only writes schemas/ anew"
        raise ProblemsError([Problem("is there already: this is a GitOps repository", file="environments", hint=hint)])
    kept = [path for path in ("README.md", ".gitignore", ".gitattributes") if (directory / path).is_file()]
    files = {path: text for path, text in files.items() if path not in kept}
    refuse_present(directory, files)
    refuse_new_problems({}, {path: text.encode() for path, text in files.items()}, environment)
    write_new(directory, files)
    output.result({"directory": directory, "written": list(files), "kept": kept})
    for path in files:
        output.line(f"written: {path}")
    for path in kept:
        output.note(f"{path}: was there already, left alone")
    _tell_next(output, directory, f"{environment}/{workspace}", deployment)


def _tell_next(output: Output, directory: Path, workspace: str, deployment: str) -> None:
    steps = []
    if directory != Path():
        steps.append((f"cd {directory}", ""))
    if not _is_in_git(directory):
        steps.append(("git init", "what git does not know, it cannot give back"))
    if not deployment:
        steps.append((f"stargit new deployment {workspace}/daily", "a first Airflow"))
    steps.append(("stargit render", "write the manifests into rendered/"))
    output.line("next:")
    width = max(len(command) for command, _ in steps)
    for command, why in steps:
        output.line(f"  {command.ljust(width)}  # {why}" if why else f"  {command}")


def _is_in_git(directory: Path) -> bool:
    here = directory.resolve()
    return any((folder / ".git").exists() for folder in (here, *here.parents))


def _write_schemas(output: Output, directory: Path) -> None:
    from generator.errors import Problem, ProblemsError
    from generator.scaffold import schema_copies
    from stargit.writing import replace_text, write_new

    if not (directory / "environments").is_dir():
        hint = "name the folder that has environments/ in it, or make a repository without --schemas"
        raise ProblemsError([Problem("is missing", file="environments", hint=hint)])
    texts = schema_copies()
    present = {path: (directory / path).read_bytes() for path in texts if (directory / path).is_file()}
    changed = [path for path, old in present.items() if old != texts[path].encode()]
    new = {path: text for path, text in texts.items() if path not in present}
    for path in changed:
        replace_text(directory, path, present[path], texts[path])
    write_new(directory, new)
    output.result({"directory": directory, "written": [*new, *changed]})
    for path in (*new, *changed):
        output.line(f"written: {path}")
    if not new and not changed:
        output.line("schemas/ is up to date", "good")
