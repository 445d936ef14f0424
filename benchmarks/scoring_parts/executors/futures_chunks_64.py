"""concurrent.futures: the same in chunks of 64, which a slow or deadly sample takes down with it."""

from __future__ import annotations

from functools import partial

from scoring_parts.executors import futures_one_by_one

executor = partial(futures_one_by_one.executor, chunk=64)
