"""How a right answer is written: what stands before and after its content, so that another content can be written in the same way.

    form = form_of("So the total is 1,000.", "1000", "number")
    form.write("1001")             # "So the total is 1001."

Without a form nothing can be said about what a wrong answer would look like to the grader, and checks that need one are left out.
"""

from __future__ import annotations

import calendar
import datetime
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from ..options import Answer
from .kinds import as_date, as_list, as_number, as_object
from .known_rows import plain

_NUMBER = re.compile(r"(?<![\w.])[-+\u2212]?(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?(?![\w])")
_MARKED_ANSWER = re.compile(r"\banswer\W{0,3}:|\\boxed\{|####|<answer>", re.IGNORECASE)
_QUANTITY = re.compile(
    r"(?:[$\u20ac\u00a3] ?)?([-+\u2212]?[\d,]+(?:\.\d+)?) ?[^\W\d][^\d]{0,19}|[$\u20ac\u00a3] ?([-+]?[\d,]+(?:\.\d+)?)"
)
"""A number with its unit or currency: `450 MW`, `$20`."""
_FENCE = re.compile(r"```[a-zA-Z]*\n(?P<code>.*?)\n?```", re.DOTALL)
_SEPARATORS = (", ", ",", "\n", "\n- ", "; ", " | ", " and ")
_TAGS = re.compile(r"<(\w+)>[^<]*</\1>")
_OF_THINKING = {"think", "thinking", "thought", "reasoning", "scratchpad"}
_WRITTEN_OUT = ("sql", "code")
_DATE_WRITINGS = (
    "{day} {month} {year}",
    "{day} {short} {year}",
    "{month} {day}, {year}",
    "{short} {day}, {year}",
    "{day:02}.{number:02}.{year}",
    "{day}.{number}.{year}",
    "{day:02}/{number:02}/{year}",
    "{number:02}/{day:02}/{year}",
)
_DATA = ("list", "json", "date", "free")


@dataclass(frozen=True, slots=True)
class Form:
    """A right answer around its content. `value` is the content as data: a Decimal, a list, a mapping, a date or a text.

    `separator` is what a list's items are joined with; empty when it is written as JSON. `writing` is how a date is written, empty for ISO.
    """

    before: str
    after: str
    content: str
    value: Any
    separator: str = ""
    writing: str = ""

    def write(self, content: str) -> str:
        """The answer with this content in place of the right one."""
        return self.before + content + self.after

    def write_value(self, value: Any) -> str:
        """The answer with this data in place of the right one."""
        return self.write(self.text_of(value))

    def text_of(self, value: Any) -> str:
        """Data as this answer writes it."""
        if isinstance(value, datetime.date):
            return _date_text(value, self.writing)
        if isinstance(value, list) and self.separator:
            return self.separator.join(str(item) for item in value)
        if isinstance(value, list | dict):
            return json.dumps(value, ensure_ascii=False, default=str)
        return f"{value:f}" if hasattr(value, "as_tuple") else str(value)


def form_of(answer: str, reference: Any, kind: Answer | None) -> Form | None:
    """The form of a right answer; None when its content is not found in it, by the reference or by what marks an answer."""
    found = _form_by_reference(answer, reference, kind)
    if found is not None and _MARKED_ANSWER.search(found.after):
        return None  # what stands before the answer is how it was found
    if found is None and kind not in _DATA:
        found = _form_by_marks(answer)
        if kind == "number" and found is not None and as_number(found.content) is not None:
            return None  # a number, but not the reference: right within some tolerance
    return found


def tag_names(answer: str) -> list[str]:
    """The names of the pairs of tags in an answer, those of thinking apart."""
    return [found[1] for found in _TAGS.finditer(answer) if found[1].casefold() not in _OF_THINKING]


def tags_emptied(answer: str) -> str:
    """The answer with nothing between its tags; as it is, where the only ones are those of thinking."""
    return _TAGS.sub(r"<\1></\1>", answer) if tag_names(answer) else answer


def _form_by_marks(answer: str) -> Form | None:
    """What stands in the last box, in the last pair of tags, or after `####` or `Answer:`."""
    boxes = list(re.finditer(r"\\boxed\{", answer))
    if boxes:
        start = boxes[-1].end()
        end = _closing(answer, start)
        return Form(answer[:start], answer[end:], answer[start:end], answer[start:end])
    for pattern in (
        r"<(\w+)>(?P<it>[^<]+)</\1>(?!.*</\1>)",
        r"#### *(?P<it>[^\n]+)",
        r"(?i)answer: *(?P<it>[^\n]+)",
    ):
        found = list(re.finditer(pattern, answer, re.DOTALL if "<" in pattern else 0))
        if found:
            start, end = found[-1].span("it")
            return Form(answer[:start], answer[end:], answer[start:end], answer[start:end])
    return None


def _closing(text: str, start: int) -> int:
    """Where the brace that is open at `start` closes."""
    depth = 1
    for place in range(start, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if not depth:
            return place
    return len(text)


def _form_by_reference(answer: str, reference: Any, kind: Answer | None) -> Form | None:
    if kind in _WRITTEN_OUT:
        return _form_of_code(answer)
    if kind == "number":
        return _form_of_number(answer, reference)
    if kind in ("list", "json"):
        return _form_of_data(answer, reference, kind)
    if kind == "date":
        return _form_of_date(answer, reference)
    text = (
        reference
        if isinstance(reference, str)
        else str(reference)
        if isinstance(reference, int | float)
        else ""
    )
    text = text.strip()
    if text and plain(answer) == plain(text):
        return Form("", "", answer, text)
    return _around(answer, text, text) if text else None


def _form_of_code(answer: str) -> Form:
    """A query or program: what its fence holds, else the whole answer."""
    found = list(_FENCE.finditer(answer))
    if not found:
        return Form("", "", answer, answer)
    start, end = found[-1].span("code")
    return Form(answer[:start], answer[end:], answer[start:end], answer[start:end])


def _form_of_number(answer: str, reference: Any) -> Form | None:
    value = as_number(reference)
    if value is None and isinstance(reference, str) and (found := _QUANTITY.fullmatch(reference.strip())):
        value = as_number(found[1] or found[2])
    if value is None:
        return None
    equal = [found for found in _NUMBER.finditer(answer) if as_number(found.group()) == value]
    if not equal:
        return None
    start, end = equal[-1].span()
    return Form(answer[:start], answer[end:], answer[start:end], value)


def _form_of_date(answer: str, reference: Any) -> Form | None:
    date = as_date(reference)
    if date is None:
        return None
    for writing in ("", *_DATE_WRITINGS):
        form = _around(answer, _date_text(date, writing), date)
        if form:
            return replace(form, writing=writing)
    return None


def date_texts(date: datetime.date) -> list[str]:
    """A date in every writing that is known here."""
    return [_date_text(date, writing) for writing in ("", *_DATE_WRITINGS)]


def _date_text(date: datetime.date, writing: str) -> str:
    """A date in one of `_DATE_WRITINGS`, else as ISO 8601 has it."""
    if not writing:
        return date.isoformat()
    month = calendar.month_name[date.month]
    return writing.format(day=date.day, number=date.month, month=month, short=month[:3], year=date.year)


def _form_of_data(answer: str, reference: Any, kind: Answer) -> Form | None:
    value = as_list(reference) if kind == "list" else as_object(reference)
    if value is None:
        return None
    for start, end, found in json_in(answer):
        if found == value or (isinstance(found, list) and _same_items(found, value)):
            return Form(answer[:start], answer[end:], answer[start:end], found)
    if isinstance(value, list) and value and all(isinstance(item, str | int | float) for item in value):
        for separator in _SEPARATORS if len(value) > 1 else (", ",):
            form = _around(answer, separator.join(str(item) for item in value), value)
            if form:
                return Form(form.before, form.after, form.content, value, separator)
    return None


def _same_items(found: Sequence[Any], value: Any) -> bool:
    return isinstance(value, list) and sorted(map(str, found)) == sorted(map(str, value))


def json_in(answer: str) -> Iterator[tuple[int, int, Any]]:
    """Every JSON object or list in a text that is not inside another one, with its place."""
    decoder, position = json.JSONDecoder(), 0
    while (found := re.compile(r"[\[{]").search(answer, position)) is not None:
        try:
            value, end = decoder.raw_decode(answer, found.start())
        except (ValueError, RecursionError):
            position = found.start() + 1
            continue
        yield found.start(), end, value
        position = end


def _around(answer: str, content: str, value: Any) -> Form | None:
    """The last place where the content stands as words of its own, whatever its case."""
    pattern = rf"(?<!\w){re.escape(content)}(?!\w)"
    found = list(re.finditer(pattern, answer, re.IGNORECASE))
    if not found:
        return None
    start, end = found[-1].span()
    return Form(answer[:start], answer[end:], answer[start:end], value)
