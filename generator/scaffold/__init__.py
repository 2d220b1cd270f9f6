"""The first text of a repository and of each kind of file: short, with comments for people, and good to be rendered.

Every function gives files by their path in the repository and writes nothing.
"""

from generator.scaffold.files import new_deployment, new_environment, new_workspace
from generator.scaffold.repository import new_repository, schema_copies

__all__ = ["new_deployment", "new_environment", "new_repository", "new_workspace", "schema_copies"]
