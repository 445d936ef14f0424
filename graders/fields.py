"""The fields of a JSON answer: what each must be, and whether a value is right.

    fields_of({"coverage": {"type": "label", "labels": ["covered", "excluded"], "weight": 2}, "amount": "number"})

Types are strict: "12" is no number unless the field says `as_text`, and true is never 1. A reference of null asks for null.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from rewardkit import Unscored
from rewardkit.errors import GraderError, did_you_mean

from .answers import normal, shown
from .number_reading import numbers_in, without_latex
from .numeric import EQUAL, Closeness, closeness_of, expected_number
from .settings import check_flag, check_number, check_one_of, check_words, wrong
from .text import same_text

_ALLOWED: Mapping[str, tuple[str, ...]] = {  # the settings of each type, beside `type` and `weight`
    "label": ("labels", "ignore_case"),
    "number": ("tolerance", "relative", "as_text"),
    "text": ("ignore_case", "ignore_ends"),
    "bool": (),
    "date": (),
    "json": (),
}


@dataclass(frozen=True, slots=True)
class Field:
    """One field: the path to it, its type, its weight and the settings of its type."""

    path: tuple[str, ...]
    type: str
    weight: float = 1.0
    labels: tuple[str, ...] = ()
    ignore_case: bool = False
    ignore_ends: bool = False
    as_text: bool = False
    closeness: Closeness = EQUAL

    @property
    def name(self) -> str:
        """The path with dots: `policy.number`."""
        return ".".join(self.path)

    def is_right(self, value: Any, expected: Any) -> bool:
        """Whether the answer's value is the reference's; Unscored when the reference's is none of this type."""
        if expected is None:
            return value is None
        return _CHECKS[self.type](self, value, expected)


def fields_of(declared: Mapping[str, Any]) -> tuple[Field, ...]:
    """The fields of a factory's setting: `{path: type}` or `{path: {type, weight, ...}}`; tables without `type` are nested objects.

    Raises GraderError, with the line of the factory's caller, for what is wrong.
    """
    if not isinstance(declared, Mapping) or not declared:
        raise wrong("fields", declared, 'a table of fields, such as {amount = "number"}')
    return tuple(_declared(declared, ()))


def fields_like(reference: Mapping[str, Any]) -> tuple[Field, ...]:
    """A field for every key of the reference, of the type of its value there."""
    return tuple(Field((key,), _type_of(value)) for key, value in reference.items())


def _declared(table: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[Field]:
    for key, value in table.items():
        path = (*above, *str(key).split("."))
        if isinstance(value, Mapping) and not isinstance(value.get("type"), str):
            yield from _declared(value, path)
        else:
            yield _field(path, value if isinstance(value, Mapping) else {"type": value})


def _field(path: tuple[str, ...], settings: Mapping[str, Any]) -> Field:
    prefix = f"fields.{'.'.join(path)}"
    kind = settings["type"]
    check_one_of(f"{prefix}.type", kind, _ALLOWED)
    allowed = ("type", "weight", *_ALLOWED[kind])
    for key, value in settings.items():
        if key not in allowed:
            raise wrong(
                f"{prefix}.{key}",
                value,
                f"for a {kind} only {', '.join(allowed)}.{did_you_mean(key, allowed)}",
            )
    weight = settings.get("weight", 1.0)
    check_number(f"{prefix}.weight", weight, above=0)
    for key in ("ignore_case", "ignore_ends", "as_text"):
        check_flag(f"{prefix}.{key}", settings.get(key, False))
    labels = settings.get("labels")
    return Field(
        path,
        kind,
        float(weight),
        labels=() if labels is None else check_words(f"{prefix}.labels", labels, least=2),
        ignore_case=settings.get("ignore_case", kind == "label"),
        ignore_ends=settings.get("ignore_ends", False),
        as_text=settings.get("as_text", False),
        closeness=_closeness(settings, prefix),
    )


def _closeness(settings: Mapping[str, Any], prefix: str) -> Closeness:
    try:
        return closeness_of(settings.get("tolerance", 0.0), settings.get("relative", 0.0))
    except GraderError as error:
        raise GraderError(f"{prefix}.{error.message}", where=error.where) from None


def _type_of(value: Any) -> str:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float | Decimal):
        return "number"
    return "text" if isinstance(value, str) else "json"


def _label(field: Field, value: Any, expected: Any) -> bool:
    wanted = _text_of(expected, field)
    if field.labels and not any(_same(wanted, label, field) for label in field.labels):
        raise Unscored(f"the reference's {field.name} {wanted!r:.60} is not one of {', '.join(field.labels)}")
    return isinstance(value, str) and _same(value, wanted, field)


def _text(field: Field, value: Any, expected: Any) -> bool:
    wanted = _text_of(expected, field)
    return isinstance(value, str) and _same(value, wanted, field)


def _same(value: str, wanted: str, field: Field) -> bool:
    return same_text(value, wanted, ignore_case=field.ignore_case, ignore_ends=field.ignore_ends)


def _text_of(expected: Any, field: Field) -> str:
    if not isinstance(expected, str):
        raise Unscored(f"the reference's {field.name} must be a text or null, got {expected!r:.60}")
    return expected


def _number(field: Field, value: Any, expected: Any) -> bool:
    wanted = expected_number(expected)
    if isinstance(value, str) and field.as_text:
        found = numbers_in(without_latex(value))
        value = found[0].value if len(found) == 1 else None
    return isinstance(value, Decimal) and field.closeness.holds(value, wanted)


def _bool(field: Field, value: Any, expected: Any) -> bool:
    if not isinstance(expected, bool):
        raise Unscored(f"the reference's {field.name} must be true, false or null, got {expected!r:.60}")
    return value is expected


def _date(field: Field, value: Any, expected: Any) -> bool:
    wanted = _day(expected)
    if wanted is None:
        raise Unscored(
            f"the reference's {field.name} must be a date like 2026-03-31, got {shown(str(expected))}"
        )
    return _day(value) == wanted


def _day(value: Any) -> date | None:
    """A calendar day written YYYY-MM-DD. The length matters: Python also reads 20260331 and 2026-W14-2."""
    if isinstance(value, date):
        return value
    try:
        return (
            date.fromisoformat(value)
            if isinstance(value, str) and len(value) == 10 and value[4] == "-" == value[7]
            else None
        )
    except ValueError:
        return None


def _json(field: Field, value: Any, expected: Any) -> bool:
    """Equal as JSON: numbers by value, texts exactly, lists in order, objects without regard to the order of keys."""
    if isinstance(expected, Mapping):
        return (
            isinstance(value, Mapping)
            and value.keys() == expected.keys()
            and all(_json(field, value[key], expected[key]) for key in expected)
        )
    if isinstance(expected, list | tuple):
        return (
            isinstance(value, list)
            and len(value) == len(expected)
            and all(_json(field, one, other) for one, other in zip(value, expected, strict=True))
        )
    if isinstance(expected, bool) or expected is None:
        return value is expected
    if isinstance(expected, str):
        return isinstance(value, str) and normal(value) == normal(expected)
    return isinstance(value, Decimal) and value == expected_number(expected)


_CHECKS: Mapping[str, Callable[[Field, Any, Any], bool]] = {
    "label": _label,
    "number": _number,
    "text": _text,
    "bool": _bool,
    "date": _date,
    "json": _json,
}
