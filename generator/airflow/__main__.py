"""``python -m generator.airflow`` writes ``schemas/airflow-values.json`` anew, from the folder of the project."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from generator.airflow.schemas import layer_schema


def schema_text(schema: dict[str, Any]) -> str:
    """A schema as a file: readable, ASCII characters as they are, others too."""
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    Path("schemas").mkdir(exist_ok=True)
    Path("schemas/airflow-values.json").write_text(schema_text(layer_schema()), encoding="utf-8")
