"""For tests of your own: what `rewardkit test` tries, as hypothesis strategies and as an assertion.

    @settings
    @given(completions(total))
    def test_it_survives_any_text(completion):
        assert total.score(completion, reference="42").scored

    def test_it_may_drive_training():
        assert_grader(total)

Everything is the same in every run: the strategies draw no chance of their own, `settings` derandomises hypothesis, and a seed decides
which rows and answers the checks try. docs/testing.md goes through it.
"""

import hypothesis

from .asserting import assert_grader
from .hostile import completions
from .near import near_gold

settings = hypothesis.settings(derandomize=True, deadline=None, max_examples=200)
"""Settings for hypothesis under which every run tries the same: `@settings` above `@given`; `hypothesis.settings(settings, max_examples=50)` changes one."""

__all__ = ["assert_grader", "completions", "near_gold", "settings"]
