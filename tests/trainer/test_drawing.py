"""Completions drawn in memory: for the preflight, and to choose a setting."""

from __future__ import annotations

from collections.abc import Sequence

from writing import WriteFile

from rewardkit import Sample, Scorer, collect
from rewardkit.evaluating.loop import Plan
from rewardkit.evaluating.models import Generation, Prompt, Sampling
from rewardkit.trainer.drawing import draw
from rewardkit.trainer.ranks import Ranks

GRADER = """
    from rewardkit import reward

    @reward(group=True, isolation="inline")
    def three(completions: list) -> list:
        return [len(completions) == 3 for _ in completions]
"""


class Echo:
    """Says its prompt; every second completion is cut off."""

    name = "echo"
    whole_batches = True

    def generate(
        self, prompts: Sequence[Prompt], sampling: Sampling, seeds: Sequence[int]
    ) -> list[Generation]:
        return [Generation(str(prompt), 1, "length" if i % 2 else "stop") for i, prompt in enumerate(prompts)]


def test_a_batch_ends_where_a_group_ends(write: WriteFile) -> None:
    [grader] = collect([str(write("grader_of_drawing.py", GRADER))])
    samples = [Sample(f"q{i}", f"say {i}", {}) for i in range(4)]
    plan = Plan("preflight", Sampling(temperature=1.0, max_tokens=8), repeats=3, batch_size=4)
    with Scorer(workers=1) as scorer:
        drawn = draw(Echo(), samples, grader, plan, scorer, Ranks())
    assert [result.value for result in drawn.results] == [1.0] * 12
    assert (drawn.solved(1.0), drawn.truncated) == (1.0, 0.5)
