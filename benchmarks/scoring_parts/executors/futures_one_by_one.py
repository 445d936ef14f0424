"""concurrent.futures: `ProcessPoolExecutor.map`, one task a sample. One `os._exit` breaks it, hung samples starve it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from functools import partial
from itertools import repeat
from multiprocessing import get_context
from typing import Any

from scoring_parts import work as functions
from scoring_parts.rows import Row

CHUNK = 1


@contextmanager
def executor(workers: int, chunk: int = CHUNK) -> Iterator[Callable[[str, list[Row], float], list[Any]]]:
    with ProcessPoolExecutor(workers, mp_context=get_context("forkserver")) as pool:
        yield partial(mapped, pool.map, {"chunksize": chunk})


def mapped(
    map_: Callable[..., Any], options: dict[str, Any], work: str, rows: list[Row], amount: float
) -> list[Any]:
    """Every row through `map_`, which all these pools have alike."""
    columns = [row.completion for row in rows], [row.reference for row in rows], repeat(amount, len(rows))
    return list(map_(getattr(functions, work), *columns, **options))
