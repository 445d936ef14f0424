"""Odd data: each is graded and kept as it is, or refused with file and line before anything runs. The table is in docs/data.md.

Through the real command on real files; results are read back with `json` alone.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from command_line import rewardkit
from writing import WriteFile

GRADERS = """
    from rewardkit import reward

    @reward
    def same(completion: str, reference: object) -> bool:
        return completion == str(reference)
"""


@pytest.fixture
def project(write: WriteFile) -> Path:
    return write("graders.py", GRADERS).parent


def grade(name: str, content: bytes) -> list[dict[str, Any]]:
    """Grade a file; the lines of its results, which must be as many as the report of the command says."""
    Path(name).write_bytes(content)
    ran = rewardkit("grade", name, "-g", "graders.py", "--run", "mine", "--json", "--out", "out.jsonl")
    assert ran.code == 0, ran.err
    lines = [json.loads(line) for line in Path("out.jsonl").read_bytes().split(b"\n")[:-1]]
    assert len(lines) == ran.json()["rows"] == ran.json()["graders"][0]["completions"]
    assert Path("out.jsonl").read_bytes() == Path("runs/mine/results.jsonl").read_bytes()
    return lines


def samples() -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path("runs/mine/samples.jsonl").read_bytes().split(b"\n")[:-1]]


def refused(name: str, content: bytes) -> str:
    """What is said of a file that is refused; no run folder may be there."""
    Path(name).write_bytes(content)
    ran = rewardkit("grade", name, "-g", "graders.py", "--json")
    assert (ran.code, ran.out) == (2, "")
    assert not Path("runs").exists()
    return ran.err


def line(**columns: Any) -> bytes:
    return json.dumps(columns).encode() + b"\n"


FINE = line(completion="yes", reference="yes")

TEXTS = {
    "lone surrogates": "half \ud83d of a pair, and \udfff",
    "NUL": "a\0b",
    "control characters": "\x01\x1b[31mred\x7f\x85",
    "line separators": "one\u2028two\u2029three\x0bfour\x0cfive",
    "text that runs backwards": "\u202egnitirw",
    "markup": "</script><img src=x onerror=alert(1)>",
    "no character at all": "",
    "Windows line ends": "one\r\ntwo\r\n",
}


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS)
def test_any_text_is_graded_and_kept_in_completion_reference_and_id(project: Path, text: str) -> None:
    (result,) = grade("a.jsonl", line(id=f"q{text}", prompt=text, completion=text, reference=text))
    assert (result["sample"], result["completion"], result["value"]) == (f"q{text}", text, 1.0)
    (sample,) = samples()
    assert (sample["prompt"], sample["columns"]["reference"]) == (text, text)


def test_a_completion_of_10_megabytes_is_graded_and_kept(project: Path) -> None:
    text = "".join(f"{n:09} " for n in range(1_000_000))
    (result,) = grade("a.jsonl", line(completion=text, reference=text))
    assert (result["completion"] == text, result["value"]) == (True, 1.0)


@pytest.mark.parametrize("number", [2**64, -(2**64) - 1, 10**4000, 0.1, 5e-324, -0.0, True, None])
def test_numbers_reach_the_grader_and_the_run_as_they_are(project: Path, number: object) -> None:
    (result,) = grade("a.jsonl", line(id=1, completion=str(number), reference=number))
    assert (result["sample"], result["value"]) == ("1", 1.0)
    assert repr(samples()[0]["columns"]["reference"]) == repr(number)


def test_a_number_above_64_bits_can_be_an_id(project: Path) -> None:
    (result,) = grade("a.jsonl", line(id=2**64, completion="x", reference="x"))
    assert result["sample"] == str(2**64)


@pytest.mark.parametrize(
    ("content", "rows"),
    [
        (b"\xef\xbb\xbf" + FINE, 1),
        (FINE.replace(b"\n", b"\r\n") * 2, 2),
        (b"\n\n" + FINE + b"  \t\r\n" + FINE + b"\n\n", 2),
        (FINE + FINE.rstrip(), 2),
    ],
    ids=["byte order mark", "CRLF", "blank lines", "no newline at the end"],
)
def test_marks_and_line_ends_do_not_matter(project: Path, content: bytes, rows: int) -> None:
    assert [result["value"] for result in grade("a.jsonl", content)] == [1.0] * rows


def test_rows_that_are_the_same_are_all_graded(project: Path) -> None:
    row = line(id="q1", completion="yes", reference="yes")
    results = grade("a.jsonl", row * 3)
    assert [(result["sample"], result["repeat"]) for result in results] == [("q1", 0), ("q1", 1), ("q1", 2)]


def test_columns_that_no_grader_asks_for_may_come_and_go(project: Path) -> None:
    rows = [line(completion="yes", reference="yes", **extra) for extra in ({"a": 1}, {"b": [2]}, {})]
    grade("a.jsonl", b"".join(rows))
    assert [sample["columns"] for sample in samples()] == [
        {"reference": "yes", "a": 1},
        {"reference": "yes", "b": [2]},
        {"reference": "yes"},
    ]


DEEP = b'{"completion": "x", "reference": ' + b"[" * 100_000 + b"]" * 100_000 + b"}\n"

JSONL = {
    "NaN": (FINE + b'{"completion": "x", "reference": NaN}\n', "a.jsonl:2: not usable JSON: NaN is no JSON value; write null"),
    "infinity": (b'{"completion": "x", "reference": -Infinity}\n', "a.jsonl:1: not usable JSON: -Infinity is no JSON"),
    "a number beyond floats": (b'{"completion": "x", "reference": 1e999}\n', "a.jsonl:1: not usable JSON: 1e999 is beyond the range"),
    "5,000 digits": (FINE + b'{"completion": "x", "reference": ' + b"7" * 5000 + b"}\n", "a.jsonl:2: not usable JSON: a whole number of more than 4,300 digits; write it as text"),
    "depth 100,000": (FINE + DEEP, "a.jsonl:2: not usable JSON: nested more than 200 deep"),
    "bad UTF-8": (FINE + b'{"completion": "caf\xe9"}\n', "a.jsonl:2: not valid UTF-8 (byte 0xe9 at place 20 of the line)"),
    "an encoded surrogate": (b'{"completion": "\xed\xa0\x80"}\n', "a.jsonl:1: not valid UTF-8 (byte 0xed"),
    "UTF-16": ("\ufeff{}".encode("utf-16-le"), "a.jsonl:1: not valid UTF-8 (byte 0xff at place 1 of the line); save the file as UTF-8"),
    "a bare control character": (b'{"completion": "a\0b"}\n', "a.jsonl:1: not valid JSON: Invalid control character at column 18"),
    "one id, two samples": (line(id="q", completion="x", reference="1") + b"\n" + line(id="q", completion="x", reference="2"), "a.jsonl:3: id 'q' is that of a.jsonl:1 too, with another prompt or reference"),
    "an empty id": (line(id="", completion="x", reference="x"), "a.jsonl:1: the id is empty"),
    "a column that is missing": (FINE * 3 + line(completion="x", refrence="x"), "asks for 'reference', which is no column in a.jsonl:4"),
    "no completion": (FINE + line(reference="x"), "a.jsonl:2: no column 'completion'; available: reference"),
    "a completion that is null": (FINE + line(completion=None, reference="x"), "a.jsonl:2: completion is None; it must be text"),
    "a key twice": (b'{"completion": "x", "completion": "y"}\n', "a.jsonl:1: not usable JSON: key 'completion' stands twice"),
    "no bytes": (b"", "a.jsonl: the file has no rows"),
    "blank lines only": (b"\n \r\n\t\n", "a.jsonl: the file has no rows"),
    "two objects on a line": (FINE.rstrip() + FINE, "a.jsonl:1: not valid JSON: one object a line, but more follows at column"),
    "a torn last line": (FINE + FINE[:18], "a.jsonl:2: not valid JSON: Unterminated string starting at column 16: '{\"completion\": \"ye'; it is the last line and has no newline: was the file cut off while it was written?"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "message"), JSONL.values(), ids=JSONL)
def test_what_cannot_be_kept_is_refused_with_its_line(project: Path, content: bytes, message: str) -> None:
    assert message in refused("a.jsonl", content)


CSV = {
    "NaN": (b"nan", "nan"),
    "NUL": (b"a\0b", "a\0b"),
    "line separators": ("one\u2028two".encode(), "one\u2028two"),
    "lines in a cell": (b'"one\r\ntwo\rthree\n""four"""', 'one\r\ntwo\rthree\n"four"'),
    "leading zeros": (b"007", "007"),
    "more than 128 KiB": (b"x" * 200_000, "x" * 200_000),
}


@pytest.mark.parametrize(("cell", "text"), CSV.values(), ids=CSV)
def test_a_cell_of_a_csv_is_kept_as_text(project: Path, cell: bytes, text: str) -> None:
    first, second = grade("a.csv", b"completion,reference\r\n" + (cell + b"," + cell + b"\r\n") * 2)
    assert (first["completion"], first["value"], second["repeat"]) == (text, 1.0, 1)


@pytest.mark.parametrize(
    "content",
    [
        b"\xef\xbb\xbfcompletion,reference\nx,x\n",
        b"completion,reference\rx,x\r",
        b"completion,reference\n\n\nx,x",
    ],
    ids=["byte order mark", "old spreadsheets", "blank lines, no newline at the end"],
)
def test_marks_and_line_ends_of_a_csv_do_not_matter(project: Path, content: bytes) -> None:
    assert [result["value"] for result in grade("a.csv", content)] == [1.0]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"completion,reference\nx,y\nx\n", "a.csv:3: 1 cells, but the header names 2 columns"),
        (b'completion,reference\nx,y\nx,"y\nz,y\n', "a.csv:3: not valid CSV: unexpected end of data; a quoted cell that begins"),
        (b"completion,reference\nx,y\ncaf\xe9,y\n", "a.csv:3: not valid UTF-8 (byte 0xe9 at place 4"),
        (b"completion,completion\nx,y\n", "a.csv:1: column 'completion' appears twice"),
        (b"completion,reference\n", "a.csv: the file has no rows"),
        (b"", "a.csv: the file has no rows"),
        (b"\xef\xbb\xbfcompletion;reference\r\nx;y\r\n", "a.csv:1: the header seems to be separated by semicolons: 'completion;reference'; save the file with commas"),
        (b"completion\treference\nx\ty\n", "a.csv:1: the header seems to be separated by tabs"),
        (b"id,completion,reference\n,x,y\n", "a.csv:2: the id is empty; give the row one, or leave the column out"),
    ],
)  # fmt: skip
def test_a_csv_that_is_no_table_is_refused_with_its_line(project: Path, content: bytes, message: str) -> None:
    assert message in refused("a.csv", content)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b'[{"completion": "x", "reference": 1}, {"completion": NaN}]', "a.json[2]: not usable JSON: NaN is no JSON value"),
        (b'[{"completion": "x", "reference": 1},\n {"completion": "y"', "a.json[2]: not valid JSON: Expecting ',' delimiter at line 2"),
        (b'[{"completion": "x", "reference": 1}\n {"completion": "y"}]', "a.json:2: not valid JSON: after object 1 there must be a comma"),
        (b'[{"completion": "x", "reference": 1}]\n[]', "a.json:2: not valid JSON: after object 1 there must be nothing more"),
        (b'[{"completion": "x", "reference": 1}, ' + b"[" * 100_000, "a.json[2]: not usable JSON: nested more than 200 deep"),
        (b'{"completion": "x"}', "a.json: a .json file of samples must hold one list of objects"),
        (b"[]", "a.json: the file has no rows"),
        (b"", "a.json: the file has no rows"),
        (b'[\n{"completion": "caf\xe9"}]', "a.json:2: not valid UTF-8"),
    ],
)  # fmt: skip
def test_a_json_file_names_the_object(project: Path, content: bytes, message: str) -> None:
    assert message in refused("a.json", content)


def test_a_json_list_is_graded(project: Path) -> None:
    rows = [{"completion": text, "reference": text} for text in TEXTS.values()]
    results = grade("a.json", json.dumps(rows, indent=2).encode())
    assert [(result["completion"], result["value"]) for result in results] == [
        (text, 1.0) for text in TEXTS.values()
    ]


def parquet(query: str) -> bytes:
    duckdb.sql(f"COPY ({query}) TO 'made.parquet' (FORMAT parquet)")
    return Path("made.parquet").read_bytes()


def test_a_parquet_file_of_several_batches_is_graded_in_its_order(project: Path) -> None:
    results = grade(
        "a.parquet", parquet("SELECT range::VARCHAR AS completion, range AS reference FROM range(3000)")
    )
    assert [result["completion"] for result in results] == [str(n) for n in range(3000)]
    assert {result["value"] for result in results} == {1.0}


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ("'a' || chr(0) || 'b'", "a\0b"),
        ("18446744073709551616::DECIMAL(38, 0)", "18446744073709551616"),
        ("DATE '2026-11-23'", "2026-11-23"),
        ("NULL::VARCHAR", None),
    ],
)
def test_values_of_parquet_are_kept_as_json_has_them(project: Path, value: str, kept: object) -> None:
    (result,) = grade(
        "a.parquet", parquet(f"SELECT {value} AS reference, coalesce({value}::VARCHAR, 'None') AS completion")
    )
    assert result["value"] == 1.0
    assert samples()[0]["columns"]["reference"] == kept


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT 'x' AS completion, 'nan'::DOUBLE AS reference", "a.parquet[1]: column 'reference' holds nan; write NULL"),
        ("SELECT 'x' AS completion, [1.0, 'inf'::DOUBLE] AS reference", "a.parquet[1]: column 'reference' holds [1.0, inf]"),
        ("SELECT 'x' AS completion, 'y' AS reference FROM range(0)", "a.parquet: the file has no rows"),
    ],
)  # fmt: skip
def test_a_parquet_file_that_cannot_be_kept_is_refused(project: Path, query: str, message: str) -> None:
    assert message in refused("a.parquet", parquet(query))


def test_a_parquet_file_that_was_cut_off_is_refused(project: Path) -> None:
    whole = parquet("SELECT 'x' AS completion, 'y' AS reference")
    assert "a.parquet: not readable as Parquet" in refused("a.parquet", whole[:-20])
