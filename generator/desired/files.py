"""The models of the files that people write: ``environment.yaml``, ``workspace.yaml`` and one file a deployment.

They are the source of the JSON Schemas in ``schemas/`` (docstrings become what an editor shows). The values inside of
them are those of :class:`generator.airflow.AirflowValues`; here they are plain maps, because a layer has only a part of
the values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field, PlainSerializer, WithJsonSchema
from typing_extensions import TypeAliasType

from generator.desired.gitops import GitOps, WorkspaceArgo
from generator.model import Item, Model
from generator.model.names import DnsLabel, LabelKey, LabelValue
from generator.model.text import LINE, EmailAddress, LongText

API_VERSION = "stargit.dev/v1"

#: Minor versions of Kubernetes that rendered state can be checked against, oldest first.
KUBERNETES_MINORS = ("1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37")
KubernetesMinor: TypeAlias = Literal["1.31", "1.32", "1.33", "1.34", "1.35", "1.36", "1.37"]

RuntimeVersion = TypeAliasType(
    "RuntimeVersion",
    Annotated[
        str,
        Field(
            pattern="^[1-9][0-9]{0,2}\\.[0-9]{1,3}(\\.[0-9]{1,3}|-[0-9]{1,3})([.-][0-9A-Za-z.-]{1,40})?$",
            max_length=64,
            description="A version of Astronomer's runtime images, such as `12.1.0` or `3.1-2`.",
            examples=["12.1.0", "3.1-2"],
        ),
    ],
)
Title = TypeAliasType(
    "Title",
    Annotated[
        str,
        Field(
            pattern=LINE,
            min_length=1,
            max_length=120,
            description="One line of at most 120 characters, for people.",
            examples=["Customer data"],
        ),
    ],
)

Moment = TypeAliasType(
    "Moment",
    Annotated[
        str,
        Field(
            pattern="^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\\.[0-9]{1,9})?Z$",
            max_length=32,
            description='A time in UTC, in quotes: `"2026-11-28T21:00:00Z"`.',
            examples=["2026-11-28T21:00:00Z"],
        ),
    ],
)

ImagePrefix = TypeAliasType(
    "ImagePrefix",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([a-z0-9._-]{0,252}[a-z0-9])?)*$",
            max_length=255,
            description="An image without tag and digest, or the part of one before a `/`: a registry, a group.",
            examples=["registry.example.com", "registry.example.com/team"],
        ),
    ],
)

NamespaceNames = TypeAliasType(
    "NamespaceNames",
    Annotated[
        str,
        Field(
            pattern="^[a-z0-9]([-a-z0-9]*([a-z0-9]|[a-z0-9-]\\*)|\\*)?$",
            max_length=63,
            description="The name of a namespace, or the beginning of names with `*` behind it: small letters, digits"
            " and `-`, at most 63 characters.",
            examples=["airflow-*"],
        ),
    ],
)

#: The schema of these maps is put in by :mod:`generator.desired.schemas`; they are checked against it before.
PartialValues = Annotated[
    Mapping[str, Any],
    PlainSerializer(dict, return_type=dict),
    WithJsonSchema({"type": "object", "additionalProperties": False}),
]


class Cluster(Item):
    """Facts about the cluster."""

    minorVersion: KubernetesMinor = Field(examples=["1.34"])
    """The cluster's version of Kubernetes. The namespaces' Pod Security is pinned to it, and what it cannot do is
    refused."""


class EnvironmentPlatform(Model):
    """The platform that the deployments belong to."""

    EXAMPLES = ({"namespace": "stargit", "release": "stargit"},)

    namespace: DnsLabel = "stargit"
    """The platform's namespace. Namespaces of deployments begin with it, unless they say else."""
    release: DnsLabel = "stargit"
    """The platform's release name; becomes the label `platform`."""


class _File(Item):
    """What all files of desired state have."""

    label: Title | None = None
    """The name that people see. Without it: the name of the file or folder."""
    description: LongText = Field(default="", examples=["Orders and customers, every night."])
    """What it is for, for people."""
    deletedAt: Moment | None = Field(default=None, examples=["2026-11-28T21:00:00Z"])
    """Since when it is deleted. What is deleted, and all deployments in it, have no pods and no way in from outside;
    volumes, secrets and names stay, and all comes back without this line."""


class EnvironmentFile(_File):
    """One Kubernetes cluster with one platform in it: `environments/<environment>/environment.yaml`."""

    apiVersion: Literal["stargit.dev/v1"]
    """The version of this file's format."""
    kind: Literal["Environment"]
    """What this file describes."""
    kubernetes: Cluster
    """The cluster."""
    platform: EnvironmentPlatform = EnvironmentPlatform()
    """The platform."""
    namespaceLabels: dict[LabelKey, LabelValue] = Field(default={}, examples=[{"example.com/cost-center": "4711"}])
    """More labels of every deployment's namespace."""
    deploymentNamespaces: list[NamespaceNames] = Field(default=[], examples=[["airflow-*", "ledger"]])
    """Which namespaces deployments may name, besides those that begin with the platform's and `-`. Empty: any that is
    not known as that of a service of the cluster, such as `cert-manager` or `monitoring`."""
    gitops: GitOps | None = None
    """How Argo CD brings the environment to its cluster. Without it, no objects for Argo CD are written."""
    defaults: PartialValues = Field(
        default={}, examples=[{"ingress": {"baseDomain": "platform.example.com"}, "nodeSelector": {"pool": "airflow"}}]
    )
    """Values of all deployments of the environment; a workspace or a deployment may say else."""


class WorkspaceFile(_File):
    """A team's deployments in an environment: `environments/<environment>/workspaces/<workspace>/workspace.yaml`."""

    apiVersion: Literal["stargit.dev/v1"]
    """The version of this file's format."""
    kind: Literal["Workspace"]
    """What this file describes."""
    allowedImages: list[ImagePrefix] = Field(default=[], examples=[["registry.example.com/customer-data"]])
    """Images that deployments may run: whole repositories, groups of them, or registries, as images begin in values.
    Images that the chart or the environment names are always allowed. Empty: all."""
    argocd: WorkspaceArgo = WorkspaceArgo()
    """What Argo CD does with the workspace's Applications, in environments that have `gitops`."""
    defaults: PartialValues = Field(
        default={}, examples=[{"executor": "KubernetesExecutor", "env": [{"name": "TZ", "value": "UTC"}]}]
    )
    """Values of all deployments of the workspace; a deployment may say else."""


class DeploymentFile(_File):
    """One Airflow: `environments/<environment>/workspaces/<workspace>/deployments/<release>.yaml`."""

    apiVersion: Literal["stargit.dev/v1"]
    """The version of this file's format."""
    kind: Literal["Deployment"]
    """What this file describes."""
    namespace: DnsLabel | None = Field(default=None, examples=["customer-data-daily"])
    """The deployment's own namespace. Without it: the platform's namespace, `-` and the release name."""
    alertEmails: list[EmailAddress] = Field(default=[], examples=[["data-oncall@example.com"]])
    """Who is told when something is wrong with the deployment."""
    runtimeVersion: RuntimeVersion | None = Field(default=None, examples=["12.1.0", "3.1-2"])
    """Version of Astronomer's runtime image, instead of `values.airflowVersion`, which follows from it. It is also the
    image's tag, unless the values here name one."""
    values: PartialValues = Field(
        default={}, examples=[{"executor": "CeleryExecutor", "workers": {"replicas": 3, "au": 20}}]
    )
    """Settings of this Airflow, over those of workspace and environment. Names are those of the official Airflow
    chart; null removes a default."""
