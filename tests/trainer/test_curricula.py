"""Prompts by difficulty, fading partial credit, accepted completions: what they do, without a training."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import pytest
from several_processes import ended, start
from training_projects import RUN, project

from rewardkit import Sample, Score, collect, partial_credit, reward
from rewardkit.errors import ConfigError
from rewardkit.scoring import Item
from rewardkit.trainer.curricula.imitation import Accepted, Imitation
from rewardkit.trainer.curricula.keeping import bring_back, keep
from rewardkit.trainer.curricula.prompts import FLOOR, Prompts, is_saturated
from rewardkit.trainer.curricula.resampling import Resampler, Share, Thrown, check_resampling
from rewardkit.trainer.ranks import Ranks
from rewardkit.trainer.reward.rewards import TrainingReward
from rewardkit.trainer.reward.shapes import Annealed
from rewardkit.trainer.settings.config import load_config


@partial_credit({"half": 0.5, "whole": 1.0}, range=(-1, 1))
def ladder(completion: str):  # type: ignore[no-untyped-def]
    """Its scores are made up below."""
    yield "half", True


@reward(pass_at=0.5)
def half(completion: str) -> float:
    """Its scores are made up below."""
    return 0.0


@pytest.mark.parametrize(
    ("progress", "partial"), [(0.0, 0.5), (0.25, 0.5), (0.5, -0.25), (0.75, -1.0), (1.0, -1.0)]
)
def test_partial_credit_fades_and_full_marks_stay(progress: float, partial: float) -> None:
    shape = Annealed.of(ladder, 0.25, 0.75)
    assert shape(Score(0.5), Item(""), progress) == partial
    assert shape(Score(1.0), Item(""), progress) == 1.0
    assert shape(Score(-1.0), Item(""), progress) == -1.0


def test_what_passes_the_mark_rises_to_full_marks() -> None:
    shape = Annealed.of(half, 0.0, 1.0)
    assert [shape(Score(0.6), Item(""), progress) for progress in (0.0, 0.5, 1.0)] == [0.6, 0.8, 1.0]


def test_it_may_fade_at_once() -> None:
    shape = Annealed.of(half, 0.5, 0.5)
    assert [shape(Score(0.2), Item(""), progress) for progress in (0.4, 0.5)] == [0.2, 0.0]


def test_an_unscored_completion_stays_without_a_reward() -> None:
    assert Annealed.of(half, 0.0, 1.0)(Score.unscored("timeout"), Item(""), 0.5) is None


def test_without_difficulty_the_data_keeps_its_order() -> None:
    assert Prompts(4, seed=0).begin(4) is None


def test_prompts_that_say_nothing_are_drawn_less_but_are_drawn() -> None:
    prompts = Prompts(4, seed=0, by_difficulty=True)
    drawn: Counter[int] = Counter()
    for _ in range(400):
        chosen = prompts.begin(1)
        assert chosen is not None
        prompts.see((sample, [0, 1, 0, 1] if sample == 3 else [1, 1, 1, 1]) for sample in chosen)
        drawn.update(chosen)
    assert prompts.weight(3) == 1.0
    assert prompts.weight(0) == pytest.approx(FLOOR, abs=0.01)
    assert drawn[3] > 200
    assert min(drawn.values()) > 10


def test_the_weight_goes_by_the_width_of_the_range() -> None:
    narrow, wide = Prompts(1, seed=0, by_difficulty=True), Prompts(1, seed=0, width=10, by_difficulty=True)
    for prompts in (narrow, wide):
        prompts.see([(0, [0.0, 1.0])])
    assert narrow.weight(0) == 1.0
    assert wide.weight(0) == pytest.approx(FLOOR + (1 - FLOOR) * (1 + 0.02) / 2)


def test_a_group_with_one_reward_says_nothing_of_its_prompt() -> None:
    prompts = Prompts(1, seed=0, by_difficulty=True)
    prompts.see([(0, [None, 1.0]), (0, [None, None])])
    assert prompts.weight(0) == 1.0


def test_no_prompt_comes_twice_while_there_are_others() -> None:
    prompts = Prompts(3, seed=0, by_difficulty=True)
    chosen = prompts.begin(7)
    assert chosen is not None
    assert sorted(chosen[:3]) == sorted(chosen[3:6]) == [0, 1, 2]


def test_another_prompt_is_drawn_for_a_stale_group_and_a_new_one_where_there_is_one() -> None:
    prompts = Prompts(6, seed=0)
    for _ in range(20):
        assert set(prompts.instead([0, 1, 2, 3], [1, 3]).values()) == {4, 5}


def test_where_all_prompts_are_in_use_one_that_is_not_stale_is_drawn_again() -> None:
    prompts = Prompts(3, seed=0)
    assert {prompts.instead([0, 1, 2], [1])[1] for _ in range(20)} == {0, 2}
    assert Prompts(1, seed=0).instead([0, 0], [0, 1]) == {0: 0, 1: 0}


@pytest.mark.parametrize(
    ("rewards", "stale"),
    [
        ([1.0, 1.0], True),
        ([1.0, None, 1.0], True),
        ([0.0, 1.0], False),
        ([1.0, None], False),
        ([None], False),
    ],
)
def test_a_group_is_saturated_by_equal_rewards_and_not_by_missing_ones(
    rewards: list[float | None], stale: bool
) -> None:
    assert is_saturated(rewards) is stale


RATED = """
from rewardkit import Unscored, reward

@reward(isolation="inline", cache=False)
def rated(completion: str) -> float:
    if completion == "?":
        raise Unscored("not now", cause="judge_unavailable")
    with open("calls", "a") as file:
        print(completion, file=file)
    return float(completion)
"""


def renewed(path: Path, drawn: list[str], later: dict[int, list[str]], *, most: int) -> tuple[Share, Thrown]:
    """Groups of two, of the samples 0, 1 ..., out of six; redrawn completions are those of the sample that is asked then."""
    [grader] = collect([f"{path}:rated"])
    rows = [{"prompt": f"p{i}", "sample_index": i} for i in range(6)]
    samples = [Sample(f"q{i}", f"p{i}", {}) for i in range(6)]
    reward = TrainingReward(grader, samples, num_generations=2)
    share = Share(
        [dict(rows[place // 2]) for place in range(len(drawn))],
        [f"p{place // 2}" for place in range(len(drawn))],
        [[place // 2] for place in range(len(drawn))],
        [[place] for place in range(len(drawn))],
    )
    texts = list(drawn)

    def redraw(places: list[int]) -> None:
        for place in places:
            sample = share.rows[place]["sample_index"]
            assert share.prompts[place] == f"p{sample}"
            texts[place] = later.get(sample, ["0", "1"])[place % 2]

    prompts = Prompts(6, seed=0, by_difficulty=True)
    thrown = Resampler(most, 2, rows, prompts, reward, Ranks()).renew(share, redraw, lambda: texts, None)
    given = reward(completions=texts, sample_index=[row["sample_index"] for row in share.rows])
    assert [one.sample_index for one in reward.last] == [row["sample_index"] for row in share.rows]
    assert given == [None if text == "?" else float(text) for text in texts]
    return share, thrown


def test_only_saturated_groups_are_drawn_anew_and_no_completion_is_scored_twice(
    write: Callable[[str, str], Path],
) -> None:
    path = write("rated.py", RATED)
    share, thrown = renewed(path, ["0", "1", "1", "1", "?", "?"], {}, most=3)
    samples = [row["sample_index"] for row in share.rows]
    assert (samples[:2], samples[4:]) == ([0, 0], [2, 2])  # a group that could not be scored is left alone
    assert samples[2] == samples[3] in (3, 4, 5)
    assert thrown == Thrown(groups=1, tokens=4)
    assert (path.parent / "calls").read_text().split() == ["0", "1", "1", "1", "0", "1"]


def test_drawing_anew_ends_after_so_many_times(write: Callable[[str, str], Path]) -> None:
    always = {sample: ["1", "1"] for sample in range(6)}
    _, thrown = renewed(write("rated.py", RATED), ["1"] * 4, always, most=3)
    assert thrown.groups == 6


TORN = """
import json, sys
from rewardkit import Sample, collect
from rewardkit.trainer.curricula.prompts import Prompts
from rewardkit.trainer.curricula.resampling import Resampler, Share
from rewardkit.trainer.ranks import joined
from rewardkit.trainer.reward.rewards import TrainingReward

[grader] = collect(["rated.py:rated"])
rows = [{"prompt": f"p{i}", "sample_index": i} for i in range(9)]
samples = [Sample(f"q{i}", f"p{i}", {}) for i in range(9)]
with joined(timeout=60) as ranks:
    prompts = Prompts(9, seed=0, by_difficulty=True)
    first = prompts.begin(3)
    places = range(6 * ranks.rank, 6 * ranks.rank + 6)
    share = Share([dict(rows[first[place // 4]]) for place in places], [""] * 6, [[1]] * 6, [[1]] * 6)
    texts = ["1" if place < 8 else str(place % 2) for place in places]  # the third group is as it should be
    def redraw(places):
        for place in places:
            texts[place] = str(place % 2)
    reward = TrainingReward(grader, samples, num_generations=4, ranks=ranks)
    thrown = Resampler(2, 4, rows, prompts, reward, ranks).renew(share, redraw, lambda: texts, None)
    print(json.dumps([[row["sample_index"] for row in share.rows], thrown.groups, prompts.state(), first]))
"""


def test_processes_agree_on_the_prompts_of_groups_that_lie_in_two_of_them(
    write: Callable[[str, str], Path],
) -> None:
    pytest.importorskip("torch")
    path = write("rated.py", RATED)
    both = ended(start(2, ["-c", TORN], path.parent))
    assert [one.code for one in both] == [0, 0], both[0].err + both[1].err
    (mine, thrown, state, before), (others, *rest) = (json.loads(one.out) for one in both)
    assert [thrown, state, before] == rest
    groups = [(mine + others)[at : at + 4] for at in (0, 4, 8)]
    assert all(len(set(group)) == 1 for group in groups)
    assert groups[2][0] == before[2]
    assert not {groups[0][0], groups[1][0]} & set(before)
    assert thrown == 2


def test_what_is_kept_comes_back_from_a_checkpoint_and_goes_on_alike(tmp_path: Path) -> None:
    prompts, accepted = Prompts(8, seed=1, by_difficulty=True), Accepted()
    prompts.begin(2)
    prompts.see([(0, [1, 1, 1]), (5, [0, 1, 1])])
    prompts.generated = 6
    accepted.hear([(5, [1, 2]), (0, [3])])
    keep({"prompts": prompts, "accepted": accepted}, tmp_path)
    later, replayed = Prompts(8, seed=1, by_difficulty=True), Accepted()
    bring_back({"prompts": later, "accepted": replayed}, tmp_path)
    assert (later.state(), replayed.state()) == (prompts.state(), accepted.state())
    assert [later.begin(3) for _ in range(5)] == [prompts.begin(3) for _ in range(5)]
    assert json.loads((tmp_path / "rewardkit_prompts.json").read_text())["generated"] == 6


def test_the_newest_four_different_answers_of_a_prompt_are_kept() -> None:
    accepted = Accepted()
    accepted.hear((0, [i]) for i in [1, 2, 3, 1, 4, 5])
    assert accepted.state() == [[0, [[3], [1], [4], [5]]]]


def imitation(on: str) -> Imitation:
    accepted = None if on == "expert" else Accepted()
    if accepted is not None:
        accepted.hear([(2, [7])])
    return Imitation(1.0, [] if on == "accepted" else [([1], [9])], accepted, lambda sample: [sample], seed=0)


@pytest.mark.parametrize(
    ("on", "pairs"),
    [("expert", {(1, 9)}), ("accepted", {(2, 7)}), ("both", {(1, 9), (2, 7)})],
)
def test_answers_come_from_what_is_asked_for(on: str, pairs: set[tuple[int, int]]) -> None:
    drawn = imitation(on).draw(32, step=3, part=0)
    assert len(drawn) == 32
    assert {(prompt[0], answer[0]) for prompt, answer in drawn} == pairs
    assert drawn == imitation(on).draw(32, step=3, part=0)


def test_nothing_is_imitated_before_something_was_accepted() -> None:
    assert Imitation(1.0, [], Accepted(), lambda _: [], seed=0).draw(4, 0, 0) == []
    both = Imitation(1.0, [([1], [9])], Accepted(), lambda _: [], seed=0)
    assert both.draw(4, 0, 0) == [([1], [9])] * 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[curriculum]\nanneal_to = 0.5", "anneal_to has no effect without shaping"),
        (
            '[curriculum]\nshaping = "anneal"\nanneal_from = 0.8',
            "anneal_from = 0.8 comes after anneal_to = 0.75",
        ),
        ("[curriculum]\nresampel = 1", "unknown key 'resampel' in [curriculum]. Did you mean 'resample'?"),
        ('[curriculum]\nsampling = "hard"', "curriculum.sampling = 'hard'"),
        ('[mixed]\non = "accepted"', "[mixed] needs 'weight'"),
        ('[mixed]\non = "accepted"\nweight = 0', "mixed.weight = 0"),
    ],
)
def test_mistakes_are_named_with_file_and_line(tmp_path: Path, text: str, message: str) -> None:
    (tmp_path / "model").mkdir()
    with pytest.raises(ConfigError) as caught:
        load_config(project(tmp_path / "p", tmp_path / "model", run=f"{RUN}\n{text}\n"))
    assert message in str(caught.value)
    assert "run.toml:" in str(caught.value)


def test_imitating_expert_rows_needs_expert_rows(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    text = RUN.replace('expert = "expert.jsonl"\n', "").replace("[sft]\nlearning_rate = 1e-3\n", "")
    text = text.replace("num_train_epochs = 2\n", "") + '\n[mixed]\non = "both"\nweight = 1\n'
    with pytest.raises(ConfigError, match=r"\[mixed\] needs \[data\] expert"):
        load_config(project(tmp_path / "p", tmp_path / "model", run=text))


def test_processes_that_generate_together_cannot_draw_groups_anew(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    run = load_config(project(tmp_path / "p", tmp_path / "model", run=f"{RUN}\n[curriculum]\nresample = 1\n"))
    server = SimpleNamespace(use_vllm=True, vllm_mode="server", vllm_tensor_parallel_size=1)
    check_resampling(run, server, Ranks())
    with pytest.raises(ConfigError, match="needs each process to generate by itself"):
        check_resampling(run, server, Ranks(size=2))
