"""What only environment.yaml says of the bootstrap jobs, since they have the administrator's Secret, which opens the
databases of all deployments. The policies of ``generator.argocd.admission`` hold it in the cluster; here it is told
before a commit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from generator.airflow.images import BootstrapImage
from generator.airflow.jobs import Bootstrap
from generator.desired.layers import KeyPath
from generator.desired.state import Environment
from generator.errors import Problem
from generator.yaml import dotted

#: The end of the name of the service account that the jobs run as, by which policies know it.
ACCOUNT_SUFFIX = "-bootstrap"

#: With these the job would be another one than the program of its image by itself.
_NOTHING_BESIDE = (
    "command", "args", "env", "hostAliases", "containerLifecycleHooks", "extraContainers", "extraInitContainers",
    "extraVolumes", "extraVolumeMounts",
)  # fmt: skip
#: Where the name of the Secret is told, words that may be any, and objects that only Kubernetes judges.
_NO_USE: tuple[KeyPath, ...] = (("bootstrap", "adminSecretName"), ("bootstrap", "rotate"), ("extraObjects",))
_WAY_OUT = (
    "with 'gitops.bootstrapFrom: deployments' in environment.yaml all files may say it,"
    " and their writers have the Secret"
)


@dataclass(frozen=True, slots=True)
class BootstrapJob:
    """The administrator's Secret, its keys of the URL and of the authority, and the image of the program."""

    secret: str
    key: str
    authority: str | None
    image: str

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> BootstrapJob:
        """What values lead to, those of ``defaults`` in environment.yaml alone or of a deployment. They were checked by
        their schema; null is what the chart has by itself."""
        said = values.get("bootstrap") or {}
        names = ("adminSecretName", "adminSecretKey", "adminCaKey")
        job = Bootstrap(**{name: said[name] for name in names if said.get(name) is not None})
        image = (values.get("images") or {}).get("bootstrap") or {}
        container = BootstrapImage(**{name: value for name, value in image.items() if value is not None})
        return cls(job.adminSecretName, job.adminSecretKey, job.adminCaKey, container.reference)


def keeps_administrator(environment: Environment) -> bool:
    """Whether only the environment's file says how its bootstrap jobs run."""
    gitops = environment.settings.gitops
    return gitops is not None and gitops.bootstrapFrom == "environment"


def bootstrap_rules(values: Mapping[str, Any], environment: Environment) -> Iterator[Problem]:
    """What is wrong with effective values of a deployment where the Secret is to be kept, at paths of values."""
    if not keeps_administrator(environment):
        return
    secret = BootstrapJob.of(environment.settings.defaults).secret
    yield from _takes_the_secret(values, secret)
    for named in _naming(values, secret):
        if not any(named[: len(each)] == each for each in _NO_USE):
            yield Problem(
                f"'{secret}' is the administrator's Secret, which only the bootstrap job has",
                path=dotted(named),
                allowed="another Secret, with a login of its own",
                hint=f"Kubernetes would refuse the pods; {_WAY_OUT}",
            )
    if not _has_administrator(values):
        return
    wanted, found = BootstrapJob.of(environment.settings.defaults), BootstrapJob.of(values)
    for path, is_one, may in (
        ("bootstrap.adminSecretName", found.secret, wanted.secret),
        ("bootstrap.adminSecretKey", found.key, wanted.key),
        ("bootstrap.adminCaKey", found.authority, wanted.authority),
        ("images.bootstrap", found.image, wanted.image),
    ):
        if is_one != may:
            yield Problem(
                f"is for the environment alone to say, and makes it '{is_one}' here" if is_one else "is not set here",
                path=path,
                allowed=f"what 'defaults' of environment.yaml lead to: {repr(may) if may else 'none'}",
                hint=f"whoever looks after the environment can change it there; {_WAY_OUT}",
            )
    for name in _NOTHING_BESIDE:
        if values["bootstrap"].get(name):
            yield Problem(
                "would run beside the administrator's Secret, which Kubernetes refuses",
                path=f"bootstrap.{name}",
                allowed="the program of images.bootstrap as it is",
                hint=f"build it into the image; {_WAY_OUT}",
            )
    account = values["bootstrap"]["serviceAccount"].get("name")
    if account and not account.endswith(ACCOUNT_SUFFIX):
        yield Problem(
            f"'{account}' is not known as the account of a bootstrap job",
            path="bootstrap.serviceAccount.name",
            allowed=f"a name that ends in '{ACCOUNT_SUFFIX}'",
        )


def _takes_the_secret(values: Mapping[str, Any], secret: str) -> Iterator[Problem]:
    """Argo CD would take the Secret for its own, write on it what others copy it by, and delete it one day."""
    for row, each in enumerate(values.get("extraObjects") or ()):
        metadata = each.get("metadata")
        if each.get("kind") == "Secret" and isinstance(metadata, dict) and metadata.get("name") == secret:
            yield Problem(
                f"'{secret}' is the administrator's Secret, and not the deployment's",
                path=f"extraObjects[{row}].metadata.name",
                allowed="a Secret of another name",
            )


def _naming(values: Mapping[str, Any], secret: str) -> Iterator[KeyPath]:
    """Where the Secret is named as one: by a setting called so (``fernetKeySecretName``, ``sshKeySecret``), or by the
    name in one (``passwordSecret``, Kubernetes' ``secretKeyRef``)."""
    waiting: list[tuple[Any, KeyPath]] = [(values, ())]
    while waiting:
        around, path = waiting.pop()
        for step, value in around.items() if isinstance(around, dict) else enumerate(around):
            if isinstance(value, (dict, list)):
                waiting.append((value, (*path, step)))
            elif value == secret and _is_of_secret((*path, step)):
                yield (*path, step)


def _is_of_secret(path: KeyPath) -> bool:
    *around, last = [str(step).lower() for step in path if not isinstance(step, int)]
    return last.endswith(("secret", "secretname")) or (last == "name" and bool(around) and "secret" in around[-1])


def _has_administrator(values: Mapping[str, Any]) -> bool:
    """Whether the job makes a database, as the macro ``makes_database`` of ``_lib/bootstrap.yaml.j2`` says it."""
    data = values["data"]
    made = data.get("metadataSecretName") is None and (data.get("metadataConnection") or {}).get("host") is None
    return bool(values["bootstrap"]["enabled"] and made)
