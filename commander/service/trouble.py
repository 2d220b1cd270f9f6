"""The last thing that went wrong where no caller waited."""

from __future__ import annotations

import time
from dataclasses import dataclass


@dataclass(slots=True)
class Trouble:
    """What it was, and when (seconds since 1970). Told by any thread."""

    text: str = ""
    seconds: float = 0.0

    def tell(self, text: str) -> None:
        """It happened just now."""
        self.text, self.seconds = text, time.time()
