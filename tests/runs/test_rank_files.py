"""Several processes writing one run: what each of them writes, and the one file that is made of it."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import recount
from batch_writer import NAME, Nursery

from rewardkit.errors import ConfigError, DataError
from rewardkit.runs import Fault, Result, RunFolder, read_results

GRADERS = {"second": "f2", "first": "f1"}  # the order of the command line, not of the alphabet
# A file of answers has its repeats where it has them: q2, q10, q2 again.
UNITS = [*((f"q{i}", 0) for i in range(30, 0, -1)), *((f"q{i}", 1) for i in range(1, 9))]


def opened(root: Path, rank: int = 0) -> RunFolder:
    settings: Any = {"versions": {}, "fingerprints": GRADERS, "seed": 0, "rank": rank}
    return RunFolder.open(root, "demo", "eval", {}, **settings)


def planned() -> list[Result]:
    """The results of two stages and two decodings in the order in which one process takes them."""
    return [
        Result(
            stage, decoding, sample, repeat, grader, GRADERS[grader], f"{sample} says {stage}", 0.25 * repeat
        )  # type: ignore[arg-type]
        for stage in ("base", "rft")
        for decoding in ("greedy", "sampled")
        for sample, repeat in UNITS
        for grader in GRADERS
    ]


def split(root: Path, rows: Sequence[Result], writers: int, seed: int) -> Path:
    """Deal the rows out to writers at random, who write them in any order, and merge."""
    randomly = random.Random(seed)
    rows = randomly.sample(rows, len(rows))
    opened(root).close()
    for rank in randomly.sample(range(writers), writers):
        with opened(root, rank) as folder:
            folder.append_results(rows[rank::writers])
            folder.append_faults(fault(row) for row in rows[rank::writers] if row.repeat)
    with opened(root) as folder:
        assert folder.merge_results(units=UNITS) == len(rows)
        assert len(folder.done_keys()) == len(rows)
        return folder.path


def fault(row: Result) -> Fault:
    return Fault(**row.key._asdict(), cause="died", output="Segmentation fault")


@pytest.mark.parametrize("writers", [1, 2, 7])
def test_the_merged_file_is_that_of_one_process_whoever_wrote_what(tmp_path: Path, writers: int) -> None:
    rows = planned()
    with opened(tmp_path / "one") as folder:
        folder.append_results(rows)
        one = folder.path
    parts = split(tmp_path / "split", rows, writers, seed=writers)
    assert (parts / "results.jsonl").read_bytes() == (one / "results.jsonl").read_bytes()
    assert len((parts / "faults.jsonl").read_bytes().splitlines()) == sum(row.repeat for row in rows)
    assert not list(parts.glob("results.rank*.jsonl"))


def test_without_an_order_rows_stand_by_stage_decoding_sample_repeat_and_grader(tmp_path: Path) -> None:
    merged = []
    for writers in (1, 2, 7):
        folder = split(tmp_path / str(writers), planned(), writers, seed=writers)
        with opened(tmp_path / str(writers)) as run:
            run.merge_results()
        merged.append((folder / "results.jsonl").read_bytes())
    assert merged[0] == merged[1] == merged[2]
    assert [row.sample for row in read_results(folder)[:6]] == ["q1", "q1", "q1", "q1", "q10", "q10"]


def test_a_file_that_is_in_order_is_not_written_again(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results(planned())
        before = (folder.path / "results.jsonl").stat()
        folder.merge_results(units=UNITS)
        assert (folder.path / "results.jsonl").stat().st_ino == before.st_ino


def test_ranks_of_an_earlier_run_are_merged_on_opening_whatever_their_number_was(tmp_path: Path) -> None:
    rows = planned()
    opened(tmp_path).close()
    for rank in (1, 2, 6):
        with opened(tmp_path, rank) as folder:
            folder.append_results(rows[rank::7])
    with opened(tmp_path) as folder:
        assert len(folder.done_keys()) == len(rows[1::7]) + len(rows[2::7]) + len(rows[6::7])
        assert not list(folder.path.glob("*.rank*.jsonl"))


def test_a_rank_knows_what_was_merged_and_its_own(tmp_path: Path) -> None:
    rows = planned()
    with opened(tmp_path) as folder:
        folder.append_results(rows[:5])
    with opened(tmp_path, 1) as folder:
        assert folder.append_results(rows[:8]) == 3
        assert (
            {row.key for row in folder.iter_results()}
            == {row.key for row in rows[:8]}
            == set(folder.done_keys())
        )
    with opened(tmp_path, 1) as folder:
        assert len(folder.done_keys()) == 8


def test_a_rank_goes_on_after_rank_0_has_merged_what_it_wrote(tmp_path: Path) -> None:
    rows = planned()
    with opened(tmp_path) as first, opened(tmp_path, 1) as second:
        second.append_results(rows[:3])
        first.merge_results(units=UNITS)
        second.append_results(rows[:5])
        assert len(second.read_results()) == 5
        assert first.merge_results(units=UNITS) == 5


def test_of_two_rows_with_one_key_that_of_results_jsonl_stays(tmp_path: Path) -> None:
    row = planned()[0].as_row()
    with opened(tmp_path) as folder:
        path = folder.path
    with opened(tmp_path, 1) as folder:
        folder.append_results([{**row, "reason": "of rank 1"}])
    (path / "results.jsonl").write_text(json.dumps({**row, "reason": "first"}) + "\n")
    with opened(tmp_path) as folder:
        assert [one.reason for one in folder.read_results()] == ["first"]


def test_only_rank_0_writes_the_other_files(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with opened(tmp_path, 1) as folder:
        folder.append_samples([])
        folder.append_metrics([{"phase": "rft", "step": 1}])
        folder.add_seconds("eval", 1.0)
        folder.write_summary({})
        assert sorted(path.name for path in folder.path.glob("[!.]*")) == ["run.json"]
        with pytest.raises(RuntimeError, match="rank 1 cannot merge"):
            folder.merge_results()


def test_two_processes_cannot_be_one_rank(tmp_path: Path) -> None:
    code = (
        "import sys; from rewardkit.runs import RunFolder\n"
        "RunFolder.open(sys.argv[1], 'demo', 'eval', {}, versions={}, fingerprints={'second': 'f2', 'first': 'f1'}, seed=0, rank=1)"
    )
    opened(tmp_path).close()
    with opened(tmp_path, 1):
        second = subprocess.run(
            [sys.executable, "-c", code, tmp_path], capture_output=True, text=True, check=False
        )
    assert "another process is writing this run" in second.stderr


def test_a_rank_of_another_run_is_refused(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(ConfigError, match="seed was 0, now 1"):
        RunFolder.open(tmp_path, "demo", "eval", {}, versions={}, fingerprints=GRADERS, seed=1, rank=1)


def test_a_spoiled_line_of_a_rank_is_named_and_nothing_is_removed(tmp_path: Path) -> None:
    opened(tmp_path).close()
    part = tmp_path / "demo" / "results.rank1.jsonl"
    part.write_bytes(b"{oops\n")
    with pytest.raises(DataError, match=r"results\.rank1\.jsonl:1: not valid JSON"):
        opened(tmp_path)
    assert part.is_file()


@pytest.mark.parametrize("state", ["half a file beside", "merged, none removed", "merged, one removed"])
def test_a_merge_killed_between_its_steps_loses_and_doubles_nothing(tmp_path: Path, state: str) -> None:
    rows = planned()
    whole = split(tmp_path / "whole", rows, 3, seed=1) / "results.jsonl"
    opened(tmp_path).close()
    folder = tmp_path / "demo"
    for rank in (0, 1, 2):
        with opened(tmp_path, rank) as run:
            run.append_results(rows[rank::3])
    parts = [*sorted(folder.glob("results.rank*.jsonl")), folder / "results.jsonl"]
    assert sum(len(part.read_bytes().splitlines()) for part in parts) == len(rows)
    if state == "half a file beside":
        (folder / ".results.jsonl.tmp").write_bytes(whole.read_bytes()[:999])
    else:
        shutil.copy(whole, folder / "results.jsonl")
    if state == "merged, one removed":
        parts[0].unlink()
    with opened(tmp_path) as run:
        run.merge_results(units=UNITS)
    assert (folder / "results.jsonl").read_bytes() == whole.read_bytes()
    assert not list(folder.glob(".*.tmp"))


@pytest.mark.slow
def test_ranks_append_while_rank_0_merges_again_and_again(tmp_path: Path) -> None:
    rows = 600
    nurseries = [Nursery() for _ in range(4)]
    with nurseries[0], nurseries[1], nurseries[2], nurseries[3]:
        nurseries[3].run(tmp_path / "whole", rows, finish=True)
        for rank, nursery in enumerate(nurseries[:3]):
            nursery.start(tmp_path, rows, world=3, rank=rank, batch=2, merge_often=rank == 0)
        for nursery in nurseries[:3]:
            ended = nursery.ended()
            assert ended.code == 0, ended.said
        files = (tmp_path / NAME).glob("results*.jsonl")
        assert (
            len({key for path in files for key in recount.counted(path)[0]}) == rows
        )  # before anything is made again
        nurseries[3].run(tmp_path, rows, finish=True)
    found = recount.recount(tmp_path / NAME, tmp_path / "whole" / NAME)
    assert (found["lines"], found["duplicates"], found["missing"], found["left"]) == (rows, [], [], [])
