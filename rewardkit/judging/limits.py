"""How fast an endpoint is asked: so many requests at once, and so many requests and tokens in a minute."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Limits:
    """The turns of one event loop. None: no limit.

    Requests and tokens are buckets that fill evenly and hold a tenth of a minute, so that a run neither starts with a burst of a whole
    minute's share nor waits at the end of each. What a request costs in tokens is known afterwards only, so the bucket may go into debt.
    """

    def __init__(
        self, at_once: int, requests_per_minute: float | None, tokens_per_minute: float | None
    ) -> None:
        self._gate = asyncio.Semaphore(at_once)
        self._requests = _Bucket(requests_per_minute) if requests_per_minute else None
        self._tokens = _Bucket(tokens_per_minute) if tokens_per_minute else None

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for one's turn, and hold a place while the request is under way."""
        async with self._gate:
            if self._requests is not None:
                await self._requests.take(1)
            if self._tokens is not None:
                await self._tokens.take(0)
            yield

    def used(self, tokens: int) -> None:
        """Note what a request has cost."""
        if self._tokens is not None:
            self._tokens.spend(tokens)


class _Bucket:
    def __init__(self, per_minute: float) -> None:
        self._per_second = per_minute / 60
        self._most = max(1.0, per_minute / 10)
        self._level = self._most
        self._at = time.monotonic()

    async def take(self, amount: float) -> None:
        """Wait until there is so much, and take it; with 0, until there is no debt."""
        self._fill()
        self.spend(amount)
        if self._level < 0:
            await asyncio.sleep(-self._level / self._per_second)

    def spend(self, amount: float) -> None:
        """Take it, whether it is there or not."""
        self._fill()
        self._level -= amount

    def _fill(self) -> None:
        now = time.monotonic()
        self._level = min(self._most, self._level + (now - self._at) * self._per_second)
        self._at = now
