"""How DAG files reach the components: in the image, by git-sync, in a bundle image, on a volume."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.shapes import ContainerSecurityContexts, EnvVar, Probe, Resources
from generator.airflow.snippets import CLAIM_ANNOTATIONS, LIFECYCLE, SHARED_STORAGE_CLASS, VOLUME_MOUNTS
from generator.model import FreeMap, Model
from generator.model.names import (
    ContainerName,
    Digest,
    DnsName,
    Duration,
    ImageRepository,
    LabelKey,
    SecretKey,
    Server,
)
from generator.model.number import Count, Quantity, UserId
from generator.model.text import AbsolutePath, GitRef, GitRepository, Line, LongText, RelativePath


class GitSync(Model):
    """A sidecar that keeps a clone of a git repository up to date (git-sync, version 4)."""

    EXAMPLES = (
        {"enabled": True, "repo": "https://git.example.com/data/dags.git", "branch": "main", "subPath": "dags"},
    )

    enabled: bool = False
    """Whether DAGs come from a git repository."""
    repo: GitRepository | None = None
    """The repository. Needed when git-sync is enabled."""
    ref: GitRef | None = None
    """The branch, tag or commit. Without it: `rev`, or `branch` when that is HEAD."""
    branch: GitRef = "main"
    """The branch."""
    rev: GitRef = Field(default="HEAD", examples=["v1.2.0"])
    """The tag or commit; HEAD is the newest commit of `branch`."""
    subPath: RelativePath = Field(default="", examples=["dags"])
    """Folder of the DAGs inside the repository."""
    depth: Count = 1
    """How many commits are fetched; 0 is all."""
    maxFailures: Count = 0
    """How many failures in a row are borne before the sidecar stops."""
    period: Duration = Field(default="5s", examples=["30s"])
    """Time between two looks at the repository."""
    credentialsSecret: DnsName | None = Field(default=None, examples=["git-login"])
    """A Secret with user name and password or token, for https. Without it: no login."""
    credentialsUsernameKey: SecretKey = "GITSYNC_USERNAME"
    """The key of the user name in that Secret."""
    credentialsPasswordKey: SecretKey = "GITSYNC_PASSWORD"
    """The key of the password or token in that Secret."""
    sshKeySecret: DnsName | None = Field(default=None, examples=["git-ssh-key"])
    """A Secret with a private key, for ssh. Without it: no key."""
    sshKeySecretKey: SecretKey = "gitSshKey"
    """The key of the private key in that Secret."""
    knownHosts: LongText | None = Field(default=None, examples=["git.example.com ssh-ed25519 AAAA..."])
    """Lines of known_hosts, for ssh. Without it: any host is believed."""
    containerName: ContainerName = "git-sync"
    """Name of the sidecar; the init container has `-init` behind it."""
    uid: UserId | None = 65533
    """User that the sidecar runs as. Without it: the chart's own `uid`."""
    env: list[EnvVar] = Field(default=[], examples=[[{"name": "GITSYNC_SUBMODULES", "value": "off"}]])
    """More environment variables of the sidecar."""
    extraVolumeMounts: list[FreeMap] = Field(default=[], examples=[VOLUME_MOUNTS])
    """More mounts of the sidecar."""
    emptyDirConfig: FreeMap = Field(default={}, examples=[{"sizeLimit": "1Gi"}])
    """Settings of the volume that holds the clone."""
    resources: Resources = Resources(
        requests={"cpu": "10m", "memory": "64Mi"}, limits={"cpu": "200m", "memory": "256Mi"}
    )
    """Resources of the sidecar."""
    securityContexts: ContainerSecurityContexts = ContainerSecurityContexts()
    """Security context of the sidecar."""
    containerLifecycleHooks: FreeMap = Field(default={}, examples=[LIFECYCLE])
    """What runs after the start and before the stop of the sidecar."""
    livenessProbe: Probe = Probe(initialDelaySeconds=10, periodSeconds=30)
    """When it fails, the sidecar is restarted."""
    readinessProbe: Probe = Probe(periodSeconds=10)
    """While it fails, the pod counts as unavailable."""
    startupProbe: Probe = Probe(periodSeconds=10, failureThreshold=30)
    """When the first clone is there."""


class Bundle(Model):
    """DAGs in a container image of their own, pinned by its digest."""

    EXAMPLES = (
        {
            "enabled": True,
            "repository": "registry.example.com/etl/dags",
            "digest": "sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        },
    )

    enabled: bool = False
    """Whether DAGs come from a bundle image."""
    repository: ImageRepository | None = Field(default=None, examples=["registry.example.com/etl/dags"])
    """The image. Needed when the bundle is enabled."""
    digest: Digest | None = None
    """The image's digest. Needed when the bundle is enabled: a bundle has no tag, so every pod runs the same DAGs."""
    path: AbsolutePath = "/dags"
    """Folder of the DAGs inside the image."""
    mode: Literal["copy", "imageVolume"] = "copy"
    """`copy`: an init container of the bundle image copies the folder with `cp`; works everywhere. `imageVolume`:
    Kubernetes mounts the image; needs Kubernetes 1.33 with the feature ImageVolume, or 1.35, and the image may hold
    files only."""
    pullPolicy: Literal["Always", "IfNotPresent", "Never"] = "IfNotPresent"
    """When nodes ask the registry for the image."""
    resources: Resources = Resources(
        requests={"cpu": "10m", "memory": "32Mi"}, limits={"cpu": "500m", "memory": "128Mi"}
    )
    """Resources of the init container."""
    securityContexts: ContainerSecurityContexts = ContainerSecurityContexts()
    """Security context of the init container."""
    emptyDirConfig: FreeMap = Field(default={}, examples=[{"sizeLimit": "1Gi"}])
    """Settings of the volume that holds the copy."""


class NfsVolume(Model):
    """A folder on an NFS server."""

    server: Server | None = Field(default=None, examples=["nfs.example.com"])
    """The server. With it, the chart makes a PersistentVolume for `path`."""
    path: AbsolutePath = Field(default="/", examples=["/exports/dags"])
    """The folder on the server."""
    mountOptions: list[Line] = Field(default=[], examples=[["nfsvers=4.1"]])
    """Options of the mount."""


class DagsPersistence(Model):
    """DAGs on a volume that all components mount."""

    EXAMPLES = ({"enabled": True, "existingClaim": "team-dags"},)

    enabled: bool = False
    """Whether DAGs come from a volume."""
    existingClaim: DnsName | None = Field(default=None, examples=["team-dags"])
    """A claim that exists already. Without it: the chart makes one."""
    nfs: NfsVolume = NfsVolume()
    """A folder on an NFS server, instead of a new volume."""
    size: Quantity = "1Gi"
    """The volume's size."""
    storageClassName: DnsName | None = Field(default=None, examples=[SHARED_STORAGE_CLASS])
    """The volume's storage class. Without it: the cluster's default class."""
    accessMode: Literal["ReadWriteOnce", "ReadOnlyMany", "ReadWriteMany"] = "ReadOnlyMany"
    """How nodes may mount the volume."""
    subPath: RelativePath = Field(default="", examples=["etl/dags"])
    """Folder of the DAGs on the volume."""
    annotations: dict[LabelKey, Line] = Field(default={}, examples=[CLAIM_ANNOTATIONS])
    """Annotations of the claim."""


class Dags(Model):
    """Where DAG files come from. With none of the three ways, they are in the image."""

    EXAMPLES = ({"gitSync": {"enabled": True, "repo": "https://git.example.com/data/dags.git", "subPath": "dags"}},)

    mountPath: AbsolutePath | None = None
    """Folder of the DAGs in the containers. Without it: `dags` in `airflowHome`."""
    gitSync: GitSync = GitSync()
    """DAGs from a git repository."""
    bundle: Bundle = Bundle()
    """DAGs from a bundle image."""
    persistence: DagsPersistence = DagsPersistence()
    """DAGs from a volume."""
