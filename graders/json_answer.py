"""`json_fields`: the fields of a JSON object.

What it rewards
    Each right field earns its weight's share; all of them, and no others, earn full marks. The object is the last fenced block of the
    answer or else its last object. Types are strict: "12" is no number, true is not 1; dates are YYYY-MM-DD. Each field is a component.

How it can be gamed
    Partial credit pays for the field that is easiest to guess: an answer that always says "covered" earns that field's share on most
    rows. Give such a field a small weight, or set `partial = 0.3`: all fields together earn three tenths, the rest is for a perfect object
    (sampled answers learnt more from that than from equal shares, docs/study.md). With `partial = false` only a perfect object earns. Keys
    that were not asked for cost their share (`extra = "cost"`), keys given twice, NaN and two objects side by side lose everything.

Known problems
    Free text in a field is compared as text, not by meaning. Lists must be in order. A path cannot name a key that has a dot in it, or an
    item of a list. Without `fields` the reference's keys are the fields, so components differ between samples.

Example
    claim = json_fields_grader(fields={"coverage": {"type": "label", "weight": 2}, "amount": {"type": "number", "tolerance": 0.01}})

    [claim]                                                       # TOML
    use = "json_fields"
    [claim.fields]
    coverage = { type = "label", labels = ["covered", "excluded"], weight = 2 }
    amount = { type = "number", tolerance = 0.01 }
    "policy.number" = "text"
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Unpack, get_args

from rewardkit import Component, Grader, Score, Unscored, case, order, probe, reward
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from .answers import ANYWHERE, Place, place_of, shown
from .fields import Field, fields_like, fields_of
from .json_reading import NotAnObject, Object, read_object, read_whole
from .settings import check_one_of, check_share, with_options

Extra = Literal["cost", "ignore"]

_MISSING = object()
_CLAIM = {"coverage": "covered", "amount": 1200.5}


@dataclass(frozen=True, slots=True)
class _Settings:
    fields: tuple[Field, ...] = ()
    partial: float = 1.0
    extra: Extra = "cost"
    place: Place = ANYWHERE


@case('{"coverage": "covered", "amount": 1200.50}', reference=_CLAIM, expect=1)
@case('Here it is:\n```json\n{"amount": 1200.5, "coverage": "covered"}\n```', reference=_CLAIM, expect=1)
@case('{"coverage": "covered", "amount": 1200}', reference=_CLAIM, expect=0.5)
@case('{"coverage": "covered", "amount": "1200.5"}', reference=_CLAIM, expect=0.5)
@case('{"coverage": "covered"}', reference=_CLAIM, expect=0.5)
@case('{"coverage": "covered", "amount": 1200.5, "note": ""}', reference=_CLAIM, expect=2 / 3)
@case("covered, 1200.50", reference=_CLAIM, expect=0)
@case("{}", reference="[1, 2]", expect="unscored")
@order("{}", '{"amount": 1200.5}', '{"amount": 1200.5, "coverage": "covered"}', reference=_CLAIM)
@probe('{"coverage": "excluded", "coverage": "covered", "amount": 1200.5}', reference=_CLAIM)
@probe('{"coverage": "x", "amount": 1} or {"coverage": "covered", "amount": 1200.5}', reference=_CLAIM)
@probe('{"coverage": true, "amount": NaN}', reference=_CLAIM)
@probe(
    '<think>{"coverage": "covered", "amount": 1200.5}</think>{"coverage": null, "amount": true}',
    reference=_CLAIM,
)
@reward(answer="json", isolation="inline")
def json_fields(completion: str, reference: object) -> Score:
    """A share for every field of the reference object that the answer has right."""
    return _judge(completion, reference, _Settings())


def json_fields_grader(
    *,
    fields: Mapping[str, Any] | None = None,
    partial: bool | float = True,
    extra: Extra = "cost",
    after: str | None = None,
    tag: str | None = None,
    last_line: bool = False,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A grader of JSON objects; it asks for `completion` and `reference` (an object, or its JSON text) and gives 0 to 1.

    fields: `{path: type}` or `{path: {"type": ..., "weight": ..., settings}}`; a path may have dots. Types and their settings:
        label (labels, ignore_case: true unless given), number (tolerance, relative, as_text), text (ignore_case, ignore_ends), bool,
        date, json (equal as JSON). None: every key of the reference, by the type of its value.
    partial: what all fields together can earn; the rest of the mark is for a perfect object. True is 1, and False is 0: perfect or nothing.
    extra: "cost" multiplies the score by asked / (asked + extra) keys; "ignore" lets further keys pass.
    after, tag, last_line: where the answer stands (see `answers.Place`).
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    check_share("partial", partial)
    check_one_of("extra", extra, get_args(Extra))
    declared = () if fields is None else fields_of(fields)
    settings = _Settings(declared, float(partial), extra, place_of(after, tag, last_line))

    @reward(answer="json", isolation="inline")
    def grade(completion: str, reference: object) -> Score:
        """A share for every field of the JSON object that is right."""
        return _judge(completion, reference, settings)

    return made_here(with_options(grade, options, json_fields_grader), options.get("name", ""))


def _judge(completion: str, reference: object, settings: _Settings) -> Score:
    expected = _expected(reference)
    fields = settings.fields or fields_like(expected)
    wanted = [(field, _at(expected, field.path)) for field in fields]
    absent = [field.name for field, value in wanted if value is _MISSING]
    if absent or not fields:
        raise Unscored(
            f"the reference lacks {', '.join(absent) or 'fields'}; use null where nothing is expected"
        )
    for field, value in wanted:
        field.is_right(_MISSING, value)  # a bad reference is found whatever the answer holds
    answer, why = _object(completion, settings)
    total = sum(field.weight for field in fields)
    components = tuple(_component(field, value, answer, total, why) for field, value in wanted)
    share = sum(f.weight * float(c.value or 0) for f, c in zip(fields, components, strict=True)) / total
    if settings.extra == "cost":
        extra = _extra_keys(answer, fields)
        kept = len(fields) / (len(fields) + len(extra))
        note = f"not asked for: {shown(', '.join(extra))}" if extra else ""
        components = (*components, Component("no_extra_keys", kept if answer else 0.0, reason=note))
        share *= kept
    perfect = float(share == 1)
    return Score(perfect + settings.partial * (share - perfect), components, reason=why)


def _expected(reference: object) -> Mapping[str, Any]:
    if isinstance(reference, Mapping):
        return reference
    if not isinstance(reference, str):
        raise Unscored(f"the reference must be an object or its JSON text, got {reference!r:.60}")
    try:
        return read_whole(reference)
    except NotAnObject as error:
        raise Unscored(f"the reference must be an object or its JSON text: {error}") from None


def _object(completion: str, settings: _Settings) -> tuple[Object, str]:
    """The answer's object, or an empty one and why there is none."""
    text = settings.place.find(completion)
    if text is None:
        return {}, settings.place.missing
    try:
        return read_object(text), ""
    except NotAnObject as error:
        return {}, str(error)


def _component(field: Field, expected: Any, answer: Object, total: float, why: str) -> Component:
    value = _at(answer, field.path)
    right = value is not _MISSING and field.is_right(value, expected)
    fault = "missing" if value is _MISSING else f"{_seen(value)} is not {_seen(expected)}"
    return Component(
        field.name, float(right), weight=field.weight / total, reason="" if right or why else fault
    )


def _seen(value: Any) -> str:
    return shown(value) if isinstance(value, str) else str(value)[:60]


def _at(value: Any, path: tuple[str, ...]) -> Any:
    for key in path:
        if not isinstance(value, Mapping) or key not in value:
            return _MISSING
        value = value[key]
    return value


def _extra_keys(answer: Object, fields: tuple[Field, ...]) -> list[str]:
    """The keys of the answer, at the top and in the objects that paths lead through, that no field asks for."""
    asked = {field.path[:size] for field in fields for size in range(1, len(field.path) + 1)}
    objects = [(parent, _at(answer, parent)) for parent in sorted({path[:-1] for path in asked})]
    return [
        key
        for parent, value in objects
        if isinstance(value, Mapping)
        for key in value
        if (*parent, key) not in asked
    ]
