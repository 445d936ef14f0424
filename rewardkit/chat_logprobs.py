"""Log probabilities in the form of the chat API, for a scripted text: every word and sign is a token.

>>> [entry] = logprobs_of("met", {"met": {"met": 0.75, "unmet": 0.25}}, 2)
>>> [(other["token"], round(other["logprob"], 2)) for other in entry["top_logprobs"]]
[('met', -0.29), ('unmet', -1.39)]
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from typing import Any

_TOKEN = re.compile(r"\w+|\W")
_LEAST = -9999.0  # what the API says of a token that cannot come


def logprobs_of(text: str, spread: Mapping[str, Mapping[str, float]], most: int) -> list[dict[str, Any]]:
    """One entry for each token, with the `most` likeliest in its place. A word that is not in `spread` is certain."""
    return [_entry(token, spread.get(token, {token: 1.0}), most) for token in _TOKEN.findall(text)]


def _entry(token: str, likely: Mapping[str, float], most: int) -> dict[str, Any]:
    ordered = sorted(likely.items(), key=lambda pair: -pair[1])[:most]
    return {
        **_said(token, likely.get(token, 0.0)),
        "top_logprobs": [_said(other, share) for other, share in ordered],
    }


def _said(token: str, share: float) -> dict[str, Any]:
    logprob = math.log(share) if share > 0 else _LEAST
    return {"token": token, "logprob": logprob, "bytes": list(token.encode())}
