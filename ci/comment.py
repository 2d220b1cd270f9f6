#!/usr/bin/env python3
"""Puts the report of ``ci/check.sh`` under a pull request: one comment, which later runs write anew.

    python3 ci/comment.py stargit-report.md

Where it goes is told by the variables of the forge. GitHub: GITHUB_TOKEN, GITHUB_REPOSITORY and PULL_REQUEST (its
number); GITHUB_API_URL and COMMENT_AUTHOR have defaults. GitLab: GITLAB_TOKEN (a project access token with the scope
``api``), CI_API_V4_URL, CI_PROJECT_ID and CI_MERGE_REQUEST_IID.

Needs Python 3.9 and nothing else, so that the job that holds the token runs no other program. Only comments that begin
with the report's first line and that the token's own user wrote are touched. Exit codes: 0 done, 1 it could not be
posted.
"""

from __future__ import annotations

import json
import os
import re
import sys
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path
from typing import Any, NamedTuple

MARKER = "<!-- stargit diff -->"
LARGEST = 65_000  # characters; GitHub takes 65,536
_MOST_PAGES = 30
_PER_PAGE = 100
_SECONDS = 30


class Failure(Exception):
    """The comment can't be posted; the words say why."""


class Forge(NamedTuple):
    """What differs between forges. ``author`` is the id or name that own comments carry, below ``author_at``."""

    name: str
    headers: dict[str, str]
    comments: str
    comment: str
    update: str
    author: object
    author_at: tuple[str, str]


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """A redirect would take the token along to another host."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


def main(arguments: list[str]) -> int:
    """Post the report; the exit code."""
    if len(arguments) != 1:
        sys.stderr.write("usage: comment.py REPORT\n")
        return 1
    try:
        sys.stdout.write(f"{post(_report(Path(arguments[0])), forge())}\n")
    except Failure as failure:
        sys.stderr.write(f"comment.py: {failure}\n")
        return 1
    return 0


def post(report: str, to: Forge) -> str:
    """Write the comment, or write it anew; what was done."""
    for page in range(1, _MOST_PAGES + 1):
        query = urllib.parse.urlencode({"per_page": _PER_PAGE, "page": page})
        found = _call("GET", f"{to.comments}?{query}", to)
        for comment in found:
            if _is_own(comment, to):
                _call(to.update, to.comment.format(comment["id"]), to, {"body": report})
                return "the comment was written anew"
        if len(found) < _PER_PAGE:
            break
    _call("POST", to.comments, to, {"body": report})
    return "a comment was added"


def forge() -> Forge:
    """The forge that the variables are of. Raises ``Failure``."""
    if os.environ.get("GITLAB_TOKEN"):
        return _gitlab()
    if os.environ.get("GITHUB_TOKEN"):
        return _github()
    raise Failure("neither GITHUB_TOKEN nor GITLAB_TOKEN is set")


def _github() -> Forge:
    api = _address("GITHUB_API_URL", "https://api.github.com")
    repository = _variable("GITHUB_REPOSITORY", r"[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+")
    number = _variable("PULL_REQUEST", "[0-9]+")
    headers = {
        "Authorization": f"Bearer {os.environ['GITHUB_TOKEN']}",
        "Accept": "application/vnd.github+json",
        "X-GitHub-Api-Version": "2022-11-28",
    }
    author = os.environ.get("COMMENT_AUTHOR") or "github-actions[bot]"
    issues = f"{api}/repos/{repository}/issues"
    return Forge(
        "GitHub", headers, f"{issues}/{number}/comments", f"{issues}/comments/{{}}", "PATCH", author, ("user", "login")
    )


def _gitlab() -> Forge:
    api = _address("CI_API_V4_URL")
    project = _variable("CI_PROJECT_ID", "[0-9]+")
    number = _variable("CI_MERGE_REQUEST_IID", "[0-9]+")
    headers = {"PRIVATE-TOKEN": os.environ["GITLAB_TOKEN"]}
    notes = f"{api}/projects/{project}/merge_requests/{number}/notes"
    nobody = Forge("GitLab", headers, notes, f"{notes}/{{}}", "PUT", None, ("author", "id"))
    return nobody._replace(author=_call("GET", f"{api}/user", nobody)["id"])


def _is_own(comment: dict[str, Any], to: Forge) -> bool:
    writer = comment.get(to.author_at[0]) or {}
    return writer.get(to.author_at[1]) == to.author and str(comment.get("body", "")).startswith(MARKER)


def _report(path: Path) -> str:
    try:
        # A character has at most four bytes; more than that is not read.
        with path.open("rb") as file:
            text = file.read(4 * LARGEST + 1).decode("utf-8", "replace")
    except OSError as error:
        raise Failure(f"{path} can't be read: {error.strerror}") from None
    if not text.startswith(MARKER):
        raise Failure(f"{path} is no report of 'stargit diff --output markdown'")
    return text if len(text) <= LARGEST else text[:LARGEST] + "\n\n(cut)\n"


def _variable(name: str, pattern: str) -> str:
    value = os.environ.get(name, "")
    if re.fullmatch(pattern, value) is None:
        raise Failure(f"the variable {name} is not set, or is not what it should be")
    return value


def _address(name: str, default: str = "") -> str:
    address = (os.environ.get(name) or default).rstrip("/")
    parts = urllib.parse.urlsplit(address)
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        raise Failure(f"the variable {name} is no https address")
    return address


def _call(method: str, url: str, to: Forge, body: object = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {**to.headers, "Content-Type": "application/json", "User-Agent": "stargit-comment"}
    request = urllib.request.Request(url, data, headers, method=method)  # noqa: S310  # _address sees to the scheme
    try:
        with urllib.request.build_opener(_NoRedirects).open(request, timeout=_SECONDS) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        what = {401: "the token is refused", 403: "the token may not do that", 404: "not found, or not for this token"}
        raise Failure(f"{to.name} answers {error.code} to {method}: {what.get(error.code, error.reason)}") from None
    except (OSError, ValueError) as error:
        raise Failure(f"{to.name} can't be asked: {error}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
