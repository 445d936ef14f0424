"""What a judge's server may answer: replies as they should be, and everything that goes wrong in practice.

Each is a `Reply`; a script of `judge_server` returns one, and a list holds them. `OUTAGES` pass when one asks again, `NONSENSE` never holds a verdict.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from email.utils import formatdate
from typing import Literal, TypeAlias

from ..chat_server import HANG, Reply, Request, fail, say
from .asked import asked, compared

Verdict: TypeAlias = Callable[[str, str], str | Mapping[str, float]]
"""From a criterion's id and the answer to the verdict, or to the probability of each: the likeliest is said, and the others are in the log probabilities."""

Better: TypeAlias = Callable[[str, str], str]
"""From answer A and answer B to which is better: "A", "B" or "tie"."""

DROP = Reply(b"", drops=True)
"""The connection closes without a word."""
RESET = Reply(b"", resets=True)
"""The connection breaks."""
FILTERED = say("", finish="content_filter")
"""A content filter ended the reply."""
EMPTY = say("")
"""The model said nothing."""
NO_CHOICES = Reply({**say("").body, "choices": []})  # type: ignore[dict-item]
"""A completion without any choice."""
MALFORMED = Reply(b'{"id": "chatcmpl-1", "choices": [{"index": 0, "message": {"role": "assi')
"""A body that is no JSON."""
WRONG_TYPE = Reply(
    b"<!doctype html><title>Sign in</title>", headers={"Content-Type": "text/html; charset=utf-8"}
)
"""A page of HTML with status 200, as a proxy sends it."""


def verdicts(request: Request, verdict: Verdict) -> Reply:
    """A judge's reply to a rubric's question: `verdict(criterion_id, answer)` for every criterion that it asks about.

    ValueError when the verdict is none of those that the criterion allows, or the request is no question of a rubric.
    """
    question = asked(request)
    said, spread = {}, {}
    for name, allowed in question.verdicts.items():
        found = verdict(name, question.answer)
        likely = {found: 1.0} if isinstance(found, str) else dict(found)
        wrong = [choice for choice in likely if choice not in allowed]
        if wrong or not likely:
            raise ValueError(f"{wrong or found!r} as a verdict on '{name}'; allowed: {', '.join(allowed)}")
        chosen = max(likely, key=lambda choice: likely[choice])
        said[name] = {"reason": "as the script says", "verdict": chosen}
        spread[chosen] = likely
    return replace(say(json.dumps(said)), spread=spread)


def preference(request: Request, better: Better) -> Reply:
    """A judge's reply to a ranking's question: "A", "B" or "tie". ValueError when the script says anything else, or the request is none of a ranking."""
    answers = compared(request)
    if answers is None:
        raise ValueError(f"request {request.number} is no question of a ranking")
    said = better(*answers)
    if said not in ("A", "B", "tie"):
        raise ValueError(f"{said!r} as what is better; allowed: A, B, tie")
    return say(json.dumps({"better": {"reason": "as the script says", "verdict": said}}))


def refused(text: str = "I cannot help with that.") -> Reply:
    """The model refuses, in the field that the API has for it."""
    return say(None, refusal=text)


def truncated(text: str) -> Reply:
    """The reply was cut off at max_tokens."""
    return say(text, finish="length")


def rate_limited(
    seconds: float | None = None, form: Literal["seconds", "milliseconds", "date"] = "seconds"
) -> Reply:
    """HTTP 429, which asks to wait for so long (None: it does not say), in one of the three forms that are in use. A date counts from now, in whole seconds."""
    if seconds is None:
        return fail(429, "rate limit reached")
    if form == "milliseconds":
        return fail(429, "rate limit reached", Retry_After_ms=f"{seconds * 1000:g}")
    when = f"{seconds:g}" if form == "seconds" else formatdate(time.time() + seconds, usegmt=True)
    return fail(429, "rate limit reached", Retry_After=when)


def cut_short(reply: Reply, after: int = 40) -> Reply:
    """The connection closes after so many bytes of the body, of which the head promised more."""
    return replace(reply, cut=after)


def slow(reply: Reply, seconds: float) -> Reply:
    """The body trickles in for so long."""
    return replace(reply, seconds=seconds)


OUTAGES: tuple[Reply, ...] = (
    rate_limited(0),
    fail(500, "the server had an error", Retry_After="0"),
    fail(503, "overloaded", Retry_After="0"),
    DROP,
    RESET,
    cut_short(say("{}")),
    MALFORMED,
    WRONG_TYPE,
)
"""Outages that pass: who asks again gets an answer."""

NONSENSE: tuple[Reply, ...] = (
    say("On a scale of 1 to 10, 8."),
    say('{"score": 11}'),
    EMPTY,
    NO_CHOICES,
    truncated('{"'),
)
"""Replies without a verdict."""

__all__ = [
    "DROP",
    "EMPTY",
    "FILTERED",
    "HANG",
    "MALFORMED",
    "NONSENSE",
    "NO_CHOICES",
    "OUTAGES",
    "RESET",
    "WRONG_TYPE",
    "Better",
    "Reply",
    "Request",
    "Verdict",
    "cut_short",
    "fail",
    "preference",
    "rate_limited",
    "refused",
    "say",
    "slow",
    "truncated",
    "verdicts",
]
