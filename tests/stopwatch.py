"""Work that must end soon. A stopwatch tells the truth on a quiet machine only, so `make test` is patient."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager

# `make soak` sets it: nothing runs beside the tests, and the bound is the promised one.
QUIET = os.environ.get("REWARDKIT_QUIET_MACHINE") == "1"
PATIENCE = 1 if QUIET else 10


@contextmanager
def within(seconds: float, what: str = "") -> Iterator[None]:
    """Fail when the block takes more than `seconds`, or ten times that where other tests share the machine.

    Ten times is still far below what each of these blocks took before it was mended: minutes, or for ever.
    """
    start = time.monotonic()
    yield
    took = time.monotonic() - start
    assert took < seconds * PATIENCE, f"{what or 'it'} took {took:.1f} s; promised {seconds} s"
