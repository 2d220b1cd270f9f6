"""The files of a GitOps repository: their models and schemas, loading with positions, layers of values, checks.

Nothing here renders; :mod:`generator.render` does, with what ``deployment_values`` gives.
"""

from generator.desired.bootstrapping import ACCOUNT_SUFFIX, BootstrapJob, keeps_administrator
from generator.desired.checks import (
    NAMESPACE_LABELS,
    PLATFORM,
    POD_SECURITY,
    POD_SECURITY_LEVELS,
    check_deployment,
    check_environment,
    check_names,
    check_new_in,
    check_state,
    check_workspace,
)
from generator.desired.deletion import moment
from generator.desired.effective import LayeredValues, deployment_layers, deployment_values
from generator.desired.explain import Explained, Said, explain
from generator.desired.files import KUBERNETES_MINORS, DeploymentFile, EnvironmentFile, WorkspaceFile
from generator.desired.gitops import IN_CLUSTER, Access, ClusterKind, GitOps, SyncWindow
from generator.desired.layers import KeyPath, Layer, Layers, Origin, key_path
from generator.desired.load import Loaded, Reader, load, load_repository, load_work_tree
from generator.desired.names import (
    CRON_JOB_LENGTH,
    LABEL_LENGTH,
    RELEASE_LENGTH,
    STATEFUL_SET_LENGTH,
    wrong_name,
    wrong_release,
)
from generator.desired.places import Place, Places, place_of, placed
from generator.desired.schemas import schema_files
from generator.desired.state import Deployment, DesiredState, Environment, Workspace
from generator.desired.values_files import values_of_files
from generator.worktree import Files, Limits, read_files

__all__ = [
    "ACCOUNT_SUFFIX",
    "CRON_JOB_LENGTH",
    "IN_CLUSTER",
    "KUBERNETES_MINORS",
    "LABEL_LENGTH",
    "NAMESPACE_LABELS",
    "PLATFORM",
    "POD_SECURITY",
    "POD_SECURITY_LEVELS",
    "RELEASE_LENGTH",
    "STATEFUL_SET_LENGTH",
    "Access",
    "BootstrapJob",
    "ClusterKind",
    "Deployment",
    "DeploymentFile",
    "DesiredState",
    "Environment",
    "EnvironmentFile",
    "Explained",
    "Files",
    "GitOps",
    "KeyPath",
    "Layer",
    "LayeredValues",
    "Layers",
    "Limits",
    "Loaded",
    "Origin",
    "Place",
    "Places",
    "Reader",
    "Said",
    "SyncWindow",
    "Workspace",
    "WorkspaceFile",
    "check_deployment",
    "check_environment",
    "check_names",
    "check_new_in",
    "check_state",
    "check_workspace",
    "deployment_layers",
    "deployment_values",
    "explain",
    "keeps_administrator",
    "key_path",
    "load",
    "load_repository",
    "load_work_tree",
    "moment",
    "place_of",
    "placed",
    "read_files",
    "schema_files",
    "values_of_files",
    "wrong_name",
    "wrong_release",
]
