"""SQL over runs."""

from __future__ import annotations

from pathlib import Path

import pytest
import run_folders

from rewardkit.errors import UsageError
from rewardkit.runs import RunFolder, read_results
from rewardkit.runs.query import query


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_folders.training_run(tmp_path_factory.mktemp("runs"), questions=20, repeats=2)


def test_a_query_sees_every_result(demo: Path) -> None:
    found = query("SELECT run, count(*) AS n, avg(value) FROM results GROUP BY run", [demo])
    values = [result.value for result in read_results(demo) if result.value is not None]
    assert found.names[:2] == ("run", "n")
    assert found.rows[0][:2] == ("demo", 240)
    assert found.rows[0][2] == pytest.approx(sum(values) / len(values))


def test_components_have_rows_of_their_own(demo: Path) -> None:
    found = query("SELECT DISTINCT name FROM components WHERE level IS NOT NULL ORDER BY 1", [demo])
    assert [name for (name,) in found.rows] == ["exact", "parses", "rows", "runs", "tables"]


def test_columns_of_samples_metrics_and_stages_can_be_joined(demo: Path) -> None:
    sql = "SELECT columns->>'family' FROM results JOIN samples USING (run, sample) WHERE repeat = 0 LIMIT 1"
    assert query(sql, [demo]).rows[0][0] in run_folders.FAMILIES
    assert query("SELECT max(step) FROM metrics WHERE phase = 'rft'", [demo]).rows == [(24,)]
    assert query("SELECT count(*) FROM stages WHERE slice IS NULL", [demo]).rows == [(16,)]


def test_runs_are_told_apart_by_name(demo: Path, tmp_path: Path) -> None:
    other = run_folders.one_answer(tmp_path, "lone \ud800 surrogate \0")
    found = query("SELECT DISTINCT run FROM results ORDER BY 1", [demo, other])
    assert found.rows == [("demo",), ("one",)]


def test_numbers_that_are_not_finite_stay_so(tmp_path: Path) -> None:
    with RunFolder.open(tmp_path, "nan", "train", {}, versions={}, fingerprints={}, seed=0) as folder:
        folder.append_metrics([{"phase": "rft", "step": 1, "reward": float("nan"), "loss": float("inf")}])
        assert query("SELECT isnan(reward), isinf(loss), entropy FROM metrics", [folder.path]).rows == [
            (True, True, None)
        ]


def test_a_statement_that_fails_names_the_tables(demo: Path) -> None:
    with pytest.raises(UsageError, match="tables: results, components, samples, metrics, stages"):
        query("SELECT * FROM result", [demo])
