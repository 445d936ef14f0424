"""`choice`: the letter of a multiple-choice question.

What it rewards
    The right letter, given once. It is looked for in this order: in a LaTeX box, after "Answer:", "The answer is" or "Option:", and else
    the answer (or its last line) must be the letter, alone or in front of its option: "B", "(B)", "B) Paris".

How it can be gamed
    Lists earn nothing: "A, B", "A or B", "A/B", a letter on each line, two boxes with different letters, or the options of the prompt copied out. A letter in a
    thought or a denied one ("the answer is not B") does not count. Always giving one letter earns its share: shuffle the options.

Known problems
    The text of an option without its letter ("Paris") earns nothing. Small letters count only in a box, after a marker at the end of the
    line, or alone, because "a" and "i" are words. "I think B" on its own earns nothing: ask for "Answer: B".

Example
    quiz = choice_grader(letters="ABCD")      # Python

    [quiz]                                    # TOML
    use = "choice"
    letters = "ABCD"
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Unpack

from rewardkit import Grader, Score, Unscored, case, order, probe, reward
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from .answers import ANYWHERE, Place, after_last, bare, boxed_parts, is_denied, place_of, shown, unwrapped
from .settings import with_options, wrong

_MARKER = re.compile(r"####|\b(?:answer|option|choice|letter)[\s*_]{0,4}(?:\bis\b|[:=])", re.IGNORECASE)
# A letter by itself, by a bracket or full stop, or before a reason: "B", "(B)", "B. Paris", "B because".
_FIRST = re.compile(
    r"[\s*_`\"'(\[{$]{0,8}(?P<letter>[A-Za-z])(?:(?P<mark>[\s*_`\"')\]}$]*[).:\]},;][\s*_`]*)(?P<rest>.*)|[\s*_`\"')\]}$]*\Z"
    r"|\s+(?=(?:because|since|as|for|due|which|is)\b)(?P<reason>.*))",
    re.DOTALL,
)
_LONE = re.compile(r"(?<![\w'’-])[A-Z](?![\w'’-])")
_ALONE = re.compile(r"^[\s*_`(\[]{0,8}([A-Z])[)\].:*_`,; \t]{0,8}$", re.MULTILINE)
_LINE = re.compile(r"^[\s*_`(\[]{0,8}([A-Z])[)\].:*_]{1,4}(?:\s|$)", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Settings:
    letters: str = "ABCDEFGHIJ"
    place: Place = ANYWHERE


@case("B", reference="B", expect=1)
@case("Paris is the capital, so\n\n**Answer: (B)**", reference="B", expect=1)
@case(r"$\boxed{\text{B}}$", reference="b", expect=1)
@case("B) Paris", reference="B", expect=1)
@case("The answer is C.", reference="B", expect=0)
@case("Paris", reference="B", expect=0)
@case("B", reference="Paris", expect="unscored")
@order("C", "B", reference="B")
@probe("A, B, C, D", reference="B")
@probe("Answer: B or C", reference="B")
@probe("A) London B) Paris C) Rome", reference="A")
@probe("A) London\nB) Paris\nC) Rome", reference="C")
@probe("A\nB\nC", reference="C")
@probe("Answer: A\nB\nC", reference="A")
@probe("The answer is not B", reference="B")
@probe("<think>B</think> Answer: C", reference="B")
@reward(answer="label", isolation="inline")
def choice(completion: str, reference: object) -> Score:
    """Full marks when the answer is the reference's letter and no other."""
    return _judge(completion, reference, _Settings())


def choice_grader(
    *,
    letters: str = "ABCDEFGHIJ",
    after: str | None = None,
    tag: str | None = None,
    last_line: bool = False,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A grader of option letters; it asks for `completion` and `reference` (a letter) and gives 0 or 1.

    letters: the letters of the options, capitals A to Z; a reference outside them is unscored.
    after, tag, last_line: where the answer stands (see `answers.Place`).
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    if (
        not isinstance(letters, str)
        or not re.fullmatch("[A-Z]{2,26}", letters)
        or len(set(letters)) < len(letters)
    ):
        raise wrong("letters", letters, 'two or more different capitals, such as "ABCD"')
    settings = _Settings(letters, place_of(after, tag, last_line))

    @reward(answer="label", isolation="inline")
    def grade(completion: str, reference: object) -> Score:
        """Full marks when the answer is the reference's letter and no other."""
        return _judge(completion, reference, settings)

    return made_here(with_options(grade, options, choice_grader), options.get("name", ""))


def _judge(completion: str, reference: object, settings: _Settings) -> Score:
    wanted = bare(reference).upper() if isinstance(reference, str) else ""
    if len(wanted) != 1 or wanted not in settings.letters:
        raise Unscored(f"the reference must be one of the letters {settings.letters}, got {reference!r:.60}")
    answer = settings.place.find(completion)
    if answer is None:
        return Score(0.0, reason=settings.place.missing)
    given = _letter(unwrapped(answer), settings)
    if given == wanted:
        return Score(1.0)
    return Score(
        0.0,
        reason=f"the answer is {given}" if given else f"no single letter in {shown(answer.strip()[-60:])}",
    )


def _letter(answer: str, settings: _Settings) -> str:
    """The one letter that the answer commits itself to, a capital; "" when there is none."""
    boxes = {bare(part).upper() for part in boxed_parts(answer)}
    if boxes:
        return next(iter(boxes)) if len(boxes) == 1 and boxes <= set(settings.letters) else ""
    stated = after_last(answer, _MARKER)
    if stated is not None:
        *_, marker = _MARKER.finditer(answer)
        one_a_line = set(_ALONE.findall(answer[marker.end() :]))
        return _first_letter(stated, settings) if len(one_a_line) < 2 else ""
    lines = [line for line in answer.splitlines() if line.strip()]
    if not lines or len({*_LINE.findall(answer), *_ALONE.findall(answer)}) > 1:
        return ""
    return _first_letter(lines[-1], settings)


def _first_letter(text: str, settings: _Settings) -> str:
    """The letter that opens the text, unless it is a word, a list's first item, or denied."""
    found = _FIRST.match(text)
    if found is None:
        return ""
    letter, rest = found["letter"].upper(), found["rest"] or found["reason"] or ""
    small_in_sentence = found["letter"].islower() and bool(rest)
    if letter not in settings.letters or small_in_sentence or is_denied(text, *found.span("letter")):
        return ""
    return "" if _is_list(rest, letter, settings) else letter


def _is_list(rest: str, letter: str, settings: _Settings) -> bool:
    """Whether another option's letter follows as an item, not as a word of a sentence ("C is too small")."""
    for other in _LONE.finditer(rest):
        if other.group() == letter or other.group() not in settings.letters or is_denied(rest, *other.span()):
            continue
        joined = not re.search(
            r"\w", re.sub(r"\b(?:or|and)\b", " ", rest[max(0, other.start() - 40) : other.start()])
        )
        if joined or not re.match(r"\s+\w", rest[other.end() : other.end() + 10]):
            return True
    return False
