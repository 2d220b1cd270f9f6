"""Environment variables of people's DAGs, and ConfigMaps of their own."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from generator.airflow.snippets import ANNOTATIONS, LABELS
from generator.model import Item, Model
from generator.model.names import DnsName, Duration, EnvName, LabelKey, LabelValue, SecretKey
from generator.model.text import Base64Text, Line, LongText, SecretPath


class SecretEnv(Item):
    """An environment variable from a Secret that exists already."""

    envName: EnvName = Field(examples=["WAREHOUSE_PASSWORD"])
    """The variable's name."""
    secretName: DnsName = Field(examples=["warehouse-login"])
    """The Secret's name."""
    secretKey: SecretKey = Field(examples=["password"])
    """The key in the Secret."""


class SealedVariables(Model):
    """Variables that were encrypted for one cluster (SealedSecret `<release>-env`)."""

    encryptedData: dict[EnvName, Base64Text] = Field(
        default={}, examples=[{"WAREHOUSE_PASSWORD": "AgBy3i4OJSWK+PiTySYZZA9rO43cGDEq"}]
    )
    """Encrypted value of each variable."""
    scope: Literal["strict", "namespace-wide", "cluster-wide"] = "strict"
    """Where the values may be decrypted: only under this name and namespace, in this namespace, or in this cluster."""


class ExternalVariable(Item):
    """Where a variable's value is kept."""

    EXAMPLES = ({"key": "etl/warehouse", "property": "password"},)

    key: SecretPath
    """The secret's name in the store."""
    property: Line | None = Field(default=None, examples=["password"])
    """The part of the secret. Without it: the whole secret."""
    version: Line | None = Field(default=None, examples=["3"])
    """The secret's version. Without it: the newest."""


class ExternalVariables(Model):
    """Variables that the External Secrets operator reads from a store (ExternalSecret `<release>-env-external`)."""

    secretStore: DnsName | None = Field(default=None, examples=["vault"])
    """The store. Needed when `data` has a variable."""
    secretStoreKind: Literal["SecretStore", "ClusterSecretStore"] = "ClusterSecretStore"
    """Whether the store is the namespace's or the cluster's."""
    refreshInterval: Duration = "1h"
    """Time between two looks at the store."""
    data: dict[EnvName, ExternalVariable] = Field(
        default={}, examples=[{"WAREHOUSE_PASSWORD": {"key": "etl/warehouse", "property": "password"}}]
    )
    """Where each variable's value is kept."""


class Variables(Model):
    """Environment variables of all containers of Airflow, by name, so that layers can add, change and remove single
    ones."""

    plain: dict[EnvName, LongText] = Field(default={}, examples=[{"AIRFLOW_VAR_REGION": "eu-west-1"}])
    """Values in the open. Nothing secret: this is kept in git."""
    sealed: SealedVariables = SealedVariables()
    """Values that only the cluster can read."""
    external: ExternalVariables = ExternalVariables()
    """Values kept elsewhere."""


class ExtraConfigMap(Item):
    """A ConfigMap of people's own."""

    EXAMPLES = ({"data": {"region": "eu-west-1"}},)

    data: dict[SecretKey, LongText] = Field(examples=[{"region": "eu-west-1"}])
    """The ConfigMap's entries."""
    labels: dict[LabelKey, LabelValue] | None = Field(default=None, examples=[LABELS])
    """Labels of the ConfigMap."""
    annotations: dict[LabelKey, Line] | None = Field(default=None, examples=[ANNOTATIONS])
    """Annotations of the ConfigMap."""
