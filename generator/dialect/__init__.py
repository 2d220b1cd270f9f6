"""The template dialect: typed Jinja2-like templates in, a Helm chart's templates and a native program out.

The order of the modules is the way of a template: ``source``, ``expressions``, ``literals``, ``statements``, ``structure`` (text to ``syntax``); ``types``,
``scope``, ``functions``, ``infer``, ``keys``, ``presence``, ``text_formats``, ``check`` (``syntax`` to the typed ``tree``); ``native`` and ``golang`` (``tree`` to a
target). docs/dialect.md is its reference.
"""

from generator.dialect.compiler import CompiledChart, Compiler
from generator.dialect.golang import GoFile
from generator.dialect.native import ChartProgram, Release

__all__ = ["ChartProgram", "CompiledChart", "Compiler", "GoFile", "Release"]
