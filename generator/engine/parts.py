"""Of each template file of a deployment: what it was made of, and what others may have to know of its objects.

The first decides which files are rendered again. The second decides whether that is enough: what is looked at in all
objects together (no name twice, the facts for Argo CD) is as it was when what these have of it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import Any

import orjson

from generator.argocd import sleeps
from generator.charts import DIGEST_LENGTH

_PART = 2 * DIGEST_LENGTH


@dataclass(frozen=True, slots=True)
class Parts:
    """By template file: ``made_of`` are digests of what it follows from, ``shown`` of what others see in it."""

    made_of: Mapping[str, str]
    shown: Mapping[str, str]

    @classmethod
    def parse(cls, text: str, files: Sequence[str]) -> Parts:
        """What ``as_text`` made for these files; nothing for another text."""
        if len(text) != _PART * len(files):
            return cls({}, {})
        rows = [
            (text[at : at + DIGEST_LENGTH], text[at + DIGEST_LENGTH : at + _PART]) for at in range(0, len(text), _PART)
        ]
        return cls(
            {file: made_of for file, (made_of, _) in zip(files, rows, strict=True)},
            {file: shown for file, (_, shown) in zip(files, rows, strict=True)},
        )

    def as_text(self, files: Sequence[str]) -> str:
        """For a record. There are many of these, so it is short."""
        return "".join(self.made_of[file] + self.shown[file] for file in files)

    def same(self, made_of: Mapping[str, str]) -> frozenset[str]:
        """The files that are made of the same."""
        return frozenset(file for file, digest in self.made_of.items() if made_of.get(file) == digest)


def shown_of(documents: Iterable[Mapping[str, Any]]) -> str:
    """A digest of what others see of checked objects: which they are, what they scale, and whether all sleeps."""
    seen = [
        (
            each["apiVersion"], each["kind"], each["metadata"]["name"], each["metadata"].get("namespace"),
            _scaled(each), sleeps(each),
        )
        for each in documents
    ]  # fmt: skip
    return blake2b(orjson.dumps(seen, default=dict), digest_size=DIGEST_LENGTH // 2).hexdigest()


def _scaled(document: Mapping[str, Any]) -> Any:
    spec = document.get("spec")
    return spec.get("scaleTargetRef") if isinstance(spec, dict) else None
