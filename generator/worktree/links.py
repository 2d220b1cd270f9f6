"""A second name for a file, or a copy where the file system has no second names."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path

_NO_LINK = (errno.EPERM, errno.EXDEV, errno.EMLINK, errno.ENOTSUP, errno.ENOSYS)


def link(old: Path | str, new: Path | str) -> None:
    """Give what is at ``old`` (a file, link or device) the name ``new``, too. Raises ``OSError``."""
    try:
        os.link(old, new, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _NO_LINK:
            raise
        shutil.copy2(old, new, follow_symlinks=False)
