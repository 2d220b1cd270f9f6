"""``stargit commander``: the service that writes to git, and what can be asked of it. One module a kind of commands."""

from __future__ import annotations

import os

import click

from stargit.lazy import Entry, LazyGroup

# What gRPC itself has to say would stand between the lines of the log; what matters of it comes as an error.
os.environ.setdefault("GRPC_VERBOSITY", "NONE")

_HERE = "stargit.commands.commander"

COMMANDS: tuple[Entry, ...] = (
    Entry("serve", f"{_HERE}.serve:serve", "Serve a GitOps repository: every change becomes one durable commit."),
    Entry("token", f"{_HERE}.token:token", "Make a token for a caller of the service."),
    Entry("status", f"{_HERE}.status:status", "Show how the service is, or what became of a target in its cluster."),
    Entry("list", f"{_HERE}.reads:list_", "List environments, workspaces or deployments."),
    Entry("get", f"{_HERE}.reads:get", "Show one environment, workspace or deployment."),
    Entry("search", f"{_HERE}.reads:search", "Find lines in the files of desired state."),
    Entry("rendered", f"{_HERE}.reads:rendered", "Show the manifests that are rendered of a target."),
    Entry("history", f"{_HERE}.history:history", "Show who changed a target, when, why, and what that did."),
    Entry("compare", f"{_HERE}.history:compare", "Compare a target at two commits by meaning."),
    Entry("watch", f"{_HERE}.history:watch", "Follow commits as they come, each with the targets that it changed."),
    Entry("set", f"{_HERE}.edits:set_", "Set settings in the file of a target."),
    Entry("unset", f"{_HERE}.edits:unset", "Remove settings from the file of a target."),
    Entry("image", f"{_HERE}.edits:image", "Let a deployment run another image."),
    Entry("bundle", f"{_HERE}.edits:bundle", "Give a deployment the DAGs of a bundle."),
    Entry("variables", f"{_HERE}.edits:variables", "Set and remove variables of a deployment."),
    Entry("scale", f"{_HERE}.edits:scale", "Set how many pods a component or a queue of workers has."),
    Entry("upgrade", f"{_HERE}.edits:upgrade", "Set the version of a deployment, where the way there is allowed."),
    Entry("relabel", f"{_HERE}.edits:relabel", "Set the name that people see."),
    Entry("hibernate", f"{_HERE}.life:hibernate", "Put a deployment to sleep: no pods, everything else stays."),
    Entry("wake", f"{_HERE}.life:wake", "Wake a deployment that sleeps."),
    Entry("create", f"{_HERE}.life:create", "Create an environment, a workspace or a deployment from a file."),
    Entry("move", f"{_HERE}.life:move", "Move a deployment to another workspace of its environment."),
    Entry("delete", f"{_HERE}.life:delete", "Delete a target softly: it sleeps, and can be undeleted."),
    Entry("undelete", f"{_HERE}.life:undelete", "Take a soft deletion back."),
    Entry("remove", f"{_HERE}.life:remove", "Remove a target that is softly deleted, for good."),
    Entry("revert", f"{_HERE}.life:revert", "Make a target what it was at a commit, in a new commit."),
    Entry("apply", f"{_HERE}.life:apply", "Do a change that is written in a file: operations that belong together."),
)

_EXAMPLES = """\
\b
Examples:
  git clone --bare https://git.example.com/fleet.git fleet.git
  stargit commander serve --repository fleet.git
  stargit commander list deployment
  stargit commander scale dev/etl/daily scheduler 2 --reason 'more DAGs'
  stargit commander history dev/etl/daily
"""


@click.group("commander", cls=LazyGroup, entries=COMMANDS, epilog=_EXAMPLES)
def commander() -> None:
    """Serve a GitOps repository and change it: every change is a durable commit.

    Without --address, commands talk to the service of the same user on this machine.
    """
