"""RK401: the completions that earn most say the same, whatever they were asked.

For each prompt its best completion is taken, and of that the share of word 4-grams which also stand in the best completion of a prompt with
another answer. What holds the answer of its row is left out: a form that comes again around right answers is no flaw.
"""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Sequence

from ..excerpts import shorten
from ..figures import figure_text
from ..known_rows import KnownRow, leaves
from ..results import Figure, Finding, Skipped
from ..trials import Material
from .bootstrap import mean_figure
from .finding import too_few, warning
from .grading import Graded, by_prompt

_WORDS = 4
_MUCH = 0.5  # of a completion: more than that is a text with places to fill in
_TOP = 0.75  # quantile of the scores from which one is high
_MOST = 1000

_TOKEN = re.compile(r"\w+|[^\w\s]")


def novelty(
    material: Material, graded: Sequence[Graded]
) -> tuple[list[Figure], list[Finding], list[Skipped]]:
    """Whether the best completions repeat one another more than the rest do."""
    best, rest = _best_and_rest(material, graded)
    if not best:
        return [], [], [Skipped("RK401", "no completion scores high")]
    free = [one for one in best if not holds_its_answer(one.row, one.text)]
    skipped = too_few("RK401", len(free), "have a high score and do not simply hold their answer")
    if skipped is not None:
        return [], [], [skipped]
    shares = _repeated(material, free)
    figure = mean_figure("RK401", "repeated in best completions", shares, seed=material.seed)
    figures = [figure]
    fewer = figure.low is not None and figure.low >= _MUCH
    if too_few("RK401", len(rest), "") is None:
        others = mean_figure(
            "RK401", "repeated in other completions", _repeated(material, rest), seed=material.seed
        )
        figures.append(others)
        fewer = fewer and figure.low is not None and others.high is not None and figure.low > others.high
    if not fewer:
        return figures, [], []
    shown = free[max(range(len(free)), key=lambda place: (shares[place], -len(free[place].text)))]
    expected = "best completions that differ as their prompts do"
    facts = [*(f"{each.name}: {figure_text(each)}" for each in figures), *_commonest(free)]
    return figures, [warning("RK401", material, expected, facts, shown)], []


def holds_its_answer(row: KnownRow, text: str) -> bool:
    """Whether everything that the row is compared with stands in the text, or the text is known to be right."""
    if row.accepts(text):
        return True
    found = [leaf.strip() for leaf in leaves(row.compared) if leaf.strip()]
    return bool(found) and all(
        re.search(rf"(?<!\w){re.escape(leaf)}(?!\w)", text, re.IGNORECASE) for leaf in found
    )


def _best_and_rest(material: Material, graded: Sequence[Graded]) -> tuple[list[Graded], list[Graded]]:
    """One completion for each prompt: the best, where its score is high, and the worst, where it is not; no more of one than of the other."""
    prompts = by_prompt(graded)
    values = sorted(one.value or 0.0 for group in prompts.values() for one in group)
    if not values:
        return [], []
    low, solved = material.span
    bar = min(values[int(_TOP * (len(values) - 1))], solved)
    if bar <= low:
        bar = next((value for value in values if value > low), bar)
    best = [_best(group) for group in prompts.values()]
    best = [one for one in best if _value(one) >= bar and _value(one) > low]
    rest = [min(group, key=_value) for group in prompts.values()]
    rest = [one for one in rest if _value(one) < bar]
    chooser = random.Random(material.seed)
    most = min(_MOST, len(best), len(rest) or len(best))
    if too_few("RK401", most, "") is not None:
        most = _MOST
    return _some(best, most, chooser), _some(rest, most, chooser)


def _some(graded: Sequence[Graded], most: int, chooser: random.Random) -> list[Graded]:
    return list(graded) if len(graded) <= most else chooser.sample(list(graded), most)


def _best(group: Sequence[Graded]) -> Graded:
    """Of the completions of a prompt that score the same, those without its answer are looked at first."""
    most = max(map(_value, group))
    equal = [one for one in group if _value(one) == most]
    return next((one for one in equal if not holds_its_answer(one.row, one.text)), equal[0])


def _value(one: Graded) -> float:
    return one.value if one.value is not None else 0.0


def _repeated(material: Material, graded: Sequence[Graded]) -> list[float]:
    """For each completion the share of its n-grams that a completion of a row with another answer holds."""
    grams = [_grams(one.text) for one in graded]
    asked = [_asked(material, one.row) for one in graded]
    holders: dict[tuple[str, ...], set[str]] = defaultdict(set)
    for who, own in zip(asked, grams, strict=True):
        for gram in own:
            if len(holders[gram]) < 2:
                holders[gram].add(who)
    return [
        sum(bool(holders[gram] - {who}) for gram in own) / len(own)
        for who, own in zip(asked, grams, strict=True)
    ]


def _asked(material: Material, row: KnownRow) -> str:
    """What tells apart rows whose answers should differ: their references, or where none says what is right, their prompts."""
    free = material.grader.options.answer == "free" or material.reference_free
    return row.prompt if free and row.prompt else row.key


def _grams(text: str) -> list[tuple[str, ...]]:
    words = _TOKEN.findall(text.casefold())
    return [tuple(words[start : start + _WORDS]) for start in range(max(1, len(words) - _WORDS + 1))]


def _commonest(graded: Sequence[Graded]) -> list[str]:
    """The text that comes most often, or the run of words that most completions share."""
    texts = Counter(" ".join(one.text.split()) for one in graded)
    text, times = texts.most_common(1)[0]
    if times > 1:
        return [f"{times} of {len(graded)} are the same text: {shorten(text)}"]
    grams = Counter(gram for one in graded for gram in set(_grams(one.text)))
    words, times = grams.most_common(1)[0]
    return [f"{times} of {len(graded)} hold the words {' '.join(words)!r}"]
