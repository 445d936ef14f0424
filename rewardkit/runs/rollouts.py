"""The completions that a training was taken on: one Parquet file a step, `rollouts/rft-000012.parquet`.

A row is one completion: phase, step, place (among those of the step, from 0), group, sample, completion and reason (left out where the run keeps
no texts), score, reward (what the optimiser was given), advantage, cause, tokens, truncated, and `component_NAME` for each part of the score.
The files hold nothing that varies between identical runs.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from rewardkit.errors import DataError

if TYPE_CHECKING:
    import duckdb

FOLDER = "rollouts"
_NAME = re.compile(r"(?P<phase>.+)-(?P<step>\d+)\.parquet")


def rollouts_file(run: Path, phase: str, step: int) -> Path:
    """The file of a step."""
    return run / FOLDER / f"{phase}-{step:06d}.parquet"


def truncate_rollouts(run: Path, phase: str, after_step: int) -> None:
    """Remove the files of a phase's steps later than that, and what a kill left half written."""
    for path in (run / FOLDER).glob("*"):
        found = _NAME.fullmatch(path.name)
        later = found is not None and found["phase"] == phase and int(found["step"]) > after_step
        if later or path.name.endswith(".tmp"):
            path.unlink()


def read_rollouts(connection: duckdb.DuckDBPyConnection, run: Path) -> duckdb.DuckDBPyRelation:
    """All rows of a run in the order of phases, steps and places; DataError when it has recorded none."""
    if not any((run / FOLDER).glob("*.parquet")):
        raise DataError(
            "this run has recorded no completions of its training; a run of `rewardkit train` does unless [record] rollouts = false",
            where=str(run),
        )
    files = connection.read_parquet(str(run / FOLDER / "*.parquet"), union_by_name=True)
    return files.order("phase, step, place")
