"""Small repositories for tests: the least that each file must have, and writing them to disk."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from textwrap import dedent

ENVIRONMENT_FILE = "environments/dev/environment.yaml"
WORKSPACE_FILE = "environments/dev/workspaces/etl/workspace.yaml"
DEPLOYMENT_FILE = "environments/dev/workspaces/etl/deployments/daily.yaml"

ENVIRONMENT = """\
apiVersion: stargit.dev/v1
kind: Environment
kubernetes:
  minorVersion: "1.34"
"""
WORKSPACE = """\
apiVersion: stargit.dev/v1
kind: Workspace
"""
DEPLOYMENT = """\
apiVersion: stargit.dev/v1
kind: Deployment
"""
#: Nothing is wrong with this one.
PLAIN = {ENVIRONMENT_FILE: ENVIRONMENT, WORKSPACE_FILE: WORKSPACE, DEPLOYMENT_FILE: DEPLOYMENT}


def deployment(text: str) -> dict[str, str]:
    """The plain repository with more lines in its deployment."""
    return {**PLAIN, DEPLOYMENT_FILE: DEPLOYMENT + dedent(text)}


def workspace(text: str) -> dict[str, str]:
    """The plain repository with more lines in its workspace."""
    return {**PLAIN, WORKSPACE_FILE: WORKSPACE + dedent(text)}


def environment(text: str) -> dict[str, str]:
    """The plain repository with more lines in its environment."""
    return {**PLAIN, ENVIRONMENT_FILE: ENVIRONMENT + dedent(text)}


def write(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    """Write the files below the folder; the folder."""
    for path, content in files.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def as_bytes(files: Mapping[str, str]) -> dict[str, bytes]:
    """The files as a git tree would give them."""
    return {path: text.encode() for path, text in files.items()}
