"""The server of the page: on this machine only, until it is told to end."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from ...local_server import HOST, serve_locally
from .access import Gate
from .application import application
from .desk import Desk


def serve(desk: Desk, *, port: int = 0, on_ready: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; `on_ready` hears the address, token included, once a browser may come.

    `port` 0 takes a free one; ConfigError for one that is taken.
    """
    token = secrets.token_urlsafe(32)
    serve_locally(
        lambda port: Gate(application(desk), port=port, token=token),
        port=port,
        on_ready=lambda port: on_ready(f"http://{HOST}:{port}/?token={token}"),
    )
