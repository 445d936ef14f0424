"""Writing that survives being killed at any byte."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest

from rewardkit.runs.files import (
    append_lines,
    drop_lines,
    json_line,
    plain,
    repair_lines,
    replace_file,
    write_json,
)


@pytest.mark.parametrize("cut", range(1, 40))
def test_a_last_line_cut_at_any_byte_is_removed_and_the_rest_stays(tmp_path: Path, cut: int) -> None:
    path = tmp_path / "lines.jsonl"
    append_lines(path, [{"n": 1, "text": "one\n"}])
    whole = path.read_bytes()
    path.write_bytes(whole + json_line({"n": 2, "text": "two" * 9})[:cut])
    assert repair_lines(path) == cut
    assert path.read_bytes() == whole


def test_a_cut_line_longer_than_the_search_block_is_removed(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"n":1}\n' + b"x" * 200_000)
    repair_lines(path)
    assert path.read_bytes() == b'{"n":1}\n'


def test_the_only_line_cut_off_leaves_an_empty_file(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"n"')
    assert repair_lines(path) == 4
    assert path.read_bytes() == b""


def test_the_zeros_a_power_cut_leaves_behind_are_removed(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"n":1}\n' + b"\0" * 4096)
    repair_lines(path)
    assert path.read_bytes() == b'{"n":1}\n'


def test_repairing_a_file_that_is_not_there_does_nothing(tmp_path: Path) -> None:
    assert repair_lines(tmp_path / "none.jsonl") == 0


@pytest.mark.parametrize("text", ["\ud800", "\0", "\u2028", "\u202e", 'a"b\\c\n', "é", "🙂"])
def test_odd_text_comes_back_as_it_was(text: str) -> None:
    line = json_line({"text": text})
    assert line.count(b"\n") == 1
    assert json.loads(line) == {"text": text}


def test_what_json_lacks_becomes_text() -> None:
    assert plain([float("nan"), float("-inf"), datetime.date(2026, 11, 22), {1: {"b", "a"}}]) == [
        "nan",
        "-inf",
        "2026-11-22",
        {"1": ["a", "b"]},
    ]


def test_a_replaced_file_leaves_nothing_beside_it(tmp_path: Path) -> None:
    write_json(tmp_path / "a.json", {"n": 1})
    replace_file(tmp_path / "a.json", b"{}")
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_temporary_file_left_by_a_kill_is_written_over(tmp_path: Path) -> None:
    (tmp_path / ".a.json.tmp").write_text("half")
    write_json(tmp_path / "a.json", {"n": 1})
    assert json.loads((tmp_path / "a.json").read_text()) == {"n": 1}
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_unwanted_lines_are_dropped_and_counted(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    append_lines(path, [{"n": n} for n in range(5)])
    assert drop_lines(path, lambda line: json.loads(line)["n"] >= 2) == 3
    assert path.read_bytes() == b'{"n":0}\n{"n":1}\n'
