"""``stargit commander serve``: the service."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from generator.errors import Problem, ProblemsError
from stargit.commands.commander.changing import person
from stargit.commands.commander.connecting import own_socket
from stargit.commands.commander.reaching import cluster_settings
from stargit.options import with_output
from stargit.output import Output
from stargit.resources import cache_folder, state_folder

if TYPE_CHECKING:
    from commander.git import Sign

_EXAMPLES = """\
\b
Examples:
  stargit commander serve --repository fleet.git
  stargit commander serve --repository https://git.example.com/fleet.git --branch main \\
    --listen 0.0.0.0:7070 --callers callers.yaml --tls-certificate tls.crt --tls-key tls.key --metrics :9090

\b
A folder is a bare repository and the truth itself. A URL (https, ssh, file) is the truth,
and what is pushed there is done. git finds its credentials as for ssh and in
GIT_SSH_COMMAND; a login in a URL is shown in no log.
SIGTERM ends it: no more calls are taken, changes that wait are done first.
"""
_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(epilog=_EXAMPLES)
@click.option(
    "--repository", required=True, metavar="PATH_OR_URL", envvar="STARGIT_COMMANDER_REPOSITORY", show_envvar=True,
    help="The GitOps repository.",
)  # fmt: skip
@click.option("--branch", default="main", show_default=True, help="The branch that is written.")
@click.option(
    "--copy", type=click.Path(file_okay=False, path_type=Path),
    help="Where the copy of a remote repository is kept.  [default: a folder of this user]",
)  # fmt: skip
@click.option(
    "--listen", metavar="HOST:PORT", help="Where to listen; unix:PATH is a socket.  [default: this user's own socket]"
)
@click.option("--callers", type=_file, help="The file of callers: who may call, and do what.")
@click.option("--tls-certificate", type=_file, help="The service's certificate (PEM).")
@click.option("--tls-key", type=_file, help="The key of the certificate (PEM).")
@click.option("--tls-callers", type=_file, help="Each caller must show a certificate of this authority (PEM).")
@click.option("--metrics", default="", metavar="HOST:PORT", help="Where Prometheus may ask.")
@click.option("--allow-anybody", is_flag=True, help="Without callers, on a loopback address: whoever is here may call.")
@click.option("--allow-plaintext", is_flag=True, help="Without TLS, since something else protects the line.")
@click.option("--committer", default="Stargit Commander <commander@stargit.invalid>", show_default=True)
@click.option("--sign-ssh", type=_file, help="Sign commits with this SSH key (or the public half of one in the agent).")
@click.option("--sign-gpg", metavar="FINGERPRINT", help="Sign commits with this key of the GnuPG home.")
@click.option(
    "--argocd-webhook", metavar="URL", envvar="STARGIT_COMMANDER_ARGOCD_WEBHOOK", show_envvar=True,
    help="Tell this Argo CD of each commit: the URL of argocd-server.",
)  # fmt: skip
@click.option(
    "--argocd-webhook-secret", type=_file, envvar="STARGIT_COMMANDER_ARGOCD_WEBHOOK_SECRET_FILE", show_envvar=True,
    help="The file with what argocd-secret has as webhook.github.secret; it signs the calls.",
)  # fmt: skip
@click.option(
    "--argocd-authority",
    type=_file,
    help="Who signed argocd-server's certificate (PEM).  [default: whom this machine trusts]",
)
@click.option(
    "--kubeconfig", type=_file, envvar="STARGIT_COMMANDER_KUBECONFIG", show_envvar=True,
    help="Read the status of deployments from the cluster with Argo CD, reached like this.",
)  # fmt: skip
@click.option("--kube-context", default="", help="This context of the kubeconfig.  [default: its current one]")
@click.option(
    "--in-cluster", is_flag=True, envvar="STARGIT_COMMANDER_IN_CLUSTER", show_envvar=True,
    help="Read it from the cluster that this runs in, as its pod's service account.",
)  # fmt: skip
@click.option(
    "--service-account", type=click.Path(file_okay=False, path_type=Path), metavar="FOLDER",
    help="Where token and ca.crt of the service account are.  [default: where Kubernetes puts them]",
)  # fmt: skip
@click.option(
    "--argocd-namespace", default="", envvar="STARGIT_COMMANDER_ARGOCD_NAMESPACE", show_envvar=True,
    help="The namespace of Argo CD's Applications.  [default: gitops.namespace of each environment]",
)  # fmt: skip
@click.option(
    "--workloads", multiple=True, metavar="ENVIRONMENT=FILE[:CONTEXT]",
    help="How the cluster of an environment is reached that Argo CD is not in; may be repeated.",
)  # fmt: skip
@click.option(
    "--poll", type=click.FloatRange(0.1, 3600), default=10.0, show_default=True, metavar="SECONDS",
    help="How often to look what others pushed, unless a change was written meanwhile.",
)  # fmt: skip
@click.option(
    "--drain", type=click.FloatRange(0, 600), default=20.0, show_default=True, metavar="SECONDS",
    help="How long calls may go on when the service is to stop.",
)  # fmt: skip
@click.option(
    "--log", "form", type=click.Choice(["json", "text"]), help="The log's form.  [default: text on a terminal]"
)
@click.option(
    "--log-level", type=click.Choice(["debug", "info", "warning", "error"]), default="info", show_default=True
)
@with_output
def serve(
    output: Output,
    repository: str,
    branch: str,
    copy: Path | None,
    listen: str | None,
    callers: Path | None,
    tls_certificate: Path | None,
    tls_key: Path | None,
    tls_callers: Path | None,
    metrics: str,
    allow_anybody: bool,
    allow_plaintext: bool,
    committer: str,
    sign_ssh: Path | None,
    sign_gpg: str | None,
    argocd_webhook: str | None,
    argocd_webhook_secret: Path | None,
    argocd_authority: Path | None,
    kubeconfig: Path | None,
    kube_context: str,
    in_cluster: bool,
    service_account: Path | None,
    argocd_namespace: str,
    workloads: tuple[str, ...],
    poll: float,
    drain: float,
    form: Literal["json", "text"] | None,
    log_level: Literal["debug", "info", "warning", "error"],
) -> None:
    """Serve a GitOps repository: every change becomes one durable commit.

    Each commit has the desired state and what is rendered from it. What others push is followed, and rendered where
    they left that.
    """
    import asyncio
    import sys

    from commander.git import StoreError
    from commander.service import Settings, Tls, logger, open_repository
    from commander.service import serve as run
    from commander.webhook import Endpoint

    if (tls_certificate is None) != (tls_key is None):
        raise click.UsageError("--tls-certificate and --tls-key belong together")
    if tls_callers is not None and tls_certificate is None:
        raise click.UsageError("--tls-callers needs --tls-certificate and --tls-key")
    if argocd_webhook is None and (argocd_webhook_secret or argocd_authority):
        raise click.UsageError("--argocd-webhook-secret and --argocd-authority need --argocd-webhook")
    name, email = person(committer, "--committer")
    log = logger(log_level, form or ("text" if sys.stderr.isatty() else "json"))

    try:
        settings = Settings(
            listen=listen or _own_socket(),
            callers=callers,
            tls=Tls(tls_certificate, tls_key, tls_callers) if tls_certificate and tls_key else None,
            metrics=metrics,
            allow_anybody=allow_anybody,
            allow_plaintext=allow_plaintext,
            name=name,
            email=email,
            poll=poll,
            drain=drain,
            sign=_signer(sign_ssh, sign_gpg),
            cache=cache_folder(),
            clusters=cluster_settings(
                kubeconfig, kube_context, in_cluster, service_account, argocd_namespace, workloads
            ),
            webhook=Endpoint(argocd_webhook, argocd_webhook_secret, argocd_authority) if argocd_webhook else None,
        )
        served = open_repository(repository, branch, copies=state_folder() / "commander", copy=copy)
        what = served.remote or repository

        def ready(address: str) -> None:
            output.result({"address": address, "repository": what, "branch": branch})
            output.line(f"serving {branch} of {what} at {address}")
            sys.stdout.flush()

        asyncio.run(run(served, settings, log, ready))
    except StoreError as error:
        raise ProblemsError([Problem(str(error))]) from None


def _own_socket() -> str:
    address = own_socket()
    folder = Path(address.removeprefix("unix:")).parent
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return address


def _signer(ssh: Path | None, gpg: str | None) -> Sign | None:
    from commander.git import gpg_signer, ssh_signer

    if ssh is not None and gpg is not None:
        raise click.UsageError("commits are signed with --sign-ssh or --sign-gpg")
    return ssh_signer(ssh) if ssh is not None else gpg_signer(gpg) if gpg is not None else None
