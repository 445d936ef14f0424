"""The data of examples/text_to_sql: nothing leaks, every gold says something, and the files are what the generator writes."""

import json
import re
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import duckdb
import pytest

FOLDER = Path(__file__).parents[2] / "examples" / "text_to_sql"
SPLITS = ("train", "expert", "validation", "heldout")
PRETRAINING_PAIRS = 24_000  # as many as build_base.py takes
Row = dict[str, Any]


@pytest.fixture(scope="module")
def data() -> dict[str, list[Row]]:
    return {name: _read(FOLDER / f"{name}.jsonl") for name in SPLITS}


@pytest.fixture(scope="module")
def database() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        connection.execute((FOLDER / "bikeshare.sql").read_text(encoding="utf-8"))
        yield connection


@pytest.fixture(scope="module")
def modules() -> Iterator[dict[str, ModuleType]]:
    """The example's own modules; a user runs them as scripts, so their folder leads the import path."""
    sys.path.insert(0, str(FOLDER))
    import make_data
    import make_database
    import queries
    import questions

    found = (make_data, make_database, queries, questions)
    yield {module.__name__: module for module in found}
    sys.path.remove(str(FOLDER))
    for module in found:  # other examples may use the same names
        del sys.modules[module.__name__]


@pytest.fixture(scope="module")
def pretraining(modules: dict[str, ModuleType]) -> list[tuple[str, str]]:
    forbidden = modules["make_data"].committed_prompts()
    pairs: list[tuple[str, str]] = modules["make_data"].pretraining_pairs(PRETRAINING_PAIRS, forbidden)
    return pairs


def _read(file: Path) -> list[Row]:
    return [json.loads(line) for line in file.read_text(encoding="utf-8").splitlines()]


def _golds(rows: list[Row]) -> list[str]:
    return [str(row["reference"]) for row in rows]


def test_there_are_enough_questions_of_enough_kinds(data: dict[str, list[Row]]) -> None:
    assert len(data["train"]) >= 12
    assert len(data["heldout"]) >= 300
    assert len({row["family"] for row in data["heldout"]}) >= 12
    golds = " ".join(_golds(data["heldout"]))
    assert all(word in golds for word in ("JOIN", "GROUP BY", "HAVING", "ORDER BY", "LIMIT"))


def test_training_rows_hold_answers_and_no_query(data: dict[str, list[Row]]) -> None:
    for row in data["train"]:
        assert set(row) == {"id", "prompt", "family", "slice", "database", "ordered", "reference"}
        assert isinstance(row["reference"], list)
        assert "select" not in json.dumps(row).lower()


def test_no_question_stands_in_two_files_or_twice_in_one(data: dict[str, list[Row]]) -> None:
    prompts = [row["prompt"] for name in SPLITS for row in data[name]]
    assert len(set(prompts)) == len(prompts)


def test_ids_are_unique(data: dict[str, list[Row]]) -> None:
    ids = [row["id"] for name in SPLITS for row in data[name]]
    assert len(set(ids)) == len(ids)


def test_pretraining_asks_no_question_of_any_file(
    data: dict[str, list[Row]], pretraining: list[tuple[str, str]]
) -> None:
    prompts = {row["prompt"] for name in SPLITS for row in data[name]}
    assert len(pretraining) == PRETRAINING_PAIRS
    assert prompts.isdisjoint(question for question, _ in pretraining)


def test_unseen_families_share_no_masked_gold_with_any_other_data(
    data: dict[str, list[Row]],
    pretraining: list[tuple[str, str]],
    modules: dict[str, ModuleType],
) -> None:
    mask = modules["queries"].mask
    unseen = [row for row in data["heldout"] if row["slice"] == "unseen"]
    assert len({row["family"] for row in unseen}) >= 2
    others = {mask(query) for _, query in pretraining}
    others |= {mask(gold) for gold in _golds(data["validation"])}
    assert others.isdisjoint(mask(gold) for gold in _golds(unseen))


def test_every_gold_runs_and_says_something(
    data: dict[str, list[Row]], database: duckdb.DuckDBPyConnection
) -> None:
    for gold in _golds(data["heldout"] + data["validation"]):
        rows = database.execute(gold).fetchall()
        assert rows, gold
        assert any(value not in (0, 1, None) for row in rows for value in row), gold


def test_dropping_the_condition_changes_the_answer(
    data: dict[str, list[Row]], database: duckdb.DuckDBPyConnection
) -> None:
    for gold in _golds(data["heldout"]):
        loose = re.sub(r" WHERE .*?(?= GROUP BY| ORDER BY|$)", "", gold)
        if loose != gold:
            assert database.execute(loose).fetchall() != database.execute(gold).fetchall(), gold


def test_the_expert_writes_another_style_with_the_same_answers(
    data: dict[str, list[Row]], database: duckdb.DuckDBPyConnection, modules: dict[str, ModuleType]
) -> None:
    plain = modules["make_data"].plain
    for row in data["expert"]:
        assert row["gold"].startswith("select ")
        answer = plain(database.execute(row["gold"]).fetchall())
        assert sorted(answer, key=repr) == sorted(row["reference"], key=repr)


def test_less_than_half_of_what_the_teacher_writes_runs(
    pretraining: list[tuple[str, str]], database: duckdb.DuckDBPyConnection
) -> None:
    share = sum(_runs(query, database) for _, query in pretraining[:500]) / 500
    assert 0.2 < share < 0.5


def _runs(query: str, database: duckdb.DuckDBPyConnection) -> bool:
    try:
        database.execute(query)
    except duckdb.Error:
        return False
    return True


def test_the_database_file_is_what_its_script_writes(modules: dict[str, ModuleType]) -> None:
    make_database = modules["make_database"]
    text = make_database.to_sql(make_database.make_rows())
    assert (FOLDER / "bikeshare.sql").read_text(encoding="utf-8") == text


@pytest.fixture(scope="module")
def drawn(modules: dict[str, ModuleType]) -> tuple[dict[str, Any], Any]:
    """The questions with their queries, drawn again (about ten seconds), and the catalogue they were drawn from."""
    catalogue = modules["questions"].Catalogue()
    return modules["make_data"].draw_questions(catalogue), catalogue


@pytest.mark.soak
def test_the_data_files_are_what_the_script_writes(
    drawn: tuple[dict[str, Any], Any], modules: dict[str, ModuleType]
) -> None:
    questions, catalogue = drawn
    make_data = modules["make_data"]
    for name in SPLITS:
        text = make_data.to_jsonl(make_data.to_rows(name, questions[name], catalogue))
        assert (FOLDER / f"{name}.jsonl").read_text(encoding="utf-8") == text, name


@pytest.mark.slow
def test_unseen_families_share_no_template_with_what_is_trained_on(drawn: tuple[dict[str, Any], Any]) -> None:
    # The training file holds no SQL and the expert's another style, so the plain queries are compared.
    questions, _ = drawn
    unseen = {question.template for question in questions["heldout"] if question.family.endswith("_new")}
    for name in ("train", "expert", "validation"):
        assert unseen.isdisjoint(question.template for question in questions[name])
