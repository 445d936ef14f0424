"""Control experiments: the same training with a reward that says nothing of the completion."""

from __future__ import annotations

import json
import random
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from training_projects import RUN, project, read, rows

from rewardkit import Component, Sample, Score, collect
from rewardkit.errors import ConfigError
from rewardkit.evaluating.comparing import compare
from rewardkit.grader import Grader
from rewardkit.runs import read_summary
from rewardkit.scoring import Item, Scorer
from rewardkit.trainer import run
from rewardkit.trainer.reward.controls import (
    changed,
    control_of,
    dealt,
    dealt_references,
    in_form,
    reference_columns,
)
from rewardkit.trainer.reward.rewards import TrainingReward
from rewardkit.trainer.settings.config import load_config

GRADERS = """
from rewardkit import partial_credit, reward, weighted

@reward(isolation="inline")
def same(completion: str, reference: str) -> bool:
    return completion == reference

@reward(isolation="inline")
def polite(completion: str) -> bool:
    return "please" in completion

@reward(isolation="inline")
def whole_row(completion: str, sample: dict) -> bool:
    return completion == sample["reference"]

@reward(isolation="inline", answer="number", range=(-1, 1))
def number(completion: str, reference: str) -> float:
    return 1.0 if completion == reference else -1.0

@reward(isolation="inline", answer="sql")
def sql(completion: str) -> float:
    return 0.0

@reward(isolation="inline", answer="json")
def json(completion: str) -> float:
    return 0.0

@partial_credit({"starts": 0.5, "ends": 1.0}, isolation="inline")
def ladder(completion: str, reference: str):
    yield "starts", completion.startswith("a")
    yield "ends", completion == reference

both = weighted((same, 1), (whole_row, 1))
"""

Write = Callable[[str, str], Path]


def grader(write: Write, name: str) -> Grader:
    [found] = collect([f"{write('graders_of_controls.py', GRADERS)}:{name}"])
    return found


def samples(*references: str) -> list[Sample]:
    return [Sample(f"q{i}", f"say {i}", {"reference": text}) for i, text in enumerate(references)]


def items(*texts: str) -> list[Item]:
    return [Item(text, {"id": f"q{i}", "reference": text}, seed=i) for i, text in enumerate(texts)]


def test_scores_dealt_at_random_are_the_same_scores() -> None:
    scores = [Score(i / 10) for i in range(10)]
    found = dealt(scores, items(*"abcdefghij"))
    assert Counter(found) == Counter(scores)
    assert found != scores
    assert found == dealt(scores, items(*"abcdefghij"))  # drawn by the seeds of the completions


def test_dealing_says_nothing_of_the_completion_that_a_score_falls_on() -> None:
    draw, kept = random.Random(0), 0
    for _ in range(400):
        drawn = [Item(str(i), seed=draw.randrange(2**31)) for i in range(8)]
        kept += dealt([Score(1.0)] + [Score(0.0)] * 7, drawn)[0] == Score(1.0)
    assert 30 <= kept <= 72  # 50 expected: one in eight


def test_an_unscored_completion_is_dealt_nothing() -> None:
    scores = [Score(0.0), Score.unscored("timeout"), Score(1.0), Score(0.5)]
    found = dealt(scores, items(*"abcd"))
    assert not found[1].scored
    assert {score.value for score in found} == {0.0, 1.0, 0.5, None}


def test_the_form_of_a_ladder_is_its_first_level(write: Write) -> None:
    ladder = grader(write, "ladder")
    first = Score(0.5, (Component("starts", 1.0, level=0.5), Component("ends", 0.0, level=1.0)))
    none = Score(0.0, (Component("starts", 0.0, level=0.5), Component("ends", 0.0, level=1.0)))
    assert in_form(ladder, first, Item("ab")).value == 1.0
    assert in_form(ladder, none, Item("b")).value == 0.0


@pytest.mark.parametrize(("text", "value"), [("about 7", 1.0), ("no idea", -1.0), ("<think>7</think>", -1.0)])
def test_the_form_of_a_number_is_that_there_is_one_in_the_units_of_the_range(
    write: Write, text: str, value: float
) -> None:
    assert in_form(grader(write, "number"), Score(-1.0), Item(text)).value == value


@pytest.mark.parametrize(
    ("text", "value"), [("```sql\nselect 1\n```", 1.0), ("(SELECT 1)", 1.0), ("I select nothing", 0.0)]
)
def test_the_form_of_sql_is_a_query(write: Write, text: str, value: float) -> None:
    assert in_form(grader(write, "sql"), Score(0.0), Item(text)).value == value


@pytest.mark.parametrize(("text", "value"), [('so {"a": 1}', 1.0), ('{"a": ', 0.0)])
def test_the_form_of_json_is_an_object(write: Write, text: str, value: float) -> None:
    assert in_form(grader(write, "json"), Score(0.0), Item(text)).value == value


@pytest.mark.parametrize(("text", "value"), [("b", 1.0), (" . ", 0.0)])
def test_any_words_have_the_form_of_an_answer_of_no_declared_kind(
    write: Write, text: str, value: float
) -> None:
    assert in_form(grader(write, "same"), Score(0.0), Item(text)).value == value


def test_no_sample_keeps_its_reference(write: Write) -> None:
    train, same = samples(*"abcdefgh"), grader(write, "same")
    others = dealt_references(same, train, seed=0)
    assert sorted(str(columns["reference"]) for columns in others.values()) == list("abcdefgh")
    assert all(others[sample.id]["reference"] != sample.reference for sample in train)
    assert others == dealt_references(same, train, seed=0)
    assert others != dealt_references(same, train, seed=1)


@pytest.mark.parametrize(("references", "least"), [("aabb", 2), ("aaaaaaab", 1), ("ab", 2)])
def test_equal_references_are_dealt_so_that_some_differ(write: Write, references: str, least: int) -> None:
    same, train = grader(write, "same"), samples(*references)
    assert all(changed(same, train, seed) >= least for seed in range(20))


@pytest.mark.parametrize("name", ["same", "whole_row", "both"])
def test_shuffled_references_are_what_completions_are_graded_against(write: Write, name: str) -> None:
    train, known = samples("a", "b"), grader(write, name)
    assert reference_columns(known) == ["reference"]
    with Scorer(workers=1) as scorer:
        control = control_of("shuffled-reference", known, train, seed=0, scorer=scorer)
        found = control([Score(1.0), Score(0.0)], [Item(s.reference, s.row()) for s in train])
        assert [score.value for score in found] == [0.0, 0.0]
        swapped = [Item("b", train[0].row()), Item("a", train[1].row())]
        assert [score.value for score in control([Score(0.0)] * 2, swapped)] == [1.0, 1.0]


def test_references_cannot_be_shuffled_where_there_are_none(write: Write) -> None:
    with pytest.raises(ConfigError, match=r"polite.* uses no reference"):
        dealt_references(grader(write, "polite"), samples("a", "b"), seed=0)


def test_references_cannot_be_shuffled_where_all_are_equal(write: Write) -> None:
    with pytest.raises(ConfigError, match="all 3 training samples have the same reference"):
        dealt_references(grader(write, "same"), samples("a", "a", "a"), seed=0)


def test_the_optimiser_sees_the_control_and_the_log_the_true_reward(write: Write) -> None:
    logged: dict[str, list[float]] = {}

    def flipped(scores: Sequence[Score], items: Sequence[Item]) -> list[Score]:
        return [Score(1.0 - float(score)) for score in scores]

    reward = TrainingReward(grader(write, "same"), samples("a"), control=flipped)
    given = reward(
        completions=["a", "b"],
        sample_index=[0, 0],
        log_metric=lambda name, value: logged.setdefault(name, []).append(value),
    )
    assert given == [0.0, 1.0]
    assert logged["rewardkit/true_reward"] == [1.0, 0.0]
    assert [(one.score.value, one.reward) for one in reward.last] == [(1.0, 0.0), (0.0, 1.0)]


def test_what_a_control_cannot_score_counts_for_the_guard(write: Write) -> None:
    reward = TrainingReward(
        grader(write, "same"), samples("a"), control=lambda *_: [Score.unscored("bad_reference", "torn")]
    )
    assert reward(completions=["a"], sample_index=[0]) == [None]
    assert (reward.window.unscored, reward.window.example) == (1, "torn")


def test_the_name_says_that_a_run_is_a_control(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    path = project(tmp_path / "p", tmp_path / "model", run=RUN)
    config = load_config(path, control="random", seed=3).config
    assert (config.name, config.control, config.seed) == ("letters-control-random-seed3", "random", 3)


VARIED = RUN.replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory, model: Path) -> Path:
    """runs/ with a training and its three controls, on rows whose letters differ."""
    pytest.importorskip("trl")
    home = tmp_path_factory.mktemp("controls")
    path = project(home, model, run=VARIED)
    train = read(home / "train.jsonl")
    rows(home / "train.jsonl", [{**row, "letter": "abc"[i % 3]} for i, row in enumerate(train)])
    for control in (None, "random", "format", "shuffled-reference"):
        run(path, untested=True, control=control, runs_dir=home / "runs")
    return home / "runs"


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["random", "format", "shuffled-reference"])
def test_a_control_trains_on_its_own_reward_and_measures_the_true_one(trained: Path, kind: str) -> None:
    folder = trained / f"letters-control-{kind}"
    lines, [note, *_] = read(folder / "metrics.jsonl"), read_summary(folder).notes
    assert len(lines) == 6
    assert 0 < lines[0]["true_reward"] < 1
    if kind == "format":
        assert [line["reward"] for line in lines[1:]] == [1.0] * 5  # every completion that is not empty
        assert max(line["true_reward"] for line in lines) < 0.5
    elif kind == "random":
        assert all(line["reward"] == pytest.approx(line["true_reward"]) for line in lines)
    assert note.startswith(f"control experiment ({kind}): the reward of this training is ")
    assert json.loads((folder / "run.json").read_text())["config"]["control"] == kind
    assert note in (folder / "report.html").read_text().replace("&#39;", "'")


@pytest.mark.slow
def test_a_training_is_compared_with_its_control(trained: Path) -> None:
    compared = compare(str(trained / "letters-control-format"), str(trained / "letters"))
    assert compared.pairs
    assert (trained / "letters" / "metrics.jsonl").read_text().count("true_reward") == 0
