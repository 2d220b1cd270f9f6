"""What Kubernetes refuses so that nobody but the bootstrap jobs has the administrator's Secret, whatever roles allow.

That Secret has the URL of the PostgreSQL server's administrator, by which all deployments have their databases, and
it is in each deployment's namespace, for a pod can have none of another. Whoever makes a pod can have any Secret of
its namespace in it: authors of DAGs, whose accounts make pods, and who writes a deployment's file, which Argo CD
applies. Roles can't say it, admission policies can (Kubernetes 1.30 and later): they look at the shape of what is made,
not at who makes it. docs/bootstrap-contract.md says what they leave open.
"""

from generator.argocd.admission.kubernetes import policies

__all__ = ["policies"]
