"""Python's collector of cycles in a process that serves: a tenth of the time goes to it, for nothing."""

from __future__ import annotations

import gc

#: What is made for a change holds no cycles; looking for some every 700 objects is what takes the time.
_AFTER = 50_000


def collect_rarely() -> None:
    """Call it once, in a process that serves, when it has read its repository: what there is now stays for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(_AFTER)
