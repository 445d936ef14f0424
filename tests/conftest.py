"""What every test may rely on: a project folder of its own, and no network names."""

from __future__ import annotations

import gc
import os
import signal
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest
from training_projects import pretrained
from writing import WriteFile

os.environ.setdefault("HF_HUB_OFFLINE", "1")
os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> WriteFile:
    """Write a file into the test's own folder, which is also the current folder, and give its path."""
    monkeypatch.chdir(tmp_path)

    def write_file(name: str, text: str) -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    return write_file


@pytest.fixture(scope="session")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a model of 20,000 weights that answers in letters, with a chat template. It is not to be changed: a project copies it."""
    pytest.importorskip("trl")
    return pretrained(tmp_path_factory.mktemp("base") / "model")


@pytest.fixture(autouse=True)
def _imports_as_before() -> Iterator[None]:
    """Take back what a test put in front of `sys.path`: thousands of graders' folders there slow every later import."""
    before = list(sys.path)
    yield
    sys.path[:] = before


def pytest_configure() -> None:
    """Let Ctrl-C be heard: tests that were started with `&` ignore SIGINT, and so would every process of theirs that is to be interrupted."""
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Slow files first: with several processes the short ones then fill up the end, where one process would be left with a long one."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


def pytest_collection_finish() -> None:
    """Keep the collector off all that was imported and collected: it went through 600,000 objects again and again, which was half of what collections took."""
    gc.collect()
    gc.freeze()
