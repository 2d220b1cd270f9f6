"""What a commit tells of itself."""

from __future__ import annotations

from commander.changes import trailer_texts, trailers_of
from commander.git import Repository
from commander.reading.model import Commit

#: Texts of people's commits are cut off behind so many characters.
_SUBJECT, _TEXT = 500, 4000


def commit_of(repository: Repository, name: str) -> Commit:
    """A commit. Raises ``StoreError``."""
    found = repository.described(name)
    change = trailers_of(found.message)
    texts = trailer_texts(found.message)
    return Commit(
        name,
        found.author,
        found.committer,
        found.message.strip().partition("\n")[0][:_SUBJECT],
        change.key if change is not None else "",
        texts.get("Actor", "")[:_TEXT],
        texts.get("Reason", "")[:_TEXT],
        len(found.parents),
    )
