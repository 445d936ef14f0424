"""Checks of what must not change a right answer's score (RK201 to RK209). Each applies only where the declared kind of answer implies it."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from .expectations import Expected
from .kinds import as_object
from .known_rows import KnownRow, leaves
from .results import Skipped
from .trials import Material, Planned, Trial
from .written import Written, written_answers

_SPACE_IS_FREE = ("number", "text", "label", "list", "json", "sql", "date")
_MOST_ROWS = 20
_IN_MARKS = re.compile(r"(<(?:final_)?answer>|\\boxed\{)([^<>{}]*\w[^<>{}]*)(</(?:final_)?answer>|\})")
_REWRITTEN_ROWS = 8
_CONTRACTION = re.compile(r"\b[A-Za-z]+'(?:t|m|s|re|ll|ve|d)\b")


def outer_space(material: Material) -> Planned:
    """RK201: a right answer with line breaks around it, or inside its tags or its box, scores no less."""
    if (skipped := not_declared(material, "RK201")) is not None:
        yield skipped
        return
    rows = [row for row in material.sound_rows if row.golds]
    for row in material.choose(rows, _MOST_ROWS):
        gold = row.golds[0]
        for text in (in_space(gold), _IN_MARKS.sub(r"\1\n \2 \n\3", gold)):
            if text != gold:
                yield Trial("RK201", row, (gold, text), Expected("keeps"), row.where)


def other_writings(material: Material) -> Planned:
    """RK203 to RK209: a right answer in another writing of its kind scores no less."""
    if not_declared(material, "RK204") is not None:
        return
    answers = written_answers(material, _REWRITTEN_ROWS)
    counts = any(map(_is_count, answers)) and all(map(_is_whole, answers))
    for answer in answers:
        if not answer.row.golds:
            continue
        for check, text, doubtful in rewrites(answer, counts=counts):
            if text != answer.answer:
                yield Trial(
                    check,
                    answer.row,
                    (answer.answer, text),
                    Expected("keeps"),
                    answer.row.where,
                    guessed=doubtful,
                )


def typographic(material: Material) -> Planned:
    """RK208: a right answer in prose scores no less with the apostrophes that keyboards of phones and models write."""
    if material.grader.options.format_strict:
        return
    for row in material.different_rows(_REWRITTEN_ROWS, lambda row: row.golds):
        for gold in row.golds[:2]:
            other = as_phones_write(row, gold)
            if other is not None:
                yield Trial("RK208", row, (gold, other), Expected("keeps"), row.where)


def in_space(text: str) -> str:
    """The text with line breaks and spaces around it."""
    return f"\n\n {text} \n"


def as_phones_write(row: KnownRow, text: str) -> str | None:
    """Prose with typographic apostrophes; None where it has no contraction of its own, or is no prose."""
    known = " ".join([row.prompt, *leaves(row.compared)])
    words = [word for word in _CONTRACTION.findall(text) if word not in known]
    if not words or len(text.split()) <= 3 or as_object(text) is not None:
        return None
    return _CONTRACTION.sub(lambda match: match[0].replace("'", "\u2019"), text)


def rewrites(answer: Written, *, counts: bool = False) -> Iterator[tuple[str, str, bool]]:
    """Check, the same answer otherwise written, and whether a fair grader might insist on the first writing.

    `counts`: whole numbers here are counts of something (`30 days`), which nobody writes as 30.0.
    """
    form, value = answer.form, answer.form.value
    in_json = (
        as_object(answer.answer) is not None
    )  # where a number has one writing, and a label is a key word
    if answer.kind == "number" and not isinstance(value, str):
        doubtful = counts or _is_count(answer)
        for text in _numbers(value, in_json=in_json):
            yield "RK204", form.write(text), doubtful
        if not form.after.strip() and not in_json:
            yield "RK209", f"{answer.answer.rstrip()}.", False
    elif answer.kind == "label" and not in_json:
        for text in (form.content.upper(), form.content.lower()):
            if not _is_another(answer, text):
                yield "RK203", form.write(text), len(text) < 2
        if not form.after.strip() and form.content[-1:].isalnum():
            yield "RK209", f"{answer.answer.rstrip()}.", len(form.content) < 2
    elif (
        answer.kind in ("json", "list") and not form.separator and not form.before.rpartition("\n")[2].strip()
    ):
        for text in _data(value):
            yield "RK205", form.write(text), False
    elif answer.kind == "sql":
        yield "RK206", form.write(f"{form.content.rstrip().rstrip(';')};"), False
        yield (
            "RK206",
            form.write(re.sub(r"\b(SELECT|FROM|WHERE)\b", lambda m: m[0].lower(), form.content)),
            False,
        )


def _is_count(answer: Written) -> bool:
    """Whether a word stands right after its number."""
    is_number = answer.kind == "number" and not isinstance(answer.form.value, str)
    return is_number and re.match(r"[ -]?[A-Za-z]{2,}", answer.form.after) is not None


def _is_whole(answer: Written) -> bool:
    value = answer.form.value
    return isinstance(value, Decimal) and value == value.to_integral_value()


def _numbers(value: Decimal, *, in_json: bool) -> Iterator[str]:
    text = f"{value:f}"
    whole = value == value.to_integral_value()
    yield f"{text}.0" if whole and "." not in text else f"{text}0"
    if abs(value) >= 1000 and not in_json:
        yield f"{value:,f}"
    if whole and "." in text:
        yield str(int(value))


def _data(value: Any) -> Iterator[str]:
    yield json.dumps(value, indent=2, ensure_ascii=False, default=str)
    yield json.dumps(value, separators=(",", ":"), ensure_ascii=False, default=str)
    shorter = _without_point_zero(value)
    if json.dumps(shorter, default=str) != json.dumps(value, default=str):
        yield json.dumps(shorter, ensure_ascii=False, default=str)
    if isinstance(value, dict) and len(value) > 1:
        yield json.dumps(dict(reversed(list(value.items()))), ensure_ascii=False, default=str)


def _without_point_zero(value: Any) -> Any:
    """The data with whole floats as integers, as a model writes them: 1250 for 1250.0."""
    if isinstance(value, dict):
        return {key: _without_point_zero(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [_without_point_zero(inner) for inner in value]
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_another(answer: Written, text: str) -> bool:
    """Whether that is the label of other rows."""
    return any(str(other) == text for other in answer.others)


def not_declared(material: Material, check: str) -> Skipped | None:
    """Why a right answer in another writing may score less: its author insists on the form, or has not said what kind of answer it is."""
    options = material.grader.options
    if options.format_strict:
        return Skipped(check, "declared format_strict")
    if options.answer not in _SPACE_IS_FREE:
        return Skipped(
            check, "the kind of answer is not declared", 'declare answer= ("number", "label", "json", ...)'
        )
    return None
