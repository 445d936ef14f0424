"""`format_tags`: required tags, in order, such as `<think>...</think><answer>...</answer>`.

What it rewards
    The form, never the content: each tag once, with something in it, earns a share; the right order and nothing outside the tags earn the
    last two shares. With `strict` only the perfect form counts.

How it can be gamed
    By design any filler in the right tags earns full marks. Use it as a small part or as a gate, never alone:
    `gated(tags, exact)` or `weighted((exact, 0.9), (tags, 0.1))`. `least` asks for more than one character inside each tag.

Known problems
    Tags are read as written: `<Think>` and `<think lang="en">` are other tags. A prompt whose template already opens the first tag needs
    `opened = true`. Tags of the list inside one another are never right.

Example
    tags = format_tags_grader(tags=["think", "answer"], least=20)      # Python

    [tags]                                                             # TOML
    use = "format_tags"
    tags = ["think", "answer"]
    least = 20
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from rewardkit import Component, Grader, Score, case, order, probe, reward
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from .settings import check_flag, check_words, with_options, wrong


@dataclass(frozen=True, slots=True)
class _Settings:
    tags: tuple[str, ...] = ("think", "answer")
    strict: bool = False
    least: int = 1
    opened: bool = False


@case("<think>6 x 7</think>\n<answer>42</answer>", expect=1)
@case("Well: <think>6 x 7</think><answer>42</answer>", expect=0.75)
@case("<answer>42</answer><think>6 x 7</think>", expect=0.5)
@case("<think>6 x 7</think>42", expect=0.25)
@case("42", expect=0)
@order("42", "<think>6 x 7</think>42", "<think>6 x 7</think><answer>42</answer>")
@probe("<think></think><answer> </answer>")
@probe("<think><answer></answer></think>")
@probe("<think>a</think><answer>b</answer>" * 3)
@reward(answer="free", reference_free=True, format_strict=True, isolation="inline")
def format_tags(completion: str) -> Score:
    """A share for each of <think> and <answer>, for their order, and for nothing outside them."""
    return _judge(completion, _Settings())


def format_tags_grader(
    *,
    tags: Sequence[str] = ("think", "answer"),
    strict: bool = False,
    least: int = 1,
    opened: bool = False,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A grader of form; it asks for `completion` only and gives a multiple of 1 / (number of tags + 2), or 0 or 1 when strict.

    tags: the names of the tags, in order.
    strict: any fault gives 0.
    least: how many characters other than white space each tag must hold.
    opened: the prompt already opens the first tag, so the completion may start inside it.
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    names = check_words("tags", tags, least=1)
    if not all(re.fullmatch(r"[A-Za-z_][\w.-]*", name) for name in names):
        raise wrong("tags", tags, "names without spaces and angle brackets")
    check_flag("strict", strict)
    check_flag("opened", opened)
    if not isinstance(least, int) or isinstance(least, bool) or least < 1:
        raise wrong("least", least, "a whole number, 1 or more")
    settings = _Settings(names, strict, least, opened)

    @reward(answer="free", reference_free=True, format_strict=True, isolation="inline")
    def grade(completion: str) -> Score:
        """A share for each required tag, for their order, and for nothing outside them."""
        return _judge(completion, settings)

    return made_here(with_options(grade, options, format_tags_grader), options.get("name", ""))


def _judge(completion: str, settings: _Settings) -> Score:
    first = f"<{settings.tags[0]}>"
    text = completion if not settings.opened or completion.lstrip().startswith(first) else first + completion
    faults = {tag: _fault(text, tag, settings) for tag in settings.tags}
    faults["order"] = "" if _in_order(text, settings) else "the tags are not complete and in order"
    faults["nothing_outside"] = (
        "" if not faults["order"] and _alone(text, settings) else "text outside the tags"
    )
    if any(faults[tag] for tag in settings.tags):
        faults["order"] = faults["nothing_outside"] = "a tag is wrong"
    share = 1 / len(faults)
    components = tuple(
        Component(name, float(not why), weight=share, reason=why) for name, why in faults.items()
    )
    right = sum(not why for why in faults.values()) / len(faults)
    return Score(float(right == 1) if settings.strict else right, components)


def _fault(text: str, tag: str, settings: _Settings) -> str:
    """What is wrong with one tag: not there once, nothing in it, or another tag in it. "" when it is right."""
    opening, closing = f"<{tag}>", f"</{tag}>"
    if text.count(opening) != 1 or text.count(closing) != 1:
        return f"{opening} {text.count(opening)} times, {closing} {text.count(closing)} times"
    start, end = text.index(opening) + len(opening), text.index(closing)
    inside = text[start:end]
    if any(f"<{other}>" in inside or f"</{other}>" in inside for other in settings.tags):
        return "another tag inside it"
    if start > end or len("".join(inside.split())) < settings.least:
        return f"fewer than {settings.least} characters in it"
    return ""


def _in_order(text: str, settings: _Settings) -> bool:
    places = [text.find(f"{opening}{tag}>") for tag in settings.tags for opening in ("<", "</")]
    return -1 not in places and places == sorted(places)


def _alone(text: str, settings: _Settings) -> bool:
    """Whether only white space stands before, between and after the tags, which are known to be complete and in order."""
    position = 0
    for tag in settings.tags:
        start = text.index(f"<{tag}>")
        if text[position:start].strip():
            return False
        position = text.index(f"</{tag}>") + len(tag) + 3
    return not text[position:].strip()
