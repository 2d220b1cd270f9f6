"""Where DAGs come from: a git repository, or a volume."""

from __future__ import annotations

import re

from generator.importer.draft import Draft, Item

_LOGIN = re.compile(r"(https?://)([^/@\s]+)@(.+)\Z", re.DOTALL)
_LOGIN_KEYS = ("GITSYNC_USERNAME", "GITSYNC_PASSWORD")
#: Charts before this one ran git-sync 3, which wants other names in the Secret.
_GIT_SYNC_4 = (1, 13)


def image_tag(draft: Draft, item: Item) -> None:
    """git-sync's tag; version 3 has other settings."""
    if isinstance(item.value, str) and re.match(r"v?[0-3]\.", item.value):
        draft.drop(item.src, item.value, "git-sync of version 4 is needed")
    else:
        draft.put(item.src, item.value, item.path)


def _is_git_sync_3(draft: Draft) -> bool:
    tag = draft.said("images", "gitSync", "tag")
    if isinstance(tag, str) and tag:
        return re.match(r"v?3\.", tag) is not None
    return draft.release.chart is not None and draft.release.chart < _GIT_SYNC_4


def credentials(draft: Draft, item: Item) -> None:
    """The Secret for https; that of git-sync 3 has its keys under other names."""
    draft.put(item.src, item.value, item.path)
    if draft.at(item.path) is not None and _is_git_sync_3(draft):
        draft.give(("dags", "gitSync", "credentialsUsernameKey"), "GIT_SYNC_USERNAME")
        draft.give(("dags", "gitSync", "credentialsPasswordKey"), "GIT_SYNC_PASSWORD")
        draft.notes.append("The login for git is under the key names of git-sync 3, as the Secret has them now.")


def repository(draft: Draft, item: Item) -> None:
    """The repository; a login inside the URL goes into a Secret."""
    match = _LOGIN.match(item.value) if isinstance(item.value, str) else None
    if match is None:
        draft.put(item.src, item.value, item.path)
        return
    name = f"{draft.release.name}-git-login"
    draft.put(item.src, match[1] + match[3], item.path)
    if draft.said("dags", "gitSync", "credentialsSecret"):
        draft.secret_fate(item.src, None, "the URL stays without its login; dags.gitSync.credentialsSecret has one")
        return
    keys = [draft.vault.key(name, key, match[2]) for key in _LOGIN_KEYS]
    draft.vault.need(name, keys, item.src)
    draft.give(("dags", "gitSync", "credentialsSecret"), name)
    draft.secret_fate(item.src, (name, ", ".join(keys)), "the URL stays, without its login")


def wait(draft: Draft, item: Item) -> None:
    """Seconds between two looks."""
    if (
        isinstance(item.value, int | float)
        and not isinstance(item.value, bool)
        and not draft.said("dags", "gitSync", "period")
    ):
        draft.put(item.src, f"{int(item.value)}s", ("dags", "gitSync", "period"), "a length of time has a unit")
    elif draft.said("dags", "gitSync", "period"):
        draft.unneeded(item.src, item.value, "dags.gitSync.period says it too, and that counts")
    else:
        draft.drop(item.src, item.value, "a number of seconds is wanted; here it is dags.gitSync.period, with a unit")


def volume_enabled(draft: Draft, item: Item) -> None:
    """A volume for DAGs, unless git-sync would write into it."""
    if item.value is True and draft.said("dags", "gitSync", "enabled") is True:
        draft.drop(item.src, item.value, "with git-sync each pod has a clone of its own, so no volume is shared")
    else:
        draft.put(item.src, item.value, item.path)


def add_key(draft: Draft) -> None:
    """A repository that is reached by ssh needs a key, whatever the values say."""
    sync = draft.at(("dags", "gitSync")) or {}
    repo = sync.get("repo")
    if (
        sync.get("enabled") is True
        and isinstance(repo, str)
        and not repo.startswith(("http://", "https://", "git://", "file://"))
        and sync.get("sshKeySecret") is None
    ):
        name = f"{draft.release.name}-git-ssh-key"
        draft.give(("dags", "gitSync", "sshKeySecret"), name)
        draft.vault.need(name, ["gitSshKey"], ("dags", "gitSync", "repo"))
        draft.notes.append("The repository of DAGs is reached by ssh: a key is needed, in the Secret that is named.")
