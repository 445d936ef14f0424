"""loky: its `ProcessPoolExecutor.map`, one task a sample."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from loky import ProcessPoolExecutor

from scoring_parts.executors.futures_one_by_one import mapped
from scoring_parts.rows import Row


@contextmanager
def executor(workers: int) -> Iterator[Callable[[str, list[Row], float], list[Any]]]:
    with ProcessPoolExecutor(workers) as pool:
        yield partial(mapped, pool.map, {"chunksize": 1})
