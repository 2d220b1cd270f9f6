"""What Helm and Go do with values, done the same way here."""

from generator.compat.coalesce import Defaults, coalesce
from generator.compat.gojson import to_json
from generator.compat.semver import satisfies

__all__ = ["Defaults", "coalesce", "satisfies", "to_json"]
