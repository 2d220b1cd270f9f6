"""Pods in rendered objects, and what Kubernetes would refuse in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

TEMPLATE_KEY = "pod_template_file.yaml"


def pod_template(config_map: Mapping[str, Any]) -> Any:
    """The pod in a ConfigMap from which the Kubernetes executor makes its workers, or None.

    The chart writes it as JSON, so that it is read without a parser of YAML.
    """
    data = config_map.get("data")
    text = data.get(TEMPLATE_KEY) if isinstance(data, Mapping) else None
    if not isinstance(text, str):
        return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None
