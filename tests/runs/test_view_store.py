"""The tables that the pages ask: as the files are now, whatever happens to them meanwhile."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from view_pages import HOSTILE, a_run, row

from rewardkit.runs import RunFolder
from rewardkit.runs.viewing import store
from rewardkit.runs.viewing.following import BLOCK, Followed
from rewardkit.runs.viewing.store import Store


@pytest.fixture
def opened() -> Iterator[Store]:
    with Store() as made:
        yield made


def samples_in(opened: Store, folder: Path) -> list[str]:
    with opened.tables(folder) as tables:
        return [sample for (sample,) in tables.rows(f"SELECT sample FROM {tables.results} ORDER BY rowid")]


def trouble_of(opened: Store, folder: Path) -> str:
    with opened.tables(folder) as tables:
        return tables.trouble


def resumed(folder: Path) -> RunFolder:
    return RunFolder.open(
        folder.parent, folder.name, "eval", {}, versions={}, fingerprints={"exact": "f0"}, seed=0
    )


def test_what_is_appended_is_there_at_the_next_look_and_the_rest_is_not_read_again(
    opened: Store, tmp_path: Path
) -> None:
    folder = a_run(tmp_path, "one", [row("q1")])
    assert samples_in(opened, folder) == ["q1"]
    with opened.tables(folder) as tables:
        tables.rows(f"UPDATE {tables.results} SET sample = 'kept'")  # reading again would undo it
    with resumed(folder) as run:
        run.append_results([row("q2"), row("q3")])
    assert samples_in(opened, folder) == ["kept", "q2", "q3"]


def test_a_torn_last_line_is_not_there_until_it_is_whole(opened: Store, tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1")])
    line = json.dumps({**row("q2"), "components": [], "reason": ""})
    with (folder / "results.jsonl").open("a") as file:
        file.write(line[:40])
        file.flush()
        assert (samples_in(opened, folder), trouble_of(opened, folder)) == (["q1"], "")
        file.write(line[40:] + "\n")
    assert samples_in(opened, folder) == ["q1", "q2"]


def test_a_file_that_was_replaced_is_read_again(opened: Store, tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1"), row("q2", None), row("q3")])
    assert samples_in(opened, folder) == ["q1", "q2", "q3"]
    with resumed(folder) as run:
        run.drop_results(lambda result: result.value is None)
    assert samples_in(opened, folder) == ["q1", "q3"]


def test_a_file_rewritten_in_its_place_is_read_again(opened: Store, tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1"), row("q2")])
    assert samples_in(opened, folder) == ["q1", "q2"]
    path = folder / "results.jsonl"
    path.write_bytes(path.read_bytes().replace(b"q2", b"q9"))
    assert samples_in(opened, folder) == ["q1", "q9"]


def test_a_spoiled_line_is_named_and_those_before_it_are_there(opened: Store, tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1"), row("q2"), row("q3")])
    path = folder / "results.jsonl"
    whole = path.read_bytes()
    lines = whole.splitlines(keepends=True)
    path.write_bytes(lines[0] + lines[1].replace(b'"value":1.0', b'"value":"high"') + lines[2])
    assert samples_in(opened, folder) == ["q1"]
    assert trouble_of(opened, folder).startswith("results.jsonl:2: value: Input should be a valid number")
    path.write_bytes(whole)
    assert (samples_in(opened, folder), trouble_of(opened, folder)) == (["q1", "q2", "q3"], "")


@pytest.mark.parametrize("line", [b"{", b"[]", b'{"stage": 3}', b"\xff\xfe", b'{"value":NaN}'])
def test_whatever_stands_in_a_line_is_said_and_never_raised(
    opened: Store, tmp_path: Path, line: bytes
) -> None:
    folder = a_run(tmp_path, "one", [row("q1")])
    for name in ("results.jsonl", "samples.jsonl", "faults.jsonl"):
        with (folder / name).open("ab") as file:
            file.write(line + b"\n")
    assert samples_in(opened, folder) == ["q1"]
    assert "results.jsonl:2: " in trouble_of(opened, folder)


def test_lone_surrogates_and_nul_are_kept_readable(opened: Store, tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1", completion=HOSTILE)], samples={"q1": (HOSTILE, HOSTILE)})
    with opened.tables(folder) as tables:
        ((text, prompt),) = tables.rows(
            f"SELECT completion, prompt FROM {tables.results} JOIN {tables.samples} USING (sample)"
        )
        assert text == prompt == HOSTILE.replace("\ud800", "⟨U+D800⟩")
        assert tables.trouble == ""


def test_blocks_end_with_a_line_however_long_it_is(tmp_path: Path) -> None:
    file = Followed(tmp_path / "lines")
    file.path.write_bytes(b"a\n" + b"b" * (BLOCK + 5) + b"\nc\ntorn")
    blocks = []
    while block := file.next_block():
        file.take(block)
        blocks.append((block[:1], block[-1:], len(block)))
    assert blocks == [(b"a", b"\n", 2), (b"b", b"\n", BLOCK + 6), (b"c", b"\n", 2)]
    assert (file.lines, file.is_same()) == (3, True)


def test_a_folder_that_vanishes_is_an_empty_run(opened: Store, tmp_path: Path) -> None:
    folder = a_run(tmp_path, "one", [row("q1")])
    assert samples_in(opened, folder) == ["q1"]
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert samples_in(opened, folder) == []


def test_tables_of_runs_not_looked_at_for_long_are_given_up(opened: Store, tmp_path: Path) -> None:
    folders = [a_run(tmp_path, f"run{i}", [row(f"q{i}")]) for i in range(store.MOST_RUNS + 3)]
    for folder in folders:
        samples_in(opened, folder)
    with opened.tables(folders[-1]) as tables:
        ((count,),) = tables.rows(
            "SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 'run_%_results'"
        )
    assert count == store.MOST_RUNS
    assert samples_in(opened, folders[0]) == ["q0"]
