"""The bootstrapper: makes in the cluster, once, what must be secret or random there.

It is run by the Job of ``chart-templates/airflow/bootstrap.yaml.j2`` as ``python -m bootstrapper``;
docs/bootstrap-contract.md says what it is given and what it does. It stands alone: it imports no other package of this
repository.
"""

from bootstrapper.errors import BootstrapError, Later, Refused
from bootstrapper.plan import Plan, read_plan
from bootstrapper.run import bootstrap

__all__ = ["BootstrapError", "Later", "Plan", "Refused", "bootstrap", "read_plan"]
