"""The rows of a run without held-out rows: how they are split, and what is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from training_projects import FOLDED, folded, rows

from rewardkit.errors import ConfigError, DataError
from rewardkit.trainer.rows.data import Samples, read_data
from rewardkit.trainer.settings.config import load_config

WITH_EXPERT = FOLDED.replace('train = "train.jsonl"', 'train = "train.jsonl"\nexpert = "train.jsonl"')
FREE = 'train = "train.jsonl"\nunlabelled = "free.jsonl"'


def data(tmp_path: Path, text: str = FOLDED, **files: list[dict[str, Any]]) -> Samples:
    (tmp_path / "empty").mkdir(exist_ok=True)
    path = folded(tmp_path / "p", tmp_path / "empty", run=text)
    for name, values in files.items():
        rows(path.parent / f"{name}.jsonl", values)
    return read_data(load_config(path))


def refused(tmp_path: Path, text: str, **files: list[dict[str, Any]]) -> str:
    with pytest.raises((ConfigError, DataError)) as caught:
        data(tmp_path, text, **files)
    return str(caught.value)


def labelled(count: int, **columns: Any) -> list[dict[str, Any]]:
    return [{"id": f"t{i}", "prompt": f"say {i}", "letter": "a", **columns} for i in range(count)]


def ids(samples: tuple[Any, ...]) -> set[str]:
    return {sample.id for sample in samples}


def test_each_fold_trains_on_the_rows_that_it_does_not_hold_out(tmp_path: Path) -> None:
    samples = data(tmp_path)
    everything = {f"t{i}" for i in range(12)}
    assert [len(fold.heldout) for fold in samples.folds] == [4, 4, 4]
    assert all(ids(fold.train) == everything - ids(fold.heldout) for fold in samples.folds)
    assert set().union(*(ids(fold.heldout) for fold in samples.folds)) == everything == ids(samples.heldout)


def test_four_folds_are_made_unless_there_are_fewer_rows(tmp_path: Path) -> None:
    text = FOLDED.replace("folds = 3\n", "")
    assert len(data(tmp_path, text).folds) == 4
    assert len(data(tmp_path, text, train=labelled(3)).folds) == 3


def test_an_expert_row_of_a_held_out_prompt_is_left_out_of_its_fold(tmp_path: Path) -> None:
    samples = data(tmp_path, WITH_EXPERT, train=labelled(12, gold="aaa"))
    assert all(ids(fold.expert) == ids(fold.train) for fold in samples.folds)


def test_a_fold_that_would_have_no_expert_row_is_refused(tmp_path: Path) -> None:
    text = FOLDED.replace('train = "train.jsonl"', 'train = "train.jsonl"\nexpert = "expert.jsonl"')
    message = refused(tmp_path, text, expert=[{"id": "e", "prompt": "say 3", "gold": "aaa"}])
    assert "run.toml:8: fold " in message
    assert "leaves no row of expert: all 1 belong to the 4 rows that it holds out" in message


def test_rows_of_one_cluster_are_held_out_together_and_counted_as_one(tmp_path: Path) -> None:
    text = FOLDED.replace("folds = 3", 'folds = 3\ncluster = "db"')
    train = [{**row, "db": f"db{number // 4}"} for number, row in enumerate(labelled(12))]
    samples = data(tmp_path, text, train=train)
    assert [len({s.columns["db"] for s in fold.heldout}) for fold in samples.folds] == [1, 1, 1]
    assert samples.units == 3


def test_rows_of_one_prompt_count_as_one_unit(tmp_path: Path) -> None:
    train = [*labelled(12), {"id": "again", "prompt": "say 3", "letter": "b"}]
    assert (data(tmp_path, train=train).units, data(tmp_path).clusters) == (12, None)


def test_rows_that_all_belong_together_are_refused(tmp_path: Path) -> None:
    train = [{"id": f"t{i}", "prompt": "say 1", "letter": "a"} for i in range(4)]
    assert "leaves 1 group of them" in refused(tmp_path, FOLDED, train=train)


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("folds = 13", "run.toml:8: folds = 13: at most 12 here"),
        ("folds = 1", "run.toml:8: folds = 1 leaves no row to train on"),
        ("folds = 0", "folds = 0 holds out nothing, so it needs [data] unlabelled"),
        ('folds = 3\nheldout = "train.jsonl"', "folds has no effect with heldout"),
        ('final = false\nheldout = "train.jsonl"', "final has no effect with heldout"),
        ('final = false\nunlabelled = "train.jsonl"', "so final must be true"),
    ],
)
def test_what_makes_no_sense_together_is_refused(tmp_path: Path, change: str, said: str) -> None:
    assert said in refused(tmp_path, FOLDED.replace("folds = 3", change))


def test_a_limit_with_folds_is_refused(tmp_path: Path) -> None:
    message = refused(tmp_path, FOLDED.replace("k = 2", "k = 2\nlimit = 5"))
    assert "limit has no effect with folds" in message


def test_an_unlabelled_prompt_that_is_trained_on_is_refused(tmp_path: Path) -> None:
    text = FOLDED.replace('train = "train.jsonl"\nfolds = 3', f"{FREE}\nfolds = 0")
    message = refused(tmp_path, text, free=[{"prompt": "say 3"}])
    assert "free.jsonl:1: this held-out prompt is also a prompt of" in message


def test_an_unlabelled_file_need_not_have_the_renamed_reference(tmp_path: Path) -> None:
    text = FOLDED.replace('train = "train.jsonl"', f'{FREE}\ncolumns = {{ reference = "letter" }}')
    assert len(data(tmp_path, text, free=[{"prompt": "say 90"}]).unlabelled) == 1


def test_a_run_with_held_out_rows_keeps_the_identity_that_it_had(tmp_path: Path) -> None:
    # Runs that were started before there were folds must go on.
    text = FOLDED.replace("folds = 3", 'heldout = "held.jsonl"')
    held = [{"id": "h", "prompt": "say 50", "letter": "a"}]
    samples = data(tmp_path, text, held=held)
    config = load_config(tmp_path / "p" / "run.toml").config
    assert set(samples.identity(config)) == {"train", "heldout"}
