"""For tests of your own: what `rewardkit test` tries, as hypothesis strategies and as an assertion.

    @settings
    @given(completions(total))
    def test_it_survives_any_text(completion):
        assert total.score(completion, reference="42").scored

    def test_it_may_drive_training():
        assert_grader(total)

    def test_an_outage_is_no_score():
        with judge_server([replies.DROP]) as server: ...

Everything is the same in every run: the strategies draw no chance of their own, `settings` derandomises hypothesis, and a seed decides
which rows and answers the checks try. docs/testing.md goes through it, docs/judges.md
through the server of a judge.
"""

import hypothesis

from . import replies
from .asserting import assert_grader
from .hostile import completions
from .judge_servers import JudgeServer, judge_server
from .near import near_gold

settings = hypothesis.settings(derandomize=True, deadline=None, max_examples=200)
"""Settings for hypothesis under which every run tries the same: `@settings` above `@given`; `hypothesis.settings(settings, max_examples=50)` changes one."""

__all__ = [
    "JudgeServer",
    "assert_grader",
    "completions",
    "judge_server",
    "near_gold",
    "replies",
    "settings",
]
