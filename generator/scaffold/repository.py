"""The first files of a GitOps repository."""

from __future__ import annotations

from generator.desired import schema_files
from generator.scaffold.files import new_deployment, new_environment, new_workspace
from generator.worktree import DESIRED, RENDERED, STAGING

SCHEMAS = "schemas"


def new_repository(
    environment: str,
    workspace: str,
    *,
    deployment: str = "",
    kubernetes: str = "",
    base_domain: str = "",
    repository: str = "",
    executor: str = "",
    airflow_version: str = "",
) -> dict[str, str]:
    """An environment with a workspace, a deployment if one is named, and what git, people and their editors need.

    Raises ``ProblemsError`` for names that cannot be.
    """
    files = {
        "README.md": _README.format(commands=_every_day(environment, workspace)),
        ".gitignore": _GITIGNORE,
        ".gitattributes": _GITATTRIBUTES,
        **new_environment(environment, kubernetes=kubernetes, base_domain=base_domain, repository=repository),
        **new_workspace(environment, workspace),
    }
    if deployment:
        files |= new_deployment(environment, workspace, deployment, executor=executor, airflow_version=airflow_version)
    return files | schema_copies()


def schema_copies() -> dict[str, str]:
    """The JSON Schemas that the first line of each file names, for editors. They belong to one version of Stargit."""
    return {f"{SCHEMAS}/{name}": text for name, text in schema_files().items()}


def _every_day(environment: str, workspace: str) -> str:
    """Commands with what they are for, in one column whatever the names."""
    daily = f"{environment}/{workspace}/daily"
    commands = {
        f"stargit new deployment {daily}": "one more Airflow",
        f"stargit set {daily} values.scheduler.replicas=2": "or edit the file",
        "stargit validate": "everything that is wrong, with file and line",
        f"stargit explain {daily} scheduler": "where each value comes from",
        "stargit diff": "what that changes in the cluster",
        "stargit render": f"write {RENDERED}/",
    }
    width = max(map(len, commands))
    return "\n".join(f"{command:{width}}  # {purpose}" for command, purpose in commands.items())


_GITIGNORE = f"""\
# What a run of 'stargit render' that was killed leaves behind; the next one removes it.
/{STAGING}

.DS_Store
.idea/
*.swp
"""

_GITATTRIBUTES = f"""\
# Stargit writes the same bytes on every machine.
{DESIRED}/** text eol=lf
# Written by 'stargit render': folded up in reviews. After a conflict: render again.
{RENDERED}/** text eol=lf linguist-generated -merge
# Written by 'stargit init --schemas', for editors.
{SCHEMAS}/** text eol=lf linguist-generated
"""

_README = f"""\
# Airflow, as we want it

This repository says which Airflows run where. People change the files under `{DESIRED}/`, Stargit renders from them the
Kubernetes manifests under `{RENDERED}/`, and Argo CD brings those to the clusters.

| file | what it is about |
|---|---|
| `{DESIRED}/<environment>/environment.yaml` | a Kubernetes cluster, and settings of all Airflows in it |
| `{DESIRED}/<environment>/workspaces/<workspace>/workspace.yaml` | a team, and settings of its Airflows |
| `{DESIRED}/<environment>/workspaces/<workspace>/deployments/<release>.yaml` | one Airflow |
| `{RENDERED}/` | written by `stargit render`; nobody edits it |
| `{SCHEMAS}/` | for editors, which explain all settings; after an upgrade of Stargit: `stargit init --schemas` |

## Every day

```
{{commands}}
git add --all && git commit
```

A password or key never stands in a file here: git keeps it for ever. See `variables.sealed` and `variables.external`.
"""
