"""`exact_text`: the same text as the reference.

What it rewards
    An answer equal to the reference, character by character after Unicode normalisation (NFC). By default a run of spaces or line ends
    counts as one space, and those at both ends do not count; upper and lower case do. A reference may be a list of accepted texts.

How it can be gamed
    Not by adding anything: one more word loses everything. A reference that is short and frequent ("yes") can be guessed.

Known problems
    It is as strict as it says: a final full stop, quotation marks or another dash lose (`ignore_ends` forgives what stands around the
    text). It knows no synonyms. Never strip punctuation inside a text to be kind: then 1.5 equals 15 and C++ equals C.

Example
    title = exact_text_grader(ignore_case=True, tag="title")      # Python

    [title]                                                       # TOML
    use = "exact_text"
    ignore_case = true
    tag = "title"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Unpack, get_args

from rewardkit import Grader, Score, Unscored, case, order, probe, reward
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from .answers import ANYWHERE, Place, bare, normal, place_of, shown
from .settings import check_flag, check_one_of, with_options

Space = Literal["collapse", "ends", "keep"]


@dataclass(frozen=True, slots=True)
class _Settings:
    ignore_case: bool = False
    space: Space = "collapse"
    ignore_ends: bool = False
    place: Place = ANYWHERE


@case("Lisbon", reference="Lisbon", expect=1)
@case("  Cafe\u0301 de\r\nFlore\n", reference="Café de Flore", expect=1)
@case("second", reference=["first", "second"], expect=1)
@case("lisbon", reference="Lisbon", expect=0)
@case("Lisbon", reference=[], expect="unscored")
@case("", reference=" ", expect="unscored")
@order("Porto", "Lisbon", reference="Lisbon")
@probe("Lisbon, Porto", reference="Lisbon")
@probe("not Lisbon", reference="Lisbon")
@probe("Lisbo", reference="Lisbon")
@probe("<think>Lisbon</think>", reference="Lisbon")
@reward(answer="text", isolation="inline")
def exact_text(completion: str, reference: object) -> Score:
    """Full marks when the answer is the reference text, spacing aside."""
    return _judge(completion, reference, _Settings())


def exact_text_grader(
    *,
    ignore_case: bool = False,
    space: Space = "collapse",
    ignore_ends: bool = False,
    after: str | None = None,
    tag: str | None = None,
    last_line: bool = False,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A grader of exact texts; it asks for `completion` and `reference` (a text, or a list of accepted texts) and gives 0 or 1.

    ignore_case: upper and lower case are the same.
    space: "collapse" runs of white space to one space; "ends" drops it only at both ends; "keep" counts every character.
    ignore_ends: quotes, brackets, markdown and punctuation around the text do not count.
    after, tag, last_line: where the answer stands (see `answers.Place`).
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    check_flag("ignore_case", ignore_case)
    check_one_of("space", space, get_args(Space))
    check_flag("ignore_ends", ignore_ends)
    settings = _Settings(ignore_case, space, ignore_ends, place_of(after, tag, last_line))

    @reward(answer="text", isolation="inline")
    def grade(completion: str, reference: object) -> Score:
        """Full marks when the answer is the reference text."""
        return _judge(completion, reference, settings)

    return made_here(with_options(grade, options, exact_text_grader), options.get("name", ""))


def same_text(
    text: str,
    reference: str,
    *,
    ignore_case: bool = False,
    space: Space = "collapse",
    ignore_ends: bool = False,
) -> bool:
    """Whether two texts are the same under these settings."""
    settings = _Settings(ignore_case, space, ignore_ends)
    return _key(text, settings) == _key(reference, settings)


def _judge(completion: str, reference: object, settings: _Settings) -> Score:
    accepted = {_key(text, settings) for text in _accepted(reference)}
    answer = settings.place.find(completion)
    if answer is None:
        return Score(0.0, reason=settings.place.missing)
    if _key(answer, settings) in accepted:
        return Score(1.0)
    return Score(0.0, reason=f"the answer is {shown(answer.strip())}")


def _accepted(reference: object) -> list[str]:
    texts = reference if isinstance(reference, list | tuple) else [reference]
    if not texts or not all(isinstance(text, str) and text.strip() for text in texts):
        raise Unscored(
            f"the reference must be a text that is not blank, or a list of such texts; got {reference!r:.60}"
        )
    return list(texts)


def _key(text: str, settings: _Settings) -> str:
    text = normal(text, ignore_case=settings.ignore_case)
    if settings.ignore_ends:
        text = bare(text)
    if settings.space == "collapse":
        return " ".join(text.split())
    return text.strip() if settings.space == "ends" else text
