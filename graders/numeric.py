"""`number`: the final number of an answer, within a tolerance.

What it rewards
    The right number, whatever its notation: 1,234.50 and $1234.5, 7 and 7.0, 5e3, 5 x 10^3 and 5 thousand, 10% and 0.1, and the minus
    signs of ASCII and Unicode. It is read from a LaTeX box, else after "Answer:", "The answer is" or "####", else it is the last number.

How it can be gamed
    Hedging earns nothing: "5 or 6", "5-7", "41, 42, 43", "41 apples, 42 apples", a number on each line, two boxes that differ. Nor does a denied number ("not 42"), one inside a thought
    or a word (v42, x^42). A tolerance is reward for a near miss: set it no wider than the task allows.

Known problems
    Units and currencies are not compared: 5 kg is 5 g. Fractions (1/2), roots and formulas are not read. "In 2024, 42 claims" looks like a
    list and earns nothing: ask for "Answer: 42". With a decimal comma set `decimal = ","`, else 1,5 is no number.
    "- 42" at the start of a line is a bullet or a minus sign: it earns nothing, whichever was meant. Candidates in sentences of their own
    ("It may be 41. It may be 42.") are not seen as a list, and the last one counts: ask for "Answer: 42".

Example
    amount = number_grader(tolerance=0.005, after="Total:")      # Python

    [amount]                                                     # TOML
    use = "number"
    tolerance = 0.005
    after = "Total:"
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, localcontext
from typing import Unpack, get_args

from rewardkit import Grader, Score, Unscored, case, order, probe, reward
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from .answers import ANYWHERE, Place, boxed_parts, final_statement, is_denied, place_of, shown
from .number_reading import ENGLISH, Found, Notation, Percent, are_joined, numbers_in, without_latex
from .settings import check_number, check_one_of, with_options


@dataclass(frozen=True, slots=True)
class Closeness:
    """How far from the reference a number may be: `absolute` in its units, or `relative` times its size, whichever is more."""

    absolute: Decimal = Decimal(0)
    relative: Decimal = Decimal(0)

    def holds(self, value: Decimal, reference: Decimal) -> bool:
        """Whether `value` is near enough; with both at 0 the numbers must be equal."""
        if value == reference:
            return True
        if not self.absolute and not self.relative:
            return False
        with localcontext(prec=200) as context:
            context.clear_traps()
            return abs(value - reference) <= max(self.absolute, self.relative * abs(reference))


EQUAL = Closeness()
_WINDOW = 20_000  # characters that are read: the last ones, or the first after a marker; 10 us a number in the worst case


@dataclass(frozen=True, slots=True)
class _Settings:
    closeness: Closeness = EQUAL
    notation: Notation = ENGLISH
    place: Place = ANYWHERE


@case("6 x 7 = 42", reference="42", expect=1)
@case("It comes to **$1,234.50**.", reference=1234.5, expect=1)
@case("The answer is \u221210 %, down from 5.", reference="-0.1", expect=1)
@case(r"<think>41?</think> \boxed{42.0}", reference=42, expect=1)
@case("Answer: 42\n(see page 7)", reference="42", expect=1)
@case("420", reference="42", expect=0)
@case("42nd7 v42 x^42", reference="42", expect=0)
@case("nan", reference="42", expect=0)
@case("42", reference="about 41 or 42", expect="unscored")
@case("42", reference=float("nan"), expect="unscored")
@order("41", "42", reference="42")
@probe("41, 42, 43", reference="43")
@probe("5 or 6 or 7", reference="7")
@probe("41 apples, 42 apples, 43 apples", reference="43")
@probe("41) 42) 43)", reference="43")
@probe("* 41\n* 42\n* 43", reference="43")
@probe("Answer: 41\n42\n43", reference="41")
@probe("- 42", reference="42")
@probe("The answer is not 42", reference="42")
@probe("<think>42</think> Answer: 41", reference="42")
@probe(r"\boxed{41} \boxed{42}", reference="42")
@reward(answer="number", isolation="inline")
def number(completion: str, reference: object) -> Score:
    """Full marks when the final number of the answer equals the reference."""
    return _judge(completion, reference, _Settings())


def number_grader(
    *,
    tolerance: float = 0.0,
    relative: float = 0.0,
    percent: Percent = "fraction",
    decimal: str = ".",
    after: str | None = None,
    tag: str | None = None,
    last_line: bool = False,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A grader of numbers; it asks for `completion` and `reference` (a number, or a text with one number) and gives 0 or 1.

    tolerance, relative: the answer may be off by `tolerance`, or by `relative` times the reference's size (0.01 is 1 %).
    percent: "fraction" makes 10% equal 0.1; "ignore" makes it equal 10.
    decimal: "." or ","; the other one then separates thousands.
    after, tag, last_line: where the answer stands (see `answers.Place`).
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    check_one_of("percent", percent, get_args(Percent))
    check_one_of("decimal", decimal, (".", ","))
    settings = _Settings(
        closeness_of(tolerance, relative), Notation(decimal, percent), place_of(after, tag, last_line)
    )

    @reward(answer="number", isolation="inline")
    def grade(completion: str, reference: object) -> Score:
        """Full marks when the final number of the answer is near enough to the reference."""
        return _judge(completion, reference, settings)

    return made_here(with_options(grade, options, number_grader), options.get("name", ""))


def closeness_of(tolerance: float, relative: float) -> Closeness:
    """A Closeness from a factory's settings; GraderError when one is wrong."""
    check_number("tolerance", tolerance)
    check_number("relative", relative)
    return Closeness(Decimal(str(tolerance)), Decimal(str(relative)))


def expected_number(reference: object, notation: Notation = ENGLISH) -> Decimal:
    """The reference as a number; Unscored when it is not exactly one finite number."""
    if isinstance(reference, int | Decimal) and not isinstance(reference, bool):
        value: Decimal | None = Decimal(reference)
    elif isinstance(reference, float):
        value = Decimal(repr(reference))
    elif isinstance(reference, str):
        found = numbers_in(without_latex(reference.rpartition("####")[2]), notation)
        value = found[0].value if len(found) == 1 else None
    else:
        value = None
    if value is None or not value.is_finite():
        raise Unscored(f"the reference must be one finite number, got {shown(str(reference)[:80])}")
    return value


def _judge(completion: str, reference: object, settings: _Settings) -> Score:
    wanted = expected_number(reference, settings.notation)
    answer = settings.place.find(completion)
    if answer is None:
        return Score(0.0, reason=settings.place.missing)
    window = answer[:_WINDOW] if settings.place.after else answer[-_WINDOW:]
    value, why = _final_number(without_latex(window), settings)
    if value is None:
        return Score(0.0, reason=why)
    close = settings.closeness.holds(value, wanted)
    return Score(float(close), reason="" if close else f"the answer is {value}")


def _final_number(answer: str, settings: _Settings) -> tuple[Decimal | None, str]:
    """The one number to which the answer commits itself, or None and why there is none."""
    boxes = boxed_parts(answer)
    if boxes:
        values = {_of_box(part, settings) for part in boxes}
        return (
            (values.pop(), "the box holds no single number")
            if len(values) == 1
            else (None, "boxes that differ")
        )
    stated = answer if settings.place.after else final_statement(answer)
    if stated is not None:
        text, found = _side(stated, settings.notation)
        if _goes_on(answer, stated, settings.notation):
            return None, "several numbers, one on each line"
        if found:
            return _committed(text, found, 0)
    found = numbers_in(answer, settings.notation)
    return _committed(answer, found, len(found) - 1) if found else (None, "no number in the answer")


def _goes_on(answer: str, stated: str, notation: Notation) -> bool:
    """Whether the lines after the stated answer go on with other numbers, as in a list."""
    rest = answer[answer.rfind(stated) :]
    found = numbers_in(rest, notation)
    last = sum(each.start < len(stated) for each in found) - 1
    if last < 0 or last + 1 >= len(found):
        return False
    return found[last].value != found[last + 1].value and are_joined(rest, found[last], found[last + 1])


def _of_box(part: str, settings: _Settings) -> Decimal | None:
    _, found = _side(part, settings.notation)
    return found[0].value if len(found) == 1 else None


def _side(text: str, notation: Notation) -> tuple[str, list[Found]]:
    """The side of an equation that is one number, the right one first ("6 x 7 = 42", "42 = 6 x 7"); else the whole text."""
    for side in (text.rpartition("=")[2], text.partition("=")[0]):
        found = numbers_in(side, notation)
        if len(found) == 1:
            return side, found
    return text, numbers_in(text, notation)


def _committed(text: str, found: list[Found], index: int) -> tuple[Decimal | None, str]:
    """The number at `index`, unless it is one of several that hang together, denied, or written in no known way."""
    chosen = found[index]
    first, last = index, index
    while first > 0 and are_joined(text, found[first - 1], found[first]):
        first -= 1
    while last + 1 < len(found) and are_joined(text, found[last], found[last + 1]):
        last += 1
    if len({each.value for each in found[first : last + 1]}) > 1:
        return None, f"several numbers: {shown(text[found[first].start : found[last].end])}"
    if chosen.value is None:
        return None, f"no plain number: {shown(text[chosen.start : chosen.end])}"
    if is_denied(text, chosen.start, chosen.end):
        return None, f"{chosen.value} is denied"
    return chosen.value, ""
