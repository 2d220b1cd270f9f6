"""Rotation: making something random anew, once for each word that somebody writes into the plan.

Which words a Secret has seen is kept in an annotation, written together with the new value. So the same plan rotates
once, also when its run is killed, and going back to an earlier plan rotates nothing.
"""

from __future__ import annotations

from bootstrapper.cluster import Secret
from bootstrapper.errors import Refused

ANNOTATION = "stargit.dev/rotations"
_KEPT = 50  # words


def words_of(found: Secret | None) -> list[str]:
    """The words that a Secret has seen, the last one last."""
    return found.annotations.get(ANNOTATION, "").split() if found is not None else []


def noted(found: Secret | None, word: str | None) -> dict[str, str]:
    """The annotation of a Secret that has seen the word, too."""
    seen = words_of(found)
    if word is None or word in seen:
        return {}
    return {ANNOTATION: " ".join([*seen, word][-_KEPT:])}


def due(found: Secret | None, word: str | None) -> bool:
    """Whether something that exists is to be made anew. What is made in this run is new already."""
    return found is not None and word is not None and word not in words_of(found)


def refuse_first_user(suffix: str) -> None:
    """The password of the first user is Airflow's own business once the user exists."""
    if suffix == "default-user":
        raise Refused(
            "rotate: default-user: the first user exists in Airflow, where a new Secret would not be noticed; change"
            " the password there (airflow users reset-password)"
        )
