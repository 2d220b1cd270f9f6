"""YAML out: deterministic, quoted safely."""

from generator.yaml.emitter import dump, dump_all
from generator.yaml.static import StaticList, StaticMap, static

__all__ = ["StaticList", "StaticMap", "dump", "dump_all", "static"]
