"""The server of the pages: on this machine only, until it is told to end."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from pathlib import Path

from ...local_server import HOST, serve_locally
from .access import Gate
from .application import application
from .overview import Runs
from .store import Store


def serve(root: Path, *, start: str = "", port: int = 0, on_ready: Callable[[str], None]) -> None:
    """Serve the runs below `root` until Ctrl-C or SIGTERM; `on_ready` hears the address, key included, of the page `start`.

    `port` 0 takes a free one; ConfigError for one that is taken.
    """
    key = secrets.token_urlsafe(16)
    with Store() as store:
        serve_locally(
            lambda port: Gate(application(Runs(root), store), port=port, key=key),
            port=port,
            on_ready=lambda port: on_ready(f"http://{HOST}:{port}/{key}/{start}"),
        )
