"""The files of a run: what is refused, and the order in which prompts are trained on."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest
from training_projects import RUN, project, rows

from rewardkit.errors import ConfigError, DataError
from rewardkit.trainer.rows.data import Samples, answers_of, grpo_rows, read_data, sft_rows, training_order
from rewardkit.trainer.settings.config import load_config


def data(tmp_path: Path, text: str = RUN, **files: list[dict[str, object]]) -> Samples:
    (tmp_path / "empty").mkdir(exist_ok=True)
    path = project(tmp_path / "p", tmp_path / "empty", run=text)
    for name, values in files.items():
        rows(path.parent / f"{name}.jsonl", values)
    return read_data(load_config(path))


def test_every_prompt_comes_equally_often_in_a_shuffled_order() -> None:
    order = training_order(5, 15, seed=1)
    assert set(Counter(order).values()) == {3}
    assert order[:5] != sorted(order[:5])
    assert order == training_order(5, 15, seed=1)


def test_a_held_out_prompt_that_is_trained_on_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"heldout\.jsonl:1: this held-out prompt is also a prompt of .*train\.jsonl:2"
    ):
        data(tmp_path, heldout=[{"id": "h", "prompt": "say 1", "letter": "a", "part": "odd"}])


def test_an_expert_row_without_its_answer_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        DataError, match=r"expert\.jsonl:1: .*column 'gold'; it has: golden\. Did you mean 'golden'"
    ):
        data(tmp_path, expert=[{"id": "e", "prompt": "say 40", "golden": "aaa"}])


def test_a_slice_that_is_no_column_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"run\.toml:11: slice = 'prat': no such column .* Did you mean 'part'"
    ):
        data(tmp_path, RUN.replace('slice = "part"', 'slice = "prat"'))


def test_references_of_mixed_types_stay_out_of_the_data_set(tmp_path: Path) -> None:
    # Arrow has no column that holds rows, a number and a text.
    mixed = [{"id": f"t{i}", "prompt": f"say {i}", "letter": v} for i, v in enumerate([[["x", 1]], 7, "a"])]
    samples = data(tmp_path, train=mixed).train
    assert grpo_rows(samples, "", chat=False) == [
        {"prompt": "say 0", "sample_index": 0},
        {"prompt": "say 1", "sample_index": 1},
        {"prompt": "say 2", "sample_index": 2},
    ]


def test_a_system_message_stands_before_prompts_of_both_trainings(tmp_path: Path) -> None:
    samples = data(tmp_path)
    [first] = grpo_rows(samples.train[:1], "Be brief.", chat=True)
    [expert] = sft_rows(answers_of(samples.expert[:1], "gold"), "Be brief.", chat=True)
    assert [turn["role"] for turn in first["prompt"]] == ["system", "user"]
    assert expert["prompt"][0] == {"role": "system", "content": "Be brief."}
    assert expert["completion"] == [{"role": "assistant", "content": "aaabaa"}]


def test_a_limit_of_the_held_out_prompts_is_a_sample_that_no_seed_changes(tmp_path: Path) -> None:
    text = RUN.replace("[eval]", "[eval]\nlimit = 5")
    ids = [sample.id for sample in data(tmp_path, text).heldout]
    assert (len(ids), ids) == (5, sorted(ids))
    assert ids != [f"h{i}" for i in range(10, 15)]
    assert ids == [
        sample.id
        for sample in data(tmp_path, text.replace('name = "letters"', 'name = "letters"\nseed = 7')).heldout
    ]


def test_rows_of_another_tool_are_trained_on_and_what_is_taken_is_said(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    path = project(tmp_path / "p", tmp_path / "empty", run=RUN)
    rows(path.parent / "heldout.jsonl", [{"question": "say 9", "letter": "a", "part": "odd", "answer": "a"}])
    said: list[str] = []
    samples = read_data(load_config(path), say=said.append)
    assert (samples.heldout[0].prompt, samples.heldout[0].reference) == ("say 9", "a")
    assert [line.partition(": ")[2] for line in said] == [
        "question and answer rows: prompt <- question, reference <- answer ([data] columns decides otherwise)"
    ]
