"""Clients of the openai package: one for each event loop and address, closed when the loop ends or the scorer that scores on it is closed."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import AsyncGenerator, Awaitable
from typing import Any

from ..scoring.event_loop import at_rest


class Connections:
    """The open clients of one judge."""

    def __init__(self) -> None:
        self._open: Any = weakref.WeakKeyDictionary()  # loop -> address -> (client, what closes it)

    async def client(self, url: str, key: str, timeout: float) -> Any:
        """The client that asks at this address; its connections belong to the loop that runs now."""
        clients = self._open.setdefault(asyncio.get_running_loop(), {})
        if url not in clients:
            held = _held(clients, url, key, timeout)
            clients[url] = (await anext(held), held)
            at_rest(self._let_go)
        return clients[url][0]

    def _let_go(self) -> Awaitable[Any]:
        """No more use of those of the loop that runs now; awaited, they are closed."""
        clients = self._open.pop(asyncio.get_running_loop(), {})
        return asyncio.gather(*(held.aclose() for _, held in clients.values()))


async def _held(clients: dict[str, Any], url: str, key: str, timeout: float) -> AsyncGenerator[Any, None]:
    """A client that waits to be closed. Who ends a loop in good order, as asyncio.run does, ends the generators that wait on it too."""
    from openai import AsyncOpenAI

    client = AsyncOpenAI(base_url=url, api_key=key, timeout=timeout, max_retries=0)
    try:
        yield client
    finally:
        clients.pop(url, None)  # it holds the loop
        await client.close()
