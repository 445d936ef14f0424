"""A real browser for tests of pages: Chromium as the machine has it, asking for nothing by itself."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

_CHROMIUM = next(
    (found for name in ("chromium", "chromium-browser", "google-chrome") if (found := shutil.which(name))),
    None,
)
_FLAGS = "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update --disable-sync"

NEEDS_CHROMIUM = [
    pytest.mark.slow,
    pytest.mark.skipif(
        _CHROMIUM is None,
        reason="no chromium on PATH: install the Debian package 'chromium' to run this test",
    ),
]


@contextmanager
def chromium() -> Iterator[Any]:
    """An open browser; the test is skipped where playwright is not installed."""
    api = pytest.importorskip("playwright.sync_api", reason="playwright is in the test extra")
    with api.sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=_CHROMIUM, args=_FLAGS.split())
        yield opened
        opened.close()
