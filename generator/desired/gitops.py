"""Settings of Argo CD in environment.yaml and workspace.yaml: where it finds rendered state and what it may do."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field
from typing_extensions import TypeAliasType

from generator.model import Item, Model
from generator.model.names import CRON_FIELDS, DnsLabel, DnsName, Duration, Version
from generator.model.text import GitRef, Line, RelativePath

#: How Argo CD calls the cluster that it runs in.
IN_CLUSTER = "https://kubernetes.default.svc"

# Argo CD takes `*`, `?`, brackets and braces in a project's repositories for wildcards.
_URL_TEXT = r"[!#-)+->@-Z^-z|~]+"

GitOpsRepository = TypeAliasType(
    "GitOpsRepository",
    Annotated[
        str,
        Field(
            pattern=f"^((https?|ssh|file)://{_URL_TEXT}|[A-Za-z0-9_][A-Za-z0-9_.-]{{0,63}}@[A-Za-z0-9.-]{{1,253}}:{_URL_TEXT})$",
            max_length=2048,
            description="The URL of a git repository (http, https, ssh, file), or `user@host:path`, without `*`, `?`,"
            " brackets and braces.",
            examples=["https://git.example.com/platform/airflow.git", "git@git.example.com:platform/airflow.git"],
        ),
    ],
)
ChartRepository = TypeAliasType(
    "ChartRepository",
    Annotated[
        str,
        Field(
            pattern=f"^(https?|oci)://{_URL_TEXT}$",
            max_length=2048,
            description="A repository of Helm charts, or, with `oci://`, a registry and the folder of the chart in it.",
            examples=["https://charts.example.com", "oci://registry.example.com/charts"],
        ),
    ],
)
ClusterName = TypeAliasType(
    "ClusterName",
    Annotated[
        str,
        Field(
            pattern="^(https://[A-Za-z0-9./:_-]+|[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?)$",
            max_length=253,
            description="A cluster as Argo CD knows it: its name (letters, digits, `.`, `_`, `-`), or the https"
            " URL of its API"
            " server.",
            examples=[IN_CLUSTER, "production-eu"],
        ),
    ],
)
Group = TypeAliasType(
    "Group",
    Annotated[
        str,
        Field(
            # A comma would begin the next field of a policy.
            pattern="^[A-Za-z0-9_@:./=+-]([A-Za-z0-9_@:./=+ -]*[A-Za-z0-9_@:./=+-])?$",
            max_length=253,
            description="A group of people, as single sign-on names it: letters, digits, blanks and `_@:./=+-`.",
            examples=["customer-data"],
        ),
    ],
)
WindowSchedule = TypeAliasType(
    "WindowSchedule",
    Annotated[
        str,
        Field(
            pattern=f"^({CRON_FIELDS})$",
            max_length=620,
            description="When a window begins: minute (0-59), hour (0-23), day of month (1-31), month (1-12, JAN-DEC),"
            " day of week (0-6 from Sunday, SUN-SAT).",
            examples=["0 22 * * *"],
        ),
    ],
)
TimeZone = TypeAliasType(
    "TimeZone",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){0,2}$",
            max_length=64,
            description="A time zone of the IANA database, such as `Europe/Berlin`.",
            examples=["Europe/Berlin"],
        ),
    ],
)
KindName = TypeAliasType(
    "KindName",
    Annotated[
        str,
        Field(
            pattern="^[A-Za-z]([-A-Za-z0-9]*[A-Za-z0-9])?$",
            max_length=63,
            description="The kind of a Kubernetes object: letters, digits and `-`.",
            examples=["PersistentVolume"],
        ),
    ],
)
WindowNote = TypeAliasType(
    "WindowNote",
    Annotated[Line, Field(max_length=255, description="One line of at most 255 characters, for people.")],
)


class HelmChart(Item):
    """The packed Airflow chart, as `stargit chart build airflow` makes it and you publish it."""

    repository: ChartRepository
    """The chart repository or registry that it is published in."""
    name: DnsName = Field(default="airflow", examples=["airflow"])
    """Its name there."""
    version: Version | None = Field(default=None, examples=["0.1.0"])
    """Its version there. Without it: that of the chart that this version of Stargit makes."""


class ClusterKind(Item):
    """A kind of objects that are in no namespace."""

    kind: KindName = Field(examples=["PersistentVolume"])
    """The kind."""
    group: DnsName | None = Field(default=None, examples=["rbac.authorization.k8s.io"])
    """Its API group. Without it: Kubernetes' core."""


class GitOps(Item):
    """How Argo CD brings the environment to its cluster. With it, `rendered/<environment>/argocd/` is written."""

    EXAMPLES = ({"repository": "https://git.example.com/platform/airflow.git", "revision": "refs/heads/main"},)

    repository: GitOpsRepository
    """The repository that these files are in."""
    revision: GitRef = Field(default="HEAD", examples=["refs/heads/main"])
    """What Argo CD follows: a branch, best written whole (`refs/heads/main`), or a tag. `HEAD` is the default
    branch."""
    path: RelativePath = Field(default="", examples=["airflow"])
    """The folder of the repository in which `environments/` and `rendered/` are, when they are not at its root."""
    name: DnsLabel | None = Field(default=None, examples=["production"])
    """The name of the root Application, with which the names of all Applications and AppProjects begin. Without it:
    the environment's name. Environments that share an Argo CD need different ones."""
    namespace: DnsLabel = Field(default="argocd", examples=["argocd"])
    """The namespace that Argo CD is in, and its Applications."""
    cluster: ClusterName = Field(default=IN_CLUSTER, examples=["production-eu"])
    """The cluster to deploy to. Without it: the one that Argo CD itself runs in."""
    delivery: Literal["manifests", "helm"] = "manifests"
    """What Argo CD applies: the rendered manifests, or the packed chart with the rendered values. The objects are the
    same."""
    chart: HelmChart | None = None
    """Where the packed chart is; for `delivery: helm`."""
    automated: bool = True
    """Whether Argo CD applies every commit by itself, removes what is gone from it, and undoes changes by hand. When
    not, somebody starts each sync. A workspace may say else."""
    removal: Literal["keep", "delete"] = "keep"
    """What becomes of the cluster's objects when the file of a deployment is deleted: they stay until somebody deletes
    the namespace, or Argo CD deletes the namespace with everything in it, volumes too."""
    bootstrapFrom: Literal["environment", "deployments"] = "environment"
    """Who says how the bootstrap jobs run, which have the administrator's Secret of the PostgreSQL server: this file
    alone, or files of workspaces and deployments, too, whose writers can then have the Secret."""

    clusterKinds: list[ClusterKind] = Field(default=[])
    """Kinds of objects in no namespace that deployments may make, besides their own Namespace: a volume on NFS needs
    `PersistentVolume`, `multiNamespaceMode` needs `ClusterRole` and `ClusterRoleBinding`. Such objects reach beyond the
    deployment, so Stargit and Argo CD refuse others."""


class SyncWindow(Item):
    """A time in which Argo CD may, or may not, apply changes."""

    kind: Literal["allow", "deny"]
    """With windows that allow, nothing is applied outside of them; a window that denies wins over them."""
    schedule: WindowSchedule
    """When it begins."""
    duration: Duration = Field(examples=["8h"])
    """How long it is."""
    timeZone: TimeZone = Field(default="UTC", examples=["Europe/Berlin"])
    """The time zone of its schedule. Argo CD takes one that it doesn't know for UTC."""
    deployments: list[DnsLabel] = Field(default=[], examples=[["orders"]])
    """Release names of the deployments that it is for. Empty: all of the workspace."""
    manualSync: bool = False
    """Whether somebody may start a sync by hand when the window forbids it."""
    description: WindowNote = Field(default="", examples=["No changes while the nightly run is on"])
    """Why there is the window."""


class Access(Model):
    """Who may see and start what in Argo CD, besides what Argo CD's own RBAC says."""

    viewers: list[Group] = Field(default=[], examples=[["customer-data"]])
    """Groups that see the Applications and the logs of their pods."""
    operators: list[Group] = Field(default=[], examples=[["customer-data-oncall"]])
    """Groups that may also start syncs, restart workloads and delete pods."""


class WorkspaceArgo(Model):
    """What Argo CD does with the workspace's Applications."""

    EXAMPLES = ({"automated": False, "access": {"operators": ["customer-data-oncall"]}},)

    automated: bool | None = Field(default=None, examples=[False])
    """Whether Argo CD applies every commit by itself. Without it: as the environment says."""
    syncWindows: list[SyncWindow] = Field(default=[])
    """Times in which changes may, or may not, be applied."""
    access: Access = Access()
    """Who may see and start what in Argo CD."""
