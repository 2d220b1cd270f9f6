"""The template dialect: typed Jinja2-like templates in, a Helm chart's templates and a native program out.

The modules in the order of a template's way:

- text to ``syntax``: ``source``, ``lines``, ``expressions``, ``literals``, ``statements``, ``cursor``, ``blocks``,
  ``structure``;
- what is known beforehand: ``types``, ``charsets``, ``schema_types``;
- ``syntax`` to the typed ``tree``: ``scope``, ``guards``, ``infer``, ``logic``, ``functions``, ``map_functions``,
  ``foreign``, ``kinds``, ``keys``, ``presence``, ``text_places``, ``text_formats``, ``macros``, ``check``;
- ``tree`` to a target: ``native``, ``native_expressions``; ``golang``, ``golang_blocks``, ``golang_expressions``,
  ``golang_guards``, ``golang_scalars``;
- ``compiler`` puts them together.

docs/dialect.md is the language's reference.
"""

from generator.dialect.compiler import CompiledChart, Compiler
from generator.dialect.golang import GoFile
from generator.dialect.native import ChartProgram, Release

__all__ = ["ChartProgram", "CompiledChart", "Compiler", "GoFile", "Release"]
