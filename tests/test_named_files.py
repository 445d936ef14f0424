"""The files that rows name count by what is in them."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import gated, reward, weighted
from rewardkit.errors import DataError, GraderError
from rewardkit.fingerprints import fingerprint
from rewardkit.grader import Grader
from rewardkit.named_files import NamedFiles, digest_of


def test_a_file_counts_by_its_content_and_not_by_its_date_or_place(write: WriteFile) -> None:
    first = digest_of(str(write("a.sql", "one")))
    os.utime("a.sql", (1, 1))
    assert first == digest_of("a.sql") == digest_of(str(write("deep/b.sql", "one"))) is not None
    assert digest_of(str(write("a.sql", "two"))) != first


def test_a_change_is_seen_at_once_though_size_and_date_are_the_same(write: WriteFile) -> None:
    seen = set()
    for text in "abcdefgh":
        write("a.sql", text)
        os.utime("a.sql", ns=(1, 1))
        seen.add(digest_of("a.sql"))
    assert len(seen) == 8


def test_a_folder_counts_by_the_names_and_contents_of_its_files(write: WriteFile) -> None:
    write("shop/orders.csv", "id\n1\n")
    write("shop/deep/more.csv", "id\n2\n")
    seen = [digest_of("shop")]
    for change in (
        lambda: write("shop/deep/more.csv", "id\n3\n"),
        lambda: Path("shop/orders.csv").rename("shop/lines.csv"),
        lambda: write("shop/third.csv", ""),
    ):
        change()
        seen.append(digest_of("shop"))
    assert len({*seen}) == 4
    write("shop/.hidden/cache", "x")
    write("shop/.DS_Store", "x")
    assert digest_of("shop") == seen[-1]


def test_links_that_lead_back_end_the_walk(write: WriteFile) -> None:
    write("shop/orders.csv", "id\n")
    Path("shop/again").symlink_to(Path("shop").resolve())
    assert digest_of("shop") is not None


def test_what_is_no_path_has_no_content(write: WriteFile) -> None:
    write("here.sql", "")
    os.mkfifo("pipe")
    nothing = ["gone.sql", "", '{"people": []}', "a\0b", "x" * 5000, "here.sql\n", "\ud800", "pipe"]
    assert [digest_of(text) for text in nothing] == [None] * len(nothing)


@reward(files=("database",), isolation="inline")
def on_database(completion: str, database: str = "default.sql") -> bool:
    return completion == Path(database).read_text(encoding="utf-8")


@reward(files=("tables",), isolation="inline")
def on_tables(completion: str, tables: list[str]) -> bool:
    return completion in tables


def of(grader: Grader, **columns: object) -> list[str]:
    return [*NamedFiles([grader]).of(columns)]


def test_declared_columns_name_files_lists_too_and_others_do_not(write: WriteFile) -> None:
    write("a.sql", "a")
    write("b.sql", "b")
    assert of(on_database, database="a.sql", prompt="b.sql") == ["a.sql"]
    assert of(on_tables, tables=["a.sql", "gone.sql", ["b.sql"], 7]) == ["a.sql", "b.sql"]
    assert of(on_tables, tables={"a.sql": 1}) == []


@pytest.mark.parametrize("empty", [{}, {"database": None}, {"database": ""}])
def test_an_empty_column_stands_for_the_default_of_its_parameter(
    write: WriteFile, empty: dict[str, object]
) -> None:
    write("default.sql", "a")
    assert of(on_database, **empty) == ["default.sql"]


def test_a_combination_has_the_files_of_its_parts(write: WriteFile) -> None:
    write("a.sql", "a")
    write("default.sql", "d")
    both = weighted((gated(on_tables, on_database), 1), (on_tables, 1), name="both")
    assert of(both, tables=["a.sql"]) == ["a.sql", "default.sql"]


def test_a_grader_of_the_whole_sample_may_name_any_column(write: WriteFile) -> None:
    write("a.sql", "a")

    @reward(files=("database",))
    def whole(completion: str, sample: dict[str, object]) -> bool:
        return True

    assert of(whole, database="a.sql") == ["a.sql"]


def test_what_was_seen_is_checked_again(write: WriteFile) -> None:
    write("a.sql", "a")
    files = NamedFiles([on_database])
    files.of({"database": "a.sql"})
    files.check()
    write("a.sql", "b")
    with pytest.raises(DataError, match=r"a\.sql: it changed while completions were graded"):
        files.check()


def test_a_column_that_is_not_asked_for_is_refused_where_it_is_declared() -> None:
    with pytest.raises(GraderError, match=r"no column 'databse'.*Did you mean 'database'\?"):

        @reward(files=("databse",))
        def wrong(completion: str, database: str) -> bool:
            return True

    with pytest.raises(GraderError, match="must be names of columns"):
        reward(files="database")(lambda completion, database: True)  # type: ignore[arg-type]


def test_declaring_files_leaves_the_fingerprint_as_it_is() -> None:
    def grade(completion: str, database: str) -> bool:
        return True

    assert fingerprint(reward(files=("database",))(grade)) == fingerprint(reward(grade))
