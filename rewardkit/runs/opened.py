"""A run in a notebook: its figures, its results as a table, its report.

run = Run.open("runs/demo")
run                                     # in a notebook: a table of its figures
run.summary.stages[0].mean
run.sql("SELECT grader, avg(value) FROM results GROUP BY ALL").df()
run.rollouts.filter("step = 12").df()  # what that step of the training was taken on
run.to_pandas()
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rewardkit.errors import MissingPackage, UsageError

from .reading import read_run, read_summary
from .records import RunInfo, StageRow, Summary

if TYPE_CHECKING:
    import duckdb


class Run:
    """A run folder that is read and never written. Its files are read when they are first asked for, and then kept."""

    def __init__(self, path: str | Path) -> None:
        self.path = Path(path)
        read_run(self.path)

    @classmethod
    def open(cls, path: str | Path) -> Run:
        """The run in that folder; DataError when there is none."""
        return cls(path)

    @cached_property
    def info(self) -> RunInfo:
        """run.json: what was run."""
        return read_run(self.path)

    @cached_property
    def summary(self) -> Summary:
        """summary.json: the figures; an empty one while the run has written none."""
        return read_summary(self.path)

    @property
    def report(self) -> Path:
        """The path of report.html."""
        return self.path / "report.html"

    @property
    def results(self) -> duckdb.DuckDBPyRelation:
        """The lines of results.jsonl as a relation of DuckDB: `run.results.filter("value < 1").df()`."""
        return self._tables.table("results")

    @property
    def rollouts(self) -> duckdb.DuckDBPyRelation:
        """The completions of every training step with scores, advantages and components (see `rollouts`): `run.rollouts.df()`. DataError without any."""
        from .rollouts import read_rollouts

        return read_rollouts(self._tables, self.path)

    def sql(self, query: str) -> duckdb.DuckDBPyRelation:
        """The answer to one SELECT over the tables results, components, samples, metrics and stages. UsageError for what DuckDB refuses."""
        import duckdb

        try:
            return self._tables.sql(query)
        except duckdb.Error as error:
            raise UsageError(f"the query failed: {error}\ntables: {', '.join(self._table_names)}") from None

    def to_pandas(self) -> Any:
        """The results as a pandas DataFrame; MissingPackage without pandas."""
        _need("pandas")
        return self.results.df()

    def to_arrow(self) -> Any:
        """The results as a pyarrow Table; MissingPackage without pyarrow."""
        _need("pyarrow")
        return self.results.to_arrow_table()

    @cached_property
    def _tables(self) -> duckdb.DuckDBPyConnection:
        import duckdb

        from .query import load_tables

        connection = duckdb.connect()
        load_tables(connection, [self.path])
        return connection

    @property
    def _table_names(self) -> list[str]:
        from .query import TABLES

        return list(TABLES)

    def __repr__(self) -> str:
        return f"<Run {self.path}: {_headline(self.info, self.summary)}>"

    def _repr_html_(self) -> str:
        from .notebook import summary_html

        return summary_html(self.info, self.summary)


def _headline(info: RunInfo, summary: Summary) -> str:
    """The share solved of each stage by the grader that the run is about: `tiny: 42 % solved (31 to 53)`."""
    rows = [row for row in summary.stages if row.metric == "solved" and row.slice is None]
    if not rows:
        return "no figures yet"
    primary = info.primary if any(row.grader == info.primary for row in rows) else rows[0].grader
    return ", ".join(_figure(row) for row in rows if row.grader == primary) + f" by {primary}"


def _figure(row: StageRow) -> str:
    from .wording import bounds, figure

    return f"{row.name} {row.decoding} {figure(row)} solved ({bounds(row)})"


def _need(package: str) -> None:
    import importlib.util

    if importlib.util.find_spec(package) is None:
        raise MissingPackage(package)
