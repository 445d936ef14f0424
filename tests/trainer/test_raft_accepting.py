"""What of a model's own completions is kept to be imitated."""

from __future__ import annotations

from rewardkit.scores import Score
from rewardkit.trainer.methods.accepting import Drawn, best_accepted, measured
from rewardkit.trainer.methods.rounds import Round, to_imitate
from rewardkit.trainer.watching.rollouts import Rollout


def rollout(text: str, reward: float | None, *, sample: int = 0, truncated: bool = False) -> Rollout:
    score = Score.unscored("error") if reward is None else Score(reward)
    return Rollout(0, sample, f"s{sample}/0", 0, text, score, reward, tokens=len(text), truncated=truncated)


def kept(*rollouts: Rollout, accept: float = 0.5, most: int = 2) -> list[str]:
    return [rollouts[place].text for place in sorted(best_accepted(rollouts, accept, most))]


def test_only_scores_from_accept_on_are_kept() -> None:
    assert kept(rollout("bad", 0.49), rollout("good", 0.5), rollout("unscored", None)) == ["good"]


def test_each_text_of_a_prompt_is_kept_once() -> None:
    assert kept(rollout("a", 1), rollout("a", 1), rollout("a", 1, sample=1)) == ["a", "a"]


def test_the_best_of_a_prompt_are_kept_in_the_order_in_which_they_were_drawn() -> None:
    drawn = [rollout("first", 0.6), rollout("second", 1), rollout("third", 0.6), rollout("fourth", 0.9)]
    assert kept(*drawn) == ["second", "fourth"]


def test_of_equal_scores_the_first_drawn_are_kept_whatever_their_length() -> None:
    assert kept(rollout("longest", 1), rollout("longer", 1), rollout("s", 1)) == ["longest", "longer"]


def test_what_was_cut_off_is_not_kept() -> None:
    assert kept(rollout("cut", 1, truncated=True), rollout("whole", 0.5)) == ["whole"]


def test_a_round_without_acceptance_names_the_best_it_saw() -> None:
    drawn = Drawn((), (rollout("a", 0.25), rollout("b", None)), (), 0.5)
    assert drawn.told() == "none of 2 completions accepted (accept = 0.5, the best got 0.25)"


def test_a_round_of_completions_that_were_cut_off_says_so() -> None:
    drawn = Drawn((), (rollout("a", 1, truncated=True),), (), 0.5)
    assert drawn.told() == "1 of 1 completions accepted, and all of them cut off at the limit"


def test_unscored_completions_take_no_part_in_the_mean_reward() -> None:
    rows = (rollout("a", 1), rollout("b", None), rollout("cc", 0, sample=1), rollout("cc", 0, sample=1))
    found = measured(Drawn((), rows, ((0, "a"),), 0.5), generated=9)
    assert (found["reward"], found["unscored"]) == (1 / 3, 0.25)
    assert (found["saturated"], found["unique"], found["accepted"], found["kept"], found["generated"]) == (
        1.0,
        0.75,
        0.25,
        1,
        9,
    )


def test_replay_adds_what_earlier_rounds_kept_each_text_once() -> None:
    rounds = [
        Round(1, {"generated": 8}, ((0, "a"), (1, "b")), ""),
        Round(2, {"generated": 16}, ((1, "b"), (0, "c")), ""),
    ]
    assert to_imitate(rounds, replay=False) == [(1, "b"), (0, "c")]
    assert to_imitate(rounds, replay=True) == [(0, "a"), (1, "b"), (0, "c")]
