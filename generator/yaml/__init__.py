"""YAML in, as Helm reads it and with positions; and out, deterministic and quoted safely."""

from generator.yaml.document import Document, dotted
from generator.yaml.emitter import END_OF_TEXT, dump, dump_all
from generator.yaml.reader import Limits, read, read_once
from generator.yaml.scalars import fits_literal, inline, quoted
from generator.yaml.static import SharedMap, StaticList, StaticMap, static, unshared

__all__ = [
    "END_OF_TEXT",
    "Document",
    "Limits",
    "SharedMap",
    "StaticList",
    "StaticMap",
    "dotted",
    "dump",
    "dump_all",
    "fits_literal",
    "inline",
    "quoted",
    "read",
    "read_once",
    "static",
    "unshared",
]
