"""Reward layers, one file each, all with the same two functions.

`prepare(rows)` builds the layer's own input objects; `score(prepared)` is what the layer does with a batch, and what is timed;
`values(results)` reads the numbers from what it gave, untimed. `last_token` is the reward every one of them calls.
"""

from __future__ import annotations


def last_token(completion: str, reference: str) -> float:
    """1 when the last word of the completion is the reference."""
    return 1.0 if completion.rsplit(None, 1)[-1] == reference else 0.0
