"""Editing a file of desired state by program: text in, text out, and only the lines that the edit is about change.

``edit`` puts operations on data (``Set``, ``Unset``, ``Merge``) into the text that a person wrote. Comments, order,
quoting, anchors, blank lines, indentation, line ends: whatever the operations are not about stays, byte for byte.
"""

from generator.edit.editing import edit
from generator.edit.operations import Merge, Operation, Path, Set, Step, Unset, Where
from generator.edit.paths import key_path, parse_path, path_text

__all__ = ["Merge", "Operation", "Path", "Set", "Step", "Unset", "Where", "edit", "key_path", "parse_path", "path_text"]
