"""Searches are kept in the project's folder, and made again where what is kept does not do."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from rewardkit.calling import call
from rewardkit.graders.sql import text_to_sql
from rewardkit.graders.sql.engines.opening import open_database
from rewardkit.graders.sql.instances.mutants import Mutant
from rewardkit.graders.sql.instances.searching import Found, Search
from rewardkit.graders.sql.instances.storing import FOLDER, key_of, store, stored
from rewardkit.graders.sql.references import task_of
from rewardkit.graders.sql.settings import Settings

SEARCH = Search(
    (
        Found(
            "few rows",
            {"t": [(1, 2.5, True, "é\"\n'", None), (2**60, -0.5, False, "2024-01-02", None)], "u": []},
        ),
    ),
    7,
    (Mutant("order", "SELECT 1"),),
    False,
    ("a note",),
)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The current folder, where searches are kept."""
    monkeypatch.chdir(tmp_path)
    return tmp_path / FOLDER


def test_what_is_stored_comes_back_as_it_was() -> None:
    store("key", SEARCH)
    found = stored("key")
    assert found == SEARCH
    assert [type(cell) for cell in found.instances[0].rows["t"][0]] == [int, float, bool, str, type(None)]


def test_what_was_never_stored_is_none() -> None:
    assert stored("key") is None


def test_the_folder_keeps_itself_out_of_git(folder: Path) -> None:
    store("key", SEARCH)
    assert (folder.parent / ".gitignore").read_text() == "*\n"
    assert [file.name for file in folder.iterdir()] == ["key.json"]


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[]", b"{}", b"null", b'{"instances": [{"label": "x", "rows": []}]}', b'{"instances": [1], "mutants": 2}'],
)  # fmt: skip
def test_a_damaged_file_counts_as_none(folder: Path, content: bytes) -> None:
    store("key", SEARCH)
    (folder / "key.json").write_bytes(content)
    assert stored("key") is None


def test_a_file_that_lacks_a_field_counts_as_none(folder: Path) -> None:
    store("key", SEARCH)
    data = json.loads((folder / "key.json").read_text())
    for field in data:
        (folder / "key.json").write_text(
            json.dumps({name: value for name, value in data.items() if name != field})
        )
        assert stored("key") is None


def test_where_nothing_can_be_written_nothing_is_kept(tmp_path: Path) -> None:
    (tmp_path / ".rewardkit").write_text(
        "in the way"
    )  # root may write into a read-only folder, but not into a file
    store("key", SEARCH)
    assert stored("key") is None


GOLD = "SELECT name FROM people WHERE city = 'Oslo'"


def names(folder: Path) -> set[str]:
    return {file.name for file in folder.glob("*.json")}


def grade(people_file: str, gold: str = GOLD, **columns: object) -> float | None:
    return call(
        text_to_sql, {"completion": gold, "reference": gold, "database": people_file, **columns}
    ).value


def copied(people_file: str, change: Callable[[str], str] = str) -> str:
    """Another database with the same content, or with changed content; none of its golds is prepared."""
    copy = Path(people_file).with_name("copy.sql")
    copy.write_text(change(Path(people_file).read_text()))
    return str(copy)


def test_a_search_is_made_once(people_file: str, folder: Path) -> None:
    assert grade(people_file) == 1.0
    (file,) = folder.iterdir()
    file.write_text(file.read_text().replace('"notes":[]', '"notes":["from the file"]'))
    found = task_of(GOLD, open_database(copied(people_file)), Settings()).search
    assert found is not None
    assert found.notes == ("from the file",)


def test_a_damaged_file_is_made_again(people_file: str, folder: Path) -> None:
    assert grade(people_file) == 1.0
    (file,) = folder.iterdir()
    whole = file.read_bytes()
    file.write_bytes(whole[:100])
    assert grade(copied(people_file)) == 1.0
    assert file.read_bytes() == whole


def test_a_folder_that_cannot_be_written_is_no_error(people_file: str, tmp_path: Path) -> None:
    (tmp_path / ".rewardkit").write_text("in the way")
    assert grade(people_file) == 1.0


@pytest.mark.parametrize(
    "change",
    [
        lambda sql: sql.replace("name TEXT", "name TEXT NOT NULL"),
        lambda sql: sql.replace("'Ann'", "'Eve'"),
        lambda sql: sql.replace("x INTEGER", "x BIGINT"),
    ],
)  # fmt: skip
def test_another_schema_or_other_rows_are_another_search(
    people_file: str, folder: Path, change: Callable[[str], str]
) -> None:
    grade(people_file)
    grade(copied(people_file, change))
    assert len(names(folder)) == 2


@pytest.mark.parametrize(
    "columns",
    [
        {"instances": "auto:3"},
        {"clock": "2020-01-01"},
        {"ordered": True},
        {"instances": "given"},
    ],
)
def test_other_settings_are_another_search(
    people_file: str, folder: Path, columns: dict[str, object]
) -> None:
    grade(people_file)
    grade(people_file, **columns)
    assert len(names(folder)) == 2


def test_another_gold_is_another_search_and_the_same_one_elsewhere_is_not(
    people_file: str, folder: Path
) -> None:
    grade(people_file)
    grade(copied(people_file))
    assert len(names(folder)) == 1
    grade(people_file, GOLD.replace("Oslo", "Rome"))
    assert len(names(folder)) == 2


def test_keys_are_short_and_differ(people_file: str) -> None:
    schema = open_database(people_file).schema
    keys = {
        key_of(schema),
        key_of(schema, 1),
        key_of(Settings()),
        key_of(replace(Settings(), clock="2020-01-01")),
    }
    assert len(keys) == 4
    assert {len(key) for key in keys} == {40}
