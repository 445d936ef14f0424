"""What is written down of the completions of a training: all of them as Parquet, and those that stand out."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from rewardkit import Run, Sample, Score
from rewardkit.errors import DataError
from rewardkit.runs import RunFolder
from rewardkit.runs.reading import read_notable
from rewardkit.scores import Component

pytest.importorskip("pyarrow", reason="pyarrow comes with the extra 'train'")
pytest.importorskip("transformers")

from rewardkit.trainer.watching.notable import Notables, standing_out
from rewardkit.trainer.watching.recording import Recorder
from rewardkit.trainer.watching.rollouts import Rollout

SAMPLES = [Sample(f"q{number}", f"say {number}", {}) for number in range(8)]


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[RunFolder]:
    with RunFolder.open(tmp_path, "t", "train", {}, versions={}, fingerprints={}, seed=0) as opened:
        yield opened


def drawn(value: float | None, text: str = "a", *, sample: int = 0, step: int = 0, **other: Any) -> Rollout:
    score = Score.unscored("timeout", "no result within 2 s") if value is None else Score(value)
    known = {"group": f"q{sample}/0", "reward": value, "advantage": 0.5, "tokens": len(text), **other}
    return Rollout(step, sample, seed=0, text=text, score=score, **known)


def test_a_row_has_all_that_is_known_of_a_completion(folder: RunFolder) -> None:
    parts = (Component("parses", 1.0), Component("exact", None))
    shaped = replace(
        drawn(0.4, "select 1", step=2, reward=0.0), score=Score(0.4, parts, reason="no such table")
    )
    Recorder(folder, "rft", SAMPLES).hear([shaped, drawn(None, "\ud800", sample=1, step=2, truncated=True)])
    first, second = Run.open(folder.path).rollouts.to_arrow_table().to_pylist()
    assert first == {
        "phase": "rft",
        "step": 3,
        "place": 0,
        "group": "q0/0",
        "sample": "q0",
        "completion": "select 1",
        "score": 0.4,
        "reward": 0.0,
        "advantage": 0.5,
        "cause": None,
        "reason": "no such table",
        "tokens": 8,
        "truncated": False,
        "component_parses": 1.0,
        "component_exact": None,
    }
    assert (second["cause"], second["completion"], second["truncated"]) == ("timeout", "\\ud800", True)


def test_without_texts_neither_completions_nor_reasons_are_kept(folder: RunFolder) -> None:
    Recorder(folder, "rft", SAMPLES, texts=False).hear([drawn(None, "secret")])
    columns = Run.open(folder.path).rollouts.columns
    assert not {"completion", "reason"} & set(columns)
    assert b"secret" not in next(folder.path.glob("rollouts/*")).read_bytes()


def test_a_step_of_several_generations_is_one_file(folder: RunFolder) -> None:
    recorder = Recorder(folder, "rft", SAMPLES)
    for step, text in ((0, "a"), (0, "b"), (1, "c")):
        recorder.hear([drawn(1.0, text, step=step)])
    rows = Run.open(folder.path).rollouts.project("step, place, completion").fetchall()
    assert rows == [(1, 0, "a"), (1, 1, "b"), (2, 0, "c")]


def test_steps_after_the_checkpoint_are_gone_when_a_training_resumes(folder: RunFolder) -> None:
    recorder, notables = Recorder(folder, "rft", SAMPLES), Notables(folder, "rft", SAMPLES)
    for step in range(4):
        recorder.hear([drawn(1.0, step=step)])
        notables.hear([drawn(1.0, step=step)])
    (folder.path / "rollouts" / ".rft-000004.parquet.tmp").write_bytes(b"half")
    folder.truncate_metrics("rft", 2)
    assert sorted(path.name for path in (folder.path / "rollouts").iterdir()) == [
        "rft-000001.parquet",
        "rft-000002.parquet",
    ]
    assert [line.step for line in read_notable(folder.path)] == [1, 2]


def test_a_run_that_recorded_nothing_says_so(folder: RunFolder) -> None:
    with pytest.raises(DataError, match="has recorded no completions"):
        _ = Run.open(folder.path).rollouts


def kinds(rollouts: list[Rollout]) -> dict[str, str]:
    return {kind: one.text for kind, one, _ in standing_out(rollouts)}


def test_the_best_of_a_step_is_told_and_nothing_is_strange_where_all_are_alike() -> None:
    assert kinds([drawn(0.5, text) for text in "abcd"]) == {"best": "a"}
    assert kinds([drawn(None)] * 4) == {}


def test_one_that_is_cut_off_and_well_paid_is_strange() -> None:
    poor = [drawn(0.1, truncated=True) for _ in range(6)]
    assert kinds([*poor, drawn(0.9, "aaaa", truncated=True), drawn(1.0, "aa")]) == {
        "best": "aa",
        "cut off": "aaaa",
    }


def test_one_far_longer_than_its_group_and_well_paid_is_strange() -> None:
    group = [drawn(0.1, "abc"), drawn(0.2, "abcd"), drawn(0.1, "ab"), drawn(0.9, "a" * 40)]
    (found,) = [why for kind, _, why in standing_out(group) if kind == "length"]
    assert found == "40 tokens where its group has 3.5, and among the best paid"


def test_one_text_for_many_prompts_is_strange_where_it_is_well_paid() -> None:
    rollouts = [drawn(0.9, "same", sample=number) for number in range(3)]
    rollouts += [drawn(0.1, f"own {number}", sample=number) for number in range(8)]
    (found,) = [why for kind, _, why in standing_out(rollouts) if kind == "repeated"]
    assert found == "the same text for 3 of 8 prompts, and among the best paid"
    poor = [replace(one, score=Score(1 - (one.score.value or 0))) for one in rollouts]
    assert "repeated" not in kinds(poor)


def test_long_completions_are_cut_and_left_out_without_texts(folder: RunFolder) -> None:
    Notables(folder, "rft", SAMPLES).hear([drawn(1.0, "a" * 5000)])
    Notables(folder, "rft", SAMPLES, texts=False).hear([drawn(1.0, "a" * 5000, step=1)])
    kept, left_out = read_notable(folder.path)
    assert kept.completion == "a" * 2000
    assert left_out.completion is None
