"""lm-eval 0.4.13: the two filters of its gsm8k task with the metric of that task.

pip install lm-eval==0.4.13
"""

from __future__ import annotations

from lm_eval.api.metrics import exact_match_hf_evaluate
from lm_eval.filters.extraction import RegexFilter

from rewardkit import reward

_IGNORED = [",", "\\$", "(?s).*#### ", "\\.$"]
_strict = RegexFilter("#### (\\-?[0-9\\.\\,]+)")
_flexible = RegexFilter("(-?[$0-9.,]{2,})|(-?[0-9]+)", group_select=-1)


def _score(filtered: RegexFilter, completion: str, ground_truth: str) -> float:
    [[found]] = filtered.apply([[completion]], [{}])
    result = exact_match_hf_evaluate(
        [found], [ground_truth], regexes_to_ignore=_IGNORED, ignore_case=True, ignore_punctuation=False
    )
    return float(result["exact_match"])


@reward(answer="number")
def gsm8k_strict(completion: str, ground_truth: str) -> float:
    """`strict-match`: the number after the first `####`."""
    return _score(_strict, completion, ground_truth)


@reward(answer="number")
def gsm8k_flexible(completion: str, ground_truth: str) -> float:
    """`flexible-extract`: the last number."""
    return _score(_flexible, completion, ground_truth)
