"""A web page of this machine for the person who started it: what the pages of `rewardkit label` and `rewardkit view` share.

The server listens on 127.0.0.1 only and ends with Ctrl-C. Every answer carries `HEADERS`: the page may load and run nothing but its own
files, no other site may frame it or read it.
"""

from __future__ import annotations

import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import suppress

import uvicorn
from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Send

from .errors import ConfigError

HOST = "127.0.0.1"
HEADERS: Mapping[str, str] = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def with_headers(send: Send, headers: Mapping[str, str] = HEADERS) -> Send:
    """`send`, which adds the headers to whatever is answered, but for those that the answer has already."""

    async def send_safely(message: Message) -> None:
        if message["type"] == "http.response.start":
            given = MutableHeaders(scope=message)
            for name, value in headers.items():
                given.setdefault(name, value)
        await send(message)

    return send_safely


def hosts_of(port: int) -> frozenset[str]:
    """The Host headers of requests that mean this machine: any other name has been pointed here (DNS rebinding)."""
    return frozenset((f"{HOST}:{port}", f"localhost:{port}"))


def serve_locally(app_of: Callable[[int], ASGIApp], *, port: int, on_ready: Callable[[int], None]) -> None:
    """Serve the application that `app_of` makes for a port until Ctrl-C or SIGTERM; `on_ready` hears the port once a browser may come.

    `port` 0 takes a free one; ConfigError for one that is taken.
    """
    with _listening(port) as listener:
        port = listener.getsockname()[1]
        config = uvicorn.Config(
            app_of(port),
            http="h11",
            ws="none",
            loop="asyncio",
            lifespan="off",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=2,
        )
        # The server raises the signal that ended it once more: SIGTERM would then end the process before it has cleaned up.
        before = signal.signal(signal.SIGTERM, signal.default_int_handler)
        try:
            with suppress(KeyboardInterrupt):
                on_ready(port)
                uvicorn.Server(config).run(sockets=[listener])
        finally:
            signal.signal(signal.SIGTERM, before)


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen()
    except OSError as error:
        listener.close()
        raise ConfigError(f"--port {port}: {error.strerror}; leave it out to take a free one") from None
    return listener
