"""Creating, resuming and writing a run folder."""

from __future__ import annotations

import json
import os
import random
import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rewardkit.errors import ConfigError, DataError
from rewardkit.runs import (
    Fault,
    Metrics,
    Result,
    RunFolder,
    StepTimes,
    fault_of,
    iter_faults,
    read_results,
    result_of,
)
from rewardkit.runs.report import write_report
from rewardkit.samples import Sample
from rewardkit.scores import Component, Score

CONFIG = {"model": "tiny", "rft": {"steps": 12, "learning_rate": 5e-4}}


def opened(root: Path, config: dict[str, Any] | None = None, **changes: Any) -> RunFolder:
    settings: dict[str, Any] = {
        "versions": {"rewardkit": "0.1"},
        "fingerprints": {"query": "f0"},
        "seed": 0,
        **changes,
    }
    return RunFolder.open(root, "demo", "train", config or CONFIG, **settings)


def a_result(
    sample: str = "q1", value: float | None = 1.0, completion: str = "SELECT 1", **changes: Any
) -> Result:
    score = Score(value) if value is not None else Score.unscored("timeout", "no answer within 2 s")
    fields: dict[str, Any] = {
        "stage": "base",
        "decoding": "greedy",
        "repeat": 0,
        "grader": "query",
        "fingerprint": "f0",
    }
    return result_of(score, sample=sample, completion=completion, **{**fields, **changes})


def test_a_new_folder_says_what_is_run(tmp_path: Path) -> None:
    with opened(tmp_path, samples={"file": "heldout.jsonl", "count": 300}) as folder:
        info = json.loads((folder.path / "run.json").read_text())
    assert set(info) == {
        "verb",
        "name",
        "config",
        "config_hash",
        "versions",
        "fingerprints",
        "seed",
        "samples",
        "primary",
        "started_from",
    }
    assert info["config"] == CONFIG


def test_the_file_that_describes_a_run_is_named_from_its_folder(tmp_path: Path) -> None:
    with opened(tmp_path / "runs", started_from=tmp_path / "sql" / "run.toml") as folder:
        assert folder.info.started_from == "../../sql/run.toml"


def test_the_same_configuration_resumes_with_its_results(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result("q1"), a_result("q2", None)])
    with opened(tmp_path, dict(reversed(CONFIG.items()))) as folder:
        assert {key.sample for key in folder.done_keys()} == {"q1", "q2"}


def test_another_configuration_is_refused_and_the_changed_keys_are_named(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with pytest.raises(
        ConfigError, match=r"k was absent, now 4; rft.steps was 12, now 16\. Use another --run name"
    ):
        opened(tmp_path, {"model": "tiny", "k": 4, "rft": {"steps": 16, "learning_rate": 5e-4}})


@pytest.mark.parametrize(
    ("changes", "named"),
    [
        ({"seed": 1}, "seed was 0, now 1"),
        (
            {"fingerprints": {"query": "f1"}},
            r"the grader 'query' has changed \(fingerprint \"f0\", now \"f1\"\)",
        ),
        ({"samples": {"count": 3}}, "samples.count was absent, now 3"),
    ],
)
def test_another_seed_grader_or_data_set_is_refused(
    tmp_path: Path, changes: dict[str, Any], named: str
) -> None:
    opened(tmp_path).close()
    with pytest.raises(ConfigError, match=named):
        opened(tmp_path, **changes)


def test_other_package_versions_resume_and_the_first_are_kept(tmp_path: Path) -> None:
    opened(tmp_path).close()
    with opened(tmp_path, versions={"rewardkit": "0.2"}) as folder:
        assert folder.info.versions == {"rewardkit": "0.1"}


@pytest.mark.parametrize("name", ["", "../up", "a/b", ".hidden", "a b", "x" * 101])
def test_a_run_name_that_is_no_plain_name_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ConfigError, match="run name"):
        RunFolder.open(tmp_path, name, "eval", {}, versions={}, fingerprints={}, seed=0)


def test_a_folder_with_other_files_is_not_taken_over(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "thesis.tex").touch()
    with pytest.raises(ConfigError, match=r"thesis\.tex is in it"):
        opened(tmp_path)


def test_a_folder_killed_before_run_json_is_started_afresh(tmp_path: Path) -> None:
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / ".run.json.tmp").write_text('{"verb"')
    with opened(tmp_path) as folder:
        assert folder.read_results() == []


def test_a_second_process_cannot_write_the_same_run(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from rewardkit.runs import RunFolder\n"
        "RunFolder.open(Path(sys.argv[1]), 'demo', 'train', {}, versions={}, fingerprints={}, seed=0)"
    )
    with opened(tmp_path):
        second = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True, check=False
        )
    assert "another process is writing this run" in second.stderr


def test_a_result_line_holds_what_the_design_says_and_nothing_of_the_moment(tmp_path: Path) -> None:
    score = Score(0.5, (Component("rows", 0.5, level=0.7, reason="3 of 6 rows"),))
    row = result_of(
        score,
        stage="rft",
        decoding="greedy",
        sample="q1",
        repeat=0,
        grader="query",
        fingerprint="f0",
        completion="SELECT 1",
    )
    with opened(tmp_path) as folder:
        folder.append_results([row])
        assert json.loads((folder.path / "results.jsonl").read_text()) == {
            "stage": "rft",
            "decoding": "greedy",
            "sample": "q1",
            "repeat": 0,
            "grader": "query",
            "fingerprint": "f0",
            "completion": "SELECT 1",
            "value": 0.5,
            "cause": None,
            "components": [
                {"name": "rows", "value": 0.5, "weight": None, "level": 0.7, "reason": "3 of 6 rows"}
            ],
            "reason": "",
        }


def test_a_result_that_is_there_is_not_written_twice(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        assert folder.append_results([a_result("q1"), a_result("q1")]) == 1
    with opened(tmp_path) as folder:
        assert folder.append_results([a_result("q1"), a_result("q2")]) == 1
        assert [row.sample for row in folder.read_results()] == ["q1", "q2"]


@pytest.mark.parametrize("text", ["\ud800 lone", "\0", "\u202e", "</script>", "x" * 100_000, "a\r\nb\u2028c"])
def test_any_completion_comes_back_as_it_was(tmp_path: Path, text: str) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result(completion=text)])
        assert folder.read_results()[0].completion == text


@pytest.mark.parametrize("value", [float("nan"), float("inf"), "high"])
def test_a_value_that_is_no_finite_number_is_refused_before_anything_is_written(
    tmp_path: Path, value: Any
) -> None:
    good = a_result("q1").as_row()
    with opened(tmp_path) as folder:
        with pytest.raises(DataError, match=r"results\.jsonl: value: "):
            folder.append_results([good, {**good, "sample": "q2", "value": value}])
        assert folder.read_results() == []


@pytest.mark.parametrize("kept", [0, 1, 2])
def test_a_folder_killed_while_appending_loses_only_the_line_that_was_cut(tmp_path: Path, kept: int) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result(f"q{i}") for i in range(3)])
        path = folder.path / "results.jsonl"
    lines = path.read_bytes().splitlines(keepends=True)
    path.write_bytes(
        b"".join(lines[:kept]) + lines[kept][:-1]
    )  # complete but for its newline: still not there
    with opened(tmp_path) as folder:
        assert len(folder.done_keys()) == kept
        folder.append_results([a_result(f"q{i}") for i in range(3)])
    assert path.read_bytes() == b"".join(lines)


def test_a_spoiled_line_inside_the_file_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result()])
    path = tmp_path / "demo" / "results.jsonl"
    path.write_bytes(path.read_bytes() + b"{oops\n")
    with pytest.raises(DataError, match=r"results\.jsonl:2: not valid JSON"):
        read_results(tmp_path / "demo")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ('{"stage": "base"}', "decoding: Field required"),
        ("[1, 2]", "a record is an object"),
        ("7", "a record is"),
    ],
)
def test_resuming_with_a_line_that_is_no_result_names_it(tmp_path: Path, line: str, wrong: str) -> None:
    opened(tmp_path).close()
    (tmp_path / "demo" / "results.jsonl").write_text(line + "\n")
    with pytest.raises(
        DataError, match=rf"results\.jsonl:1: {wrong}.*; delete the line, or restore the file"
    ):
        opened(tmp_path)


def test_a_flipped_bit_is_named_with_its_line_or_leaves_a_sound_file(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results(
            a_result(f"q{i}", None if i % 3 else 0.5, "\ud800 x" * (i % 5), repeat=i % 2) for i in range(12)
        )
        path, whole = folder.path / "results.jsonl", (folder.path / "results.jsonl").read_bytes()
    randomly, named = random.Random(1), []
    for _ in range(120):
        damaged = bytearray(whole)
        damaged[randomly.randrange(len(whole) - 1)] ^= 1 << randomly.randrange(8)
        path.write_bytes(damaged)
        try:
            with opened(tmp_path) as folder:
                assert len(folder.read_results()) == len(folder.done_keys()) == 12
                write_report(folder.path)
        except DataError as error:
            named.append(str(error))
    assert len(named) > 60  # the rest fell on letters of a text, which became other letters
    assert all(re.search(r"results\.jsonl:\d+: .*delete", text, re.DOTALL) for text in named)


def test_a_line_that_is_there_twice_is_named(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result("q1"), a_result("q2")])
        path = folder.path / "results.jsonl"
    path.write_bytes(path.read_bytes() + path.read_bytes().splitlines(keepends=True)[0])
    with pytest.raises(DataError, match=r"results\.jsonl:3: this line is there twice; delete one of the two"):
        opened(tmp_path)


def test_reading_a_run_that_is_being_written_leaves_out_the_unfinished_line(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result()])
        with (folder.path / "results.jsonl").open("ab") as handle:
            handle.write(b'{"stage":"ba')
        assert len(read_results(folder.path)) == 1


def test_unscored_results_can_be_dropped_for_a_retry(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result("q1"), a_result("q2", None)])
        assert folder.drop_results(lambda row: row.value is None) == 1
        assert folder.append_results([a_result("q2", 0.0)]) == 1


def test_results_can_be_read_one_at_a_time_while_more_are_appended(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_results([a_result("q1")])
        read = folder.iter_results()
        assert next(read).sample == "q1"
        folder.append_results([a_result("q2")])
        assert [row.sample for row in folder.iter_results()] == ["q1", "q2"]


def test_what_a_grader_printed_is_kept_once_beside_the_result(tmp_path: Path) -> None:
    score = Score(None, cause="died", output="Segmentation fault \ud800")
    row = a_result("q1", None)
    fault = fault_of(score, row.key)
    assert fault is not None
    with opened(tmp_path) as folder:
        folder.append_faults([fault, fault])
        path = folder.path / "faults.jsonl"
    path.write_bytes(path.read_bytes() + b'{"stage":"ba')
    with opened(tmp_path) as folder:
        folder.append_faults([fault])
        assert [one.output for one in iter_faults(folder.path)] == ["Segmentation fault \ud800"]
    assert json.loads(path.read_text()) == {**row.key._asdict(), "cause": "died", "output": fault.output}


def test_a_score_without_output_has_no_fault() -> None:
    key = a_result("q1", None).key
    assert fault_of(Score.unscored("timeout"), key) is None
    assert fault_of(Score(1.0), key) is None


def test_a_fault_goes_with_the_result_that_is_dropped(tmp_path: Path) -> None:
    rows = [a_result("q1", None), a_result("q2", None)]
    with opened(tmp_path) as folder:
        folder.append_results(rows)
        folder.append_faults(Fault(**row.key._asdict(), cause="timeout", output="at line 3") for row in rows)
        folder.drop_results(lambda row: row.sample == "q1")
        assert [fault.sample for fault in iter_faults(folder.path)] == ["q2"]


def test_components_that_are_no_finite_numbers_are_refused(tmp_path: Path) -> None:
    odd = replace(a_result("q1"), components=(Component("rows", float("inf")),))
    with opened(tmp_path) as folder, pytest.raises(DataError, match=r"components\.0\.value: .* finite"):
        folder.append_results([odd])


def test_metrics_leave_out_what_is_missing_and_keep_numbers_that_are_not_finite(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_metrics(
            [{"phase": "rft", "step": 1, "reward": 0.5, "grad_norm": float("inf"), "entropy": float("nan")}]
        )
        line = json.loads((folder.path / "metrics.jsonl").read_text())
        assert line == {"phase": "rft", "step": 1, "reward": 0.5, "grad_norm": "inf", "entropy": "nan"}
        assert str(folder.read_metrics()[0].entropy) == "nan"


def test_metrics_after_a_checkpoint_are_dropped_for_that_phase_only(tmp_path: Path) -> None:
    with opened(tmp_path) as folder:
        folder.append_metrics(
            Metrics(phase=phase, step=step, reward=0.1) for phase in ("sft", "rft") for step in range(1, 6)
        )
        assert folder.truncate_metrics("rft", after_step=3) == 2
        assert [(row.phase, row.step) for row in folder.read_metrics()][4:] == [
            ("sft", 5),
            ("rft", 1),
            ("rft", 2),
            ("rft", 3),
        ]


def test_samples_are_kept_once_with_their_columns(tmp_path: Path) -> None:
    sample = Sample("q1", "How many?", {"reference": "42", "day": object})
    with opened(tmp_path) as folder:
        folder.append_samples([sample, sample])
        folder.append_samples([sample])
        assert len((folder.path / "samples.jsonl").read_text().splitlines()) == 1


def test_a_summary_leaves_out_the_keys_that_do_not_apply(tmp_path: Path) -> None:
    row = {"name": "base", "grader": "query", "metric": "score", "decoding": "greedy", "prompts": 300, "k": 1}
    row |= {"mean": 0.24, "low": 0.2, "high": 0.29, "unscored": 0}
    with opened(tmp_path) as folder:
        folder.write_summary({"stages": [row], "comparisons": [], "seconds": {"rft": 12.0}})
        assert json.loads((folder.path / "summary.json").read_text())["stages"] == [row]


def test_seconds_add_up_over_resumed_runs(tmp_path: Path) -> None:
    for seconds in (1.5, 2.0):
        with opened(tmp_path) as folder:
            folder.add_seconds("rft", seconds)
    assert folder.seconds() == {"rft": 3.5}


def test_what_tells_of_single_steps_is_forced_to_disk_when_a_checkpoint_is_to_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forced: list[str] = []
    fsync = os.fsync

    def seen(descriptor: int) -> None:
        forced.append(Path(f"/dev/fd/{descriptor}").resolve().name)
        fsync(descriptor)

    with opened(tmp_path) as folder:
        monkeypatch.setattr(os, "fsync", seen)
        folder.append_times(StepTimes(phase="rft", step=1, seconds=1.0))
        folder.write_rollouts("rft", 1, b"parquet")
        assert forced == []
        folder.force_to_disk()
        assert {*forced} == {"rft-000001.parquet", "times.jsonl", "rollouts", "demo"}
        forced.clear()
        folder.append_times(StepTimes(phase="rft", step=2, seconds=1.0))
    assert forced == ["times.jsonl", "demo"]
