"""Pieces of CEL, the language of Kubernetes' policies. Names get into expressions by these functions alone."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass

#: Whoever it is that makes it: an account of a deployment. Pods are made by controllers, whose accounts are those of
#: kube-system, or no service accounts at all.
BY_A_DEPLOYMENT = (
    "request.userInfo.username.startsWith('system:serviceaccount:')"
    " && !request.userInfo.username.startsWith('system:serviceaccount:kube-system:')"
)


@dataclass(frozen=True, slots=True)
class Rule:
    """What must be true, and what is told when it is not."""

    expression: str
    message: str


def text(value: str) -> str:
    """A text as CEL writes it. JSON's form of a text is one of those of CEL."""
    return json.dumps(value)


def texts(values: Iterable[str]) -> str:
    """A list of texts."""
    return f"[{', '.join(map(text, values))}]"


def literally(value: str) -> str:
    """A regular expression that matches this text and no other."""
    return re.escape(value)


def fields(of: str, allowed: Iterable[str]) -> str:
    """Whether a map has no other fields than these; ``of`` is an expression."""
    return f"{of}.all(field, field in {texts(allowed)})"
