"""`label`: one of a closed set of labels.

What it rewards
    An answer that gives the right label and no other one. With `labels`, the answer may be a sentence: the label is looked for as a whole
    word, the longest first ("not covered" is never "covered"), case aside. Without them, the answer must be the label alone, or stand
    after "Answer:" or "The answer is".

How it can be gamed
    Naming several labels earns nothing, nor does a label that is denied ("not covered") or one inside a thought. A policy can still learn
    to give the commonest label every time: look at the share of the majority label before you read a mean.

Known problems
    A sentence that mentions a second label in passing ("covered, although theft would be excluded") earns nothing: ask for the label on the
    last line and set `last_line`, or set `after = "Answer:"`. Denials are found in English only, within three words and one clause, and
    only in common words ("not", "far from", "anything but"): "covered? I doubt it" is taken for covered.

Example
    coverage = label_grader(labels=["covered", "excluded", "not covered"], after="Coverage:")      # Python

    [coverage]                                                                                     # TOML
    use = "label"
    labels = ["covered", "excluded", "not covered"]
    after = "Coverage:"
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Unpack

from rewardkit import Grader, Score, Unscored, case, order, probe, reward
from rewardkit.grader import made_here
from rewardkit.options import OptionArgs

from .answers import ANYWHERE, Place, bare, final_statement, is_denied, normal, place_of, shown
from .settings import check_flag, check_words, with_options, wrong

_NO_DOUBT = re.compile(
    r"\b(?:no|without(?:\s+(?:a|any))?)\s+(?:doubt|question)\b", re.IGNORECASE
)  # neither a "no" nor a denial
_GAP = re.compile(r"(?<=[^\W_])[\s_-]+(?=[^\W_])")


@dataclass(frozen=True, slots=True)
class _Settings:
    labels: tuple[str, ...] = ()
    ignore_case: bool = True
    place: Place = ANYWHERE

    def key(self, label: str) -> str:
        """What two spellings of a label have in common: case, and what joins its words (`not_covered`, "not covered")."""
        return _GAP.sub(" ", normal(label.strip(), ignore_case=self.ignore_case))


@case("covered", reference="covered", expect=1)
@case("**Covered.**", reference="covered", expect=1)
@case("<think>excluded?</think>\nThe answer is covered.", reference="covered", expect=1)
@case("excluded", reference="covered", expect=0)
@case("", reference="covered", expect=0)
@case("covered", reference="", expect="unscored")
@order("excluded", "covered", reference="covered")
@probe("not covered", reference="covered")
@probe("covered excluded", reference="covered")
@probe("<think>covered</think>excluded", reference="covered")
@probe("uncovered", reference="covered")
@reward(answer="label", isolation="inline")
def label(completion: str, reference: object) -> Score:
    """Full marks when the answer is the reference label and nothing else."""
    return _judge(completion, reference, _Settings())


def label_grader(
    *,
    labels: Sequence[str] | None = None,
    ignore_case: bool = True,
    after: str | None = None,
    tag: str | None = None,
    last_line: bool = False,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A grader of labels; it asks for `completion` and `reference` and gives 0 or 1.

    labels: every allowed label, two or more; a reference outside them is unscored. None: the answer must be the label alone.
    ignore_case: "Covered" is "covered".
    after, tag, last_line: where the answer stands (see `answers.Place`).
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    settings = _settings(labels, ignore_case, place_of(after, tag, last_line))

    @reward(answer="label", isolation="inline")
    def grade(completion: str, reference: object) -> Score:
        """Full marks when the answer gives the reference label and no other."""
        return _judge(completion, reference, settings)

    return made_here(with_options(grade, options, label_grader), options.get("name", ""))


def _settings(labels: Sequence[str] | None, ignore_case: bool, place: Place) -> _Settings:
    check_flag("ignore_case", ignore_case)
    words = () if labels is None else check_words("labels", labels, least=2)
    settings = _Settings(words, ignore_case, place)
    if len({settings.key(word) for word in words}) < len(words):
        raise wrong("labels", labels, "labels that differ in more than case and spacing")
    return settings


def _judge(completion: str, reference: object, settings: _Settings) -> Score:
    wanted = _wanted(reference, settings)
    answer = settings.place.find(completion)
    if answer is None:
        return Score(0.0, reason=settings.place.missing)
    given, why = _one_of(answer, settings) if settings.labels else _alone(answer, wanted, settings)
    return Score(float(given == wanted), reason=why if given != wanted else "")


def _wanted(reference: object, settings: _Settings) -> str:
    """The reference's key. A number is taken as its text: ratings of 1 to 5 come as numbers from JSON."""
    if not isinstance(reference, str | int) or isinstance(reference, bool) or not str(reference).strip():
        raise Unscored(f"the reference must be a label, got {reference!r:.60}")
    wanted = settings.key(str(reference))
    if settings.labels and wanted not in {settings.key(label) for label in settings.labels}:
        raise Unscored(
            f"the reference {reference!r:.60} is not one of the labels {', '.join(settings.labels)}"
        )
    return wanted


def _alone(answer: str, wanted: str, settings: _Settings) -> tuple[str, str]:
    """Without a list of labels nobody can tell a second label from a remark, so the answer must be the label and nothing else."""
    statement = final_statement(answer)
    candidates = [answer] if statement is None else [answer, statement]
    if any(
        settings.key(text) == wanted or settings.key(bare(text)) == settings.key(bare(wanted))
        for text in candidates
        if bare(text)
    ):
        return wanted, ""
    return "", f"the answer is {shown(candidates[-1].strip())}"


def _one_of(answer: str, settings: _Settings) -> tuple[str, str]:
    """The one label that the answer gives; "" and why when there is none, or a choice of several."""
    text = normal(answer, ignore_case=settings.ignore_case)
    if not any(_NO_DOUBT.search(label) for label in settings.labels):
        text = _NO_DOUBT.sub(" ", text)
    given: set[str] = set()
    denied: set[str] = set()
    for match in _pattern(settings).finditer(text):
        group = denied if is_denied(text, *match.span()) else given
        group.add(settings.key(match.group()))
    if len(given) > 1:
        return "", f"{len(given)} different labels: {', '.join(sorted(given))}"
    if given & denied:
        return "", f"'{min(given)}' is given and denied"
    if not given:
        return "", f"only denied: {', '.join(sorted(denied))}" if denied else "no label in the answer"
    found = min(given)
    return found, f"the answer is '{found}'"


def _pattern(settings: _Settings) -> re.Pattern[str]:
    """Any of the labels as whole words, the longest first; `re` caches the compiled pattern."""
    words = sorted((settings.key(label) for label in settings.labels), key=len, reverse=True)
    any_label = "|".join(re.escape(word).replace(r"\ ", r"[\s_-]{1,3}") for word in words)
    return re.compile(rf"(?<![\w-])(?:{any_label})(?![\w-])")
