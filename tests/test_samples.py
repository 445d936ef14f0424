from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest
from writing import WriteFile

from rewardkit.errors import DataError
from rewardkit.rows import iter_rows, read_rows
from rewardkit.samples import read_samples, some_of


def test_the_four_kinds_of_file_hold_the_same_rows(write: WriteFile, tmp_path: Path) -> None:
    rows = [{"prompt": "6 x 7?", "reference": "42"}, {"prompt": "7 x 8?", "reference": "56"}]
    write("a.jsonl", "\n".join(json.dumps(row) for row in rows))
    write("a.json", json.dumps(rows))
    write("a.csv", "prompt,reference\n6 x 7?,42\n7 x 8?,56\n")
    duckdb.sql("SELECT * FROM read_csv('a.csv', all_varchar = true)").write_parquet("a.parquet")
    for name in ("a.jsonl", "a.json", "a.csv", "a.parquet"):
        assert [row.values for row in read_rows(name)] == rows


def test_values_of_a_csv_stay_text(write: WriteFile) -> None:
    write("a.csv", "prompt,reference\nagent?,007\n")
    assert read_samples("a.csv")[0].reference == "007"


def test_columns_are_renamed(write: WriteFile) -> None:
    write("a.csv", "prompt,answer\nx,42\n")
    (sample,) = read_samples("a.csv", columns={"reference": "answer"})
    assert sample.reference == "42"
    assert "answer" not in sample.columns


def test_renaming_an_unknown_column_gives_a_hint(write: WriteFile) -> None:
    write("a.csv", "prompt,answer\nx,42\n")
    with pytest.raises(DataError, match=r"a\.csv:2: no column 'anwser' .*Did you mean 'answer'"):
        read_samples("a.csv", columns={"reference": "anwser"})


def test_chat_messages_become_text_and_are_kept(write: WriteFile) -> None:
    row = {"prompt": [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hi"}]}
    write("a.jsonl", json.dumps(row))
    (sample,) = read_samples("a.jsonl")
    assert sample.prompt == "Be brief.\n\nHi"
    assert sample.messages == tuple(row["prompt"])


def test_a_row_without_id_gets_one_from_its_content(write: WriteFile) -> None:
    write("a.jsonl", '{"prompt": "x"}\n{"prompt": "y"}\n')
    first, second = read_samples("a.jsonl")
    assert first.id != second.id
    assert read_samples("a.jsonl")[0].id == first.id


def test_ids_are_unique(write: WriteFile) -> None:
    write("a.jsonl", '{"id": 1, "prompt": "x"}\n{"id": "1", "prompt": "y"}\n')
    with pytest.raises(DataError, match=r"a\.jsonl:2: id '1' is already the id of a\.jsonl:1"):
        read_samples("a.jsonl")


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("a.jsonl", '{"prompt": "x"}\n{"prompt": \n', r"a\.jsonl:2: not valid JSON"),
        ("a.jsonl", "[1, 2]\n", r"a\.jsonl:1: each row must be a JSON object, got list"),
        ("a.jsonl", "\n\n", r"a\.jsonl: the file has no rows"),
        ("a.jsonl", "[" * 100_000, r"a\.jsonl:1: not usable JSON"),
        (
            "a.jsonl",
            '{"a": ' + "[" * 300 + "]" * 300 + "}",
            r"a\.jsonl:1: not usable JSON: nested more than 200 deep",
        ),
        ("a.json", '{"prompt": "x"}', r"must hold one list of objects"),
        ("a.csv", "a,b\n1,2\n1,2,3\n", r"a\.csv:3: 3 cells, but the header names 2 columns"),
        ("a.csv", "a,a\n1,2\n", r"a\.csv:1: column 'a' appears twice"),
        ("a.csv", 'a,b\n"x\ny",2\n"1"2,3\n', r"a\.csv:4: not valid CSV"),
        ("a.parquet", "PAR", r"not readable as Parquet"),
        ("a.xlsx", "x", r"cannot read a '\.xlsx' file; allowed: \.jsonl, \.json, \.csv, \.parquet"),
    ],
)
def test_a_malformed_file_is_named_with_its_line(
    write: WriteFile, name: str, text: str, message: str
) -> None:
    write(name, text)
    with pytest.raises(DataError, match=message):
        read_rows(name)


def test_a_missing_file_gets_a_hint(write: WriteFile) -> None:
    write("answers.csv", "a\n1\n")
    with pytest.raises(DataError, match=r"answer\.csv: no such file\. Did you mean 'answers\.csv'"):
        read_rows("answer.csv")


def test_bad_utf_8_is_named_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b'{"a": 1}\n{"a": "\xff"}\n')
    with pytest.raises(DataError, match=r"a\.jsonl:2: not valid UTF-8"):
        read_rows(path)


def test_a_byte_order_mark_and_windows_line_ends_are_fine(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("\ufeffprompt,reference\r\nx,1\r\n".encode())
    assert read_rows(path)[0].values == {"prompt": "x", "reference": "1"}


def test_a_line_separator_inside_a_string_does_not_split_a_row(write: WriteFile) -> None:
    write("a.jsonl", '{"prompt": "one\u2028two"}\n')
    assert read_rows("a.jsonl")[0].values["prompt"] == "one\u2028two"


def test_some_rows_are_drawn_at_random_by_the_seed_and_keep_their_order() -> None:
    rows = list(range(100))
    drawn = some_of(rows, 20, seed=1)
    assert (len(drawn), drawn) == (20, sorted(drawn))
    assert drawn == some_of(rows, 20, seed=1)
    assert drawn != some_of(rows, 20, seed=2)
    assert max(drawn) > 40  # not the first of a file that may be sorted


def test_a_limit_above_the_number_of_rows_takes_them_all() -> None:
    assert some_of([1, 2, 3], 9) == some_of([1, 2, 3], None) == [1, 2, 3]


def test_two_columns_can_swap_their_names(write: WriteFile) -> None:
    write("a.jsonl", '{"prompt": "x", "gold": "g", "reference": "r"}\n')
    (sample,) = read_samples("a.jsonl", columns={"gold": "reference", "reference": "gold"})
    assert sample.columns == {"gold": "r", "reference": "g"}


def test_a_cell_of_more_than_64_megabytes_is_refused_with_its_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"prompt\nx\n" + b"y" * (64 * 1024 * 1024 + 1))
    with pytest.raises(DataError, match=r"a\.csv:3: not valid CSV: field larger than field limit"):
        read_rows(path)


def test_rows_are_read_one_at_a_time(write: WriteFile) -> None:
    write("a.jsonl", '{"prompt": "x"}\n{"prompt": \n')
    rows = iter_rows("a.jsonl")
    assert next(rows).values == {"prompt": "x"}
    with pytest.raises(DataError, match=r"a\.jsonl:2"):
        next(rows)


def test_an_empty_id_is_refused(write: WriteFile) -> None:
    write("a.csv", "id,prompt\n,x\n")
    with pytest.raises(DataError, match=r"a\.csv:2: the id is empty"):
        read_samples("a.csv")
