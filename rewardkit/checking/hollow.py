"""Right answers with their content taken out: what is left has the form and says nothing (RK104, RK111)."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from typing import Any

from ..grader import BUILT_IN
from .expectations import Expected
from .forms import json_in, tag_names, tags_emptied
from .kinds import as_object
from .known_rows import KnownRow, plain
from .sources import source_of
from .trials import Material, Planned, Trial
from .written import written_answers

_NO_CONTENT = ("nan", "NaN", "inf", "-inf", "null", "None", "...", "?")
_MOST_ROWS = 6
_MANY_TAGS = 20
_QUOTATION = re.compile(
    r"(?P<open>[\"\u201c\u00ab])(?P<words>[^\"\u201c\u201d\u00ab\u00bb]*\s[^\"\u201c\u201d\u00ab\u00bb]*)(?P<close>[\"\u201d\u00bb])"
)
_EVIDENCE = re.compile(
    r"<((?:quot|evidence|cit(?:e|ation)|passage|excerpt|snippet)\w*)([^<>]*)>[^<]+</\1>", re.IGNORECASE
)
_FENCED = re.compile(r"(?:```\w*\s*)?[\[{].*[\]}](?:\s*```)?", re.DOTALL)
_TAG = re.compile(r"</?[A-Za-z]\w*>")
_FIGURE = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w.])")
_ASKS_FOR_QUOTATIONS = re.compile(r"\b(?:quot(?:e|es|ed|ations?)|verbatim|word for word)\b", re.IGNORECASE)


def nothing_in_form(material: Material) -> Planned:
    """RK104: what is no number, no date and no label does not pass in the place of one."""
    if material.reference_free or material.role != "whole":
        return
    for answer in written_answers(material, 4):
        for content in _NO_CONTENT if answer.kind in ("number", "date", "label", "list") else ():
            text = answer.form.write(content)
            if not (
                answer.row.empty or answer.row.accepts(text) or plain(content) == plain(answer.form.content)
            ):
                below = material.stays_under(f"{content} for {answer.form.content}")
                yield Trial(
                    "RK104", answer.row, (text,), below, answer.row.where, provable=answer.kind != "label"
                )


def empty_tags(material: Material) -> Planned:
    """RK111: the tags of a right answer around nothing do not pass, also where no reference is compared with, nor do many of them."""
    if material.role == "penalty":
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds):
        emptied = tags_emptied(row.golds[0])
        for name in dict.fromkeys(tag_names(row.golds[0])):
            many = f"<{name}></{name}>\n" * _MANY_TAGS
            yield Trial(
                "RK111", row, (many,), material.stays_under("many empty tags"), row.where, provable=False
            )
        told = row.reference is not None and row.reference.strip() in emptied  # outside of them as well
        if emptied != row.golds[0] and not told and not row.accepts(emptied):
            yield Trial(
                "RK111", row, (emptied,), material.stays_under("empty tags"), row.where, provable=False
            )


def empty_texts(material: Material) -> Planned:
    """RK111: JSON that is all text does not pass with every text empty, nor does an answer whose quotations are empty where some were asked for.

    A grader that looks at nothing but the completion checks a form, and an empty text may have it.
    """
    if material.role != "whole" or not set(material.grader.wants).difference(BUILT_IN):
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and not row.empty):
        for note, text in (
            ("empty texts", _texts_emptied(row.golds[0])),
            ("empty quotations", _quotations_emptied(row)),
            ("empty evidence", _evidence_emptied(row.golds[0])),
        ):
            if text is not None and not row.accepts(text):
                yield Trial("RK111", row, (text,), material.stays_under(note), row.where, provable=False)


def one_number(material: Material) -> Planned:
    """RK111: where a right answer is JSON with different numbers and nothing else, the same number everywhere passes at most for one of them."""
    if material.role != "whole" or material.reference_free:
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and not row.empty):
        texts = _with_one_number(row.golds[0])
        if len(texts) > 1 and not any(row.accepts(text) for text in texts):
            expected = Expected(
                "not_both", high=material.grader.options.solved_at, note="all its numbers are the same"
            )
            yield Trial("RK111", row, tuple(texts), expected, row.where, provable=False)


def no_numbers(material: Material) -> Planned:
    """RK111: JSON does not pass with NaN for each of its numbers, which differs from none by more than a tolerance."""
    if material.role != "whole" or material.reference_free:
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and not row.empty):
        for start, end, value in json_in(row.golds[0]) if _FENCED.fullmatch(row.golds[0].strip()) else ():
            if any(_is_number(each) for each in _ends(value)):
                text = row.golds[0][:start] + _json(_without_numbers(value)) + row.golds[0][end:]
                below = material.stays_under("NaN for its numbers")
                yield Trial("RK111", row, (text,), below, row.where, provable=False)


def only_zeros(material: Material) -> Planned:
    """RK111: where the right answer is the reference itself, it does not pass with 0 for each of its numbers."""
    if material.role != "whole" or material.reference_free:
        return
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds and row.compared_text):
        gold = row.golds[0]
        text = _FIGURE.sub("0", gold)
        if text != gold and not row.accepts(text) and plain(gold) == plain(row.compared_text):
            below = material.stays_under("0 for its numbers")
            yield Trial("RK111", row, (text,), below, row.where, provable=False)


def tags_out_of_order(material: Material) -> Planned:
    """RK111: where nothing but the form counts, the tags of a right answer in the reverse order do not pass: each is closed before it is opened."""
    if material.role != "whole" or not material.reference_free:
        return
    source = source_of(material.grader)
    for row in material.different_rows(_MOST_ROWS, lambda row: row.golds):
        tags = _TAG.findall(row.golds[0])
        if len(tags) > 1 and all(tag.strip("</>") in source for tag in tags):
            backwards = iter(tags[::-1])
            text = _TAG.sub(lambda _, left=backwards: next(left), row.golds[0])  # type: ignore[misc]
            below = material.stays_under("its tags in the reverse order")
            yield Trial("RK111", row, (f"\n{text}\n",), below, row.where)


def _texts_emptied(gold: str) -> str | None:
    """The JSON of an answer with every text empty; None where it holds anything but texts, or none that says something."""
    for start, end, value in json_in(gold):
        ends = list(_ends(value))
        if ends and all(isinstance(each, str) for each in ends) and any(each.strip() for each in ends):
            return gold[:start] + _json(_filled(value, "")) + gold[end:]
    return None


def _quotations_emptied(row: KnownRow) -> str | None:
    """A right answer with nothing in its quotations; None where its prompt asks for none."""
    if not _ASKS_FOR_QUOTATIONS.search(row.prompt) or as_object(row.golds[0]) is not None:
        return None
    emptied = _QUOTATION.sub(r"\g<open>\g<close>", row.golds[0])
    return emptied if emptied != row.golds[0] else None


def _evidence_emptied(gold: str) -> str | None:
    """A right answer with nothing between the tags of its quotations; None where it has none."""
    emptied = _EVIDENCE.sub(r"<\1\2></\1>", gold)
    return emptied if emptied != gold else None


def _with_one_number(gold: str) -> list[str]:
    """The JSON of an answer with each of its numbers everywhere; empty where it has other things in it, or one number only."""
    for start, end, value in json_in(gold) if _FENCED.fullmatch(gold.strip()) else ():
        ends = list(_ends(value))
        if all(map(_is_number, ends)):
            numbers = list(dict.fromkeys(ends))[:_MOST_ROWS]
            if len(numbers) > 1:
                return [gold[:start] + _json(_filled(value, number)) + gold[end:] for number in numbers]
    return []


def _ends(value: Any) -> Iterator[Any]:
    """What stands at the ends of nested data: everything but its lists and objects."""
    if isinstance(value, list | dict):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from _ends(inner)
    else:
        yield value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _without_numbers(value: Any) -> Any:
    """The same data with NaN for each of its numbers."""
    if isinstance(value, dict):
        return {key: _without_numbers(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_numbers(inner) for inner in value]
    return math.nan if _is_number(value) else value


def _filled(value: Any, content: str | float) -> Any:
    """The same data with this at each of its ends."""
    if isinstance(value, dict):
        return {key: _filled(inner, content) for key, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, content) for inner in value]
    return content


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
