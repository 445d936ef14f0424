"""A judge without a model: it reads a reply by words and patterns, as someone would who skims. It needs no key and no network.

It is here so that the example runs anywhere, and so that `rewardkit calibrate` has something to find: where words are enough it agrees with people,
and where a reply has to be understood (`invents`: is this promise in the policy?) it does not.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from rewardkit import Criterion

DAYS = "monday|tuesday|wednesday|thursday|friday|saturday|sunday"
SECTION = re.compile(r"(?<![\d.])\d{1,2}\.\d(?!\d)")
FIGURE = re.compile(r"\d+")
COMMITS = re.compile(
    r"\b(yes|no|not yet|of course|sure|done|(you|we) (can|cannot|may|need not)|(is|are) (still )?(covered|valid|possible|not possible)"
    r"|(send|reply with|book) |(will be|is|are) (deleted|sent|credited|refunded))",
    re.IGNORECASE,
)
WHEN = re.compile(
    rf"\b(today|tomorrow|tonight|this (morning|afternoon|evening)|(on|by|from) ({DAYS})"
    r"|(within|in) (\w+ ){0,3}(hour|day|week)s?)\b",
    re.IGNORECASE,
)
BLAME = re.compile(
    r"\b(you (should|could|might|must|will) have|you (did not|failed|forgot|ignored|misread)|if you had|you yourself"
    r"|your (own )?(fault|error|mistakes?|responsibility)|you are to blame|before you (pay|order|accuse|complain))\b",
    re.IGNORECASE,
)
RUDE = re.compile(
    r"\b(seriously|obviously|ridiculous|stupid|nonsense|whatever|bother|complain|learn to|not (our|my) problem|like everybody else|once and for all"
    r"|how hard|calm down)\b",
    re.IGNORECASE,
)
WARM = re.compile(
    r"\b(sorry|thanks?|thank you|please|glad(ly)?|happy|good news|do not worry|enjoy|welcome|lovely|look forward|understand)\b",
    re.IGNORECASE,
)


def verdict(criterion: Criterion, answer: str) -> str:
    """The verdict on one criterion; ValueError for a criterion that it was not taught to read."""
    if criterion.id == "tone":
        return _tone(answer)
    if criterion.id not in READERS:
        raise ValueError(
            f"this judge cannot read '{criterion.id}'; it knows tone, {', '.join(READERS)}. Teach it here, or give --judge"
        )
    return "met" if READERS[criterion.id](criterion.text, answer) else "unmet"


def _answers(text: str, answer: str) -> bool:
    return COMMITS.search(answer) is not None


def _cites(text: str, answer: str) -> bool:
    """Any section that the policy has. Whether it is the one that decides the case, words do not say."""
    return bool(set(SECTION.findall(answer)) & set(SECTION.findall(text)))


def _next_step(text: str, answer: str) -> bool:
    return WHEN.search(answer) is not None


def _invents(text: str, answer: str) -> bool:
    """A figure that is not in the policy. A promise in words gets past it; a figure of the customer's own is taken for one."""
    known = set(FIGURE.findall(SECTION.sub(" ", text)))
    return bool(set(FIGURE.findall(SECTION.sub(" ", answer))) - known)


def _blames(text: str, answer: str) -> bool:
    return BLAME.search(answer) is not None


def _tone(answer: str) -> str:
    if RUDE.search(answer) or BLAME.search(answer):
        return "rude"
    return "warm" if len(WARM.findall(answer)) >= 2 else "plain"


READERS: dict[str, Callable[[str, str], bool]] = {
    "answers": _answers,
    "cites": _cites,
    "next_step": _next_step,
    "invents": _invents,
    "blames": _blames,
}
