"""``python -m bootstrapper``: one run, as the Job starts it. All it is told is in variables of its environment.

Exit codes: 0 everything exists and is right, 1 try again, 2 never (docs/bootstrap-contract.md).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from bootstrapper.cluster import ACCOUNT, Cluster
from bootstrapper.errors import BootstrapError, Later, Refused
from bootstrapper.events import event
from bootstrapper.plan import Plan, read_plan
from bootstrapper.report import Report
from bootstrapper.run import bootstrap
from bootstrapper.server import read_server

_MESSAGE = "/dev/termination-log"  # Kubernetes keeps it in the status of the container

_HELP = """\
Makes what must be secret or random, in the cluster, by the plan in the variable BOOTSTRAP_PLAN. It is run by a
Job that the Airflow chart brings, without arguments. It reads besides: BOOTSTRAP_SERVER_URL, BOOTSTRAP_SERVER_CA,
KUBERNETES_SERVICE_HOST, KUBERNETES_SERVICE_PORT, BOOTSTRAP_JOB_NAME, BOOTSTRAP_JOB_UID, BOOTSTRAP_ACCOUNT (a folder
with token and ca.crt), and BOOTSTRAP_REPORT (a file for the report; by default the container's last message).
"""
_EXAMPLE = """\
example, in a pod of the release's namespace:
  BOOTSTRAP_PLAN='{"version":1,"release":"star","namespace":"airflow-star","secrets":{"fernet-key":{"fernet-key":
  {"generate":"fernet-key"}}}}' python -m bootstrapper

exit codes: 0 everything exists and is right; 1 not now, try again; 2 never: the plan, a right or an owner is wrong.
Standard output has the report as one line of JSON, standard error a line for each step.
"""


def main(arguments: list[str] | None = None, environment: Mapping[str, str] = os.environ) -> int:
    """One run; returns the exit code."""
    argparse.ArgumentParser(
        prog="bootstrapper",
        description=_HELP,
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    ).parse_args(arguments)
    report = Report()
    plan: Plan | None = None
    failure: BootstrapError | None = None
    try:
        plan = read_plan(_text_of_plan(environment))
        _run(plan, environment, report)
    except BootstrapError as error:
        failure = error
    except Exception as error:  # a defect; its text could repeat what it was given, so only its place is told
        failure = Later(f"a defect of the bootstrapper: {type(error).__name__} at {_place(error)}")
    code = failure.exit_code if failure is not None else 0
    if failure is not None:
        report.say(("", "not now: ", "refused: ")[code] + str(failure))
    if plan is not None:
        _tell(plan, environment, report, failure)
    text = report.as_json(
        plan.release if plan else "", plan.namespace if plan else "", code, str(failure) if failure else ""
    )
    print(text, flush=True)  # noqa: T201
    # Kubernetes makes that file; elsewhere there is none, and none is made.
    with suppress(OSError), Path(environment.get("BOOTSTRAP_REPORT") or _MESSAGE).open("r+", encoding="utf-8") as file:
        file.write(text)
    return code


def _run(plan: Plan, environment: Mapping[str, str], report: Report) -> None:
    url, authority = environment.get("BOOTSTRAP_SERVER_URL", ""), environment.get("BOOTSTRAP_SERVER_CA", "")
    server = read_server(url, authority) if plan.database is not None and url else None
    bootstrap(plan, server, authority, _cluster(plan, environment), report)


def _tell(plan: Plan, environment: Mapping[str, str], report: Report, failure: BootstrapError | None) -> None:
    """An Event is for convenience: a run does not fail when it cannot be made."""
    job = environment.get("BOOTSTRAP_JOB_NAME", "")
    if not job:
        return
    try:
        uid = environment.get("BOOTSTRAP_JOB_UID", "")
        _cluster(plan, environment).record(event(job, uid, plan.namespace, report, failure))
    except BootstrapError as error:
        report.say(f"no Event: {error}")


def _text_of_plan(environment: Mapping[str, str]) -> str:
    """The plan's text. Kubernetes fills in ``$(VARIABLE)``, so that the administrator's URL could be in it."""
    text, url = _needed(environment, "BOOTSTRAP_PLAN"), environment.get("BOOTSTRAP_SERVER_URL", "")
    if url and url in text:
        raise Refused("the plan has the administrator's URL in it, and is not read")
    return text


def _cluster(plan: Plan, environment: Mapping[str, str]) -> Cluster:
    port = environment.get("KUBERNETES_SERVICE_PORT") or "443"
    if not (port.isascii() and port.isdigit()):
        raise Refused("KUBERNETES_SERVICE_PORT is no number")
    account = Path(environment.get("BOOTSTRAP_ACCOUNT") or ACCOUNT)
    return Cluster(
        _needed(environment, "KUBERNETES_SERVICE_HOST"), int(port), plan.namespace, account,
        environment.get("BOOTSTRAP_SERVER_URL", ""),
    )  # fmt: skip


def _needed(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name, "")
    if not value:
        raise Refused(f"the variable {name} is not set")
    return value


def _place(error: Exception) -> str:
    trace = error.__traceback__
    while trace is not None and trace.tb_next is not None:
        trace = trace.tb_next
    return (
        f"{Path(trace.tb_frame.f_code.co_filename).name}:{trace.tb_lineno}" if trace is not None else "an unknown place"
    )


if __name__ == "__main__":
    sys.exit(main())
