"""Opening a page of this machine in the browser of the person at it."""

from __future__ import annotations

import os
import sys


def open_page(address: str) -> None:
    """Show the address in a browser; without a screen one in text mode would take the terminal, so then nothing is opened."""
    if sys.platform != "darwin" and not any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY")):
        return
    import webbrowser

    webbrowser.open(address)
