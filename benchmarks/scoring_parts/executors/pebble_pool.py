"""pebble: `ProcessPool.map` with a deadline for every sample, the only other executor that survived all our faults."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from multiprocessing import get_context
from typing import Any

from pebble import ProcessPool

from scoring_parts.executors.futures_one_by_one import mapped
from scoring_parts.rows import Row


@contextmanager
def executor(workers: int) -> Iterator[Callable[[str, list[Row], float], list[Any]]]:
    with ProcessPool(workers, context=get_context("forkserver")) as pool:
        yield partial(mapped, lambda *args, **options: pool.map(*args, **options).result(), {"timeout": 10})
