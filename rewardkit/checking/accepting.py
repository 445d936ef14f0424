"""From broken trials to findings: what fails, what only warns, and which breaches one finding stands for.

A false alarm is a defect. An answer that nobody declared fails a grader only when it passes on two different references, or when it is
provably wrong; once may be a coincidence, and warns. What the author wrote is reported case by case, a reference that cannot be used once
for each thing that is wrong with one, everything else once per check.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from ..cases import Case, Order
from ..grader import Grader
from ..scores import Score
from ..scoring.watched import STARTS_A_PROCESS
from .declared import usable
from .discrimination import NONSENSE
from .expectations import contract_breach
from .findings import Severity
from .reasons import apart_from_reference
from .results import Finding, Skipped
from .score_book import ScoreBook
from .steadiness import unsteady
from .trials import Material, Trial, finding_of

_NOT_ITS_FAULT = (
    "not_applicable",
    "judge_unavailable",
    "judge_unparseable",
    "judge_refused",
    "judge_budget",
)

_KNOWN = ("RK100", "RK101", "RK121")
"""Checks whose completions a person wrote as answers; an error on one of them breaks its expectation."""


_NO_COINCIDENCE = 4  # different wrong answers that pass on one reference


@dataclass(frozen=True, slots=True)
class Breach:
    """A trial that broke at both scorings, with the scores of the first and the completion that broke it."""

    trial: Trial
    check: str
    scores: Sequence[Score]
    index: int

    @property
    def completion(self) -> str:
        """The completion that broke the trial."""
        return self.trial.completions[self.index]


def findings_of(
    material: Material, trials: Sequence[Trial], book: ScoreBook
) -> tuple[list[Finding], list[Skipped]]:
    """Findings, failures first, and a skip line where a guess at the right answer proved nothing."""
    groups: dict[tuple[str, ...], list[Breach]] = defaultdict(list)
    for breach in breaches(trials, book):
        groups[breach.check, *_signature(breach)].append(breach)
    tried: dict[str, list[Trial]] = defaultdict(list)
    for trial in trials:
        tried[trial.check].append(trial)
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for group in groups.values():
        if (
            group[0].check == "RK101"
            and group[0].trial.guessed
            and not _guesses_count(material, trials, book)
        ):
            advice = "add a `gold` column to --data, or cases with expect=1"
            skipped.append(Skipped("RK101", "the bare reference does not pass", advice))
        else:
            findings.append(_finding(material, group, tried[group[0].trial.check]))
    findings += unsteady(book)
    unusable = any(finding.id == "RK132" for finding in findings)
    if not unusable and not _is_proved(material, trials, book):
        findings.append(_nothing_proved(material))
    return by_weight(findings), skipped


def by_weight(findings: Iterable[Finding]) -> list[Finding]:
    """Findings in the order in which they are told: failures first."""
    return sorted(findings, key=lambda finding: (finding.severity != "fail", finding.id))


def breaches(trials: Sequence[Trial], book: ScoreBook) -> Iterator[Breach]:
    """Trials that broke twice. A call that broke the contract is told by that check alone: it is the cause of the rest.

    But an error that strikes a known answer has nothing to do with odd text: the case or the gold tells it, and RK004 does not.
    """
    known: set[str] = set()
    for trial in trials:  # those of the contract come last
        first, second = book.of(trial, 0), book.of(trial, 1)
        index = trial.expected.breach(first) if first else None
        if first is None or second is None or index is None or trial.expected.breach(second) is None:
            continue
        contract = contract_breach(first[index])
        place = _raised_at(first[index])
        if trial.expected.kind == "sound":
            if place not in known:
                yield Breach(trial, contract or trial.check, first, index)
        elif trial.check in _KNOWN and not trial.guessed and place:
            known.add(place)
            yield Breach(trial, trial.check, first, index)
        elif contract is None or not trial.sound:
            told = usable(trial) if _blames_reference(trial, first[index]) else trial
            yield Breach(told, told.check, first, index)


def _blames_reference(trial: Trial, score: Score) -> bool:
    """Whether a right answer could not be scored since its reference cannot be used."""
    return trial.check == "RK101" and score.value is None and score.cause == "bad_reference"


def _signature(breach: Breach) -> tuple[str, ...]:
    """Breaches with one signature become one finding: exceptions by the line that raised, references by what is wrong with them.

    Other declared trials stand each by itself, and answers that could not be scored apart from those that were wrong.
    """
    score = breach.scores[breach.index]
    if breach.check == "RK132":
        return (apart_from_reference(score.reason, breach.trial.row),)
    place = _raised_at(score)
    if place:
        return (place,)
    if breach.trial.declared:
        return (str(id(breach.trial)),)
    return ("guessed" if breach.trial.guessed else "", str(score.cause) if score.value is None else "")


def _raised_at(score: Score) -> str:
    """Where the grader raised, or how else it failed; empty when it did not."""
    if contract_breach(score) != "RK004":
        return ""
    line = re.search(r"\(([^()]*:\d+)\)$", score.reason)
    return line[1] if line else str(score.cause)


def _finding(material: Material, group: Sequence[Breach], tried: Sequence[Trial]) -> Finding:
    contract = group[0].trial.expected.kind == "sound"
    shown = min(group, key=lambda b: (not b.trial.provable, len(b.completion) if contract else 0))
    severity = _severity(material, group, tried)
    finding = finding_of(
        material,
        shown.trial,
        shown.scores,
        shown.index,
        severity,
        check=shown.check,
        similar=len(group) - 1,
    )
    if shown.check != "RK132":
        return finding
    rows = dict.fromkeys(breach.trial.row.where for breach in group)
    return replace(finding, others=tuple(row for row in rows if row != finding.where))


def _severity(material: Material, group: Sequence[Breach], tried: Sequence[Trial]) -> Severity:
    check, trial = group[0].check, group[0].trial
    causes = {breach.scores[breach.index].cause for breach in group}
    if check == "RK132":
        return "fail"
    if trial.guessed or (check in _KNOWN and causes <= set(_NOT_ITS_FAULT)):
        return "warn"
    if check == "RK102":
        return _severity_of_foreign_answers(material, group, len(tried))
    if check == "RK105" and 2 * _rows_of(group) < len({trial.row.key for trial in tried}):
        return "warn"  # these prompts may state the answer, in words of their own
    if check in ("RK015", "RK118") and all(_may_be_meant(material, breach) for breach in group):
        return "warn"
    if any(breach.trial.provable for breach in group):
        return "fail"
    if check == "RK104" and material.reference_free and material.grader.options.solved_at <= 0:
        return "warn"  # a penalty, which stands beside other rewards
    if check == "RK104" and material.reference_free:  # that it earns more than a wrong answer may be meant
        group = [breach for breach in group if breach.trial.expected.kind != "not_raised"]
    if check == "RK114" and material.grader.options.answer and _most_of_one_row(group) >= _NO_COINCIDENCE:
        return "fail"
    return "fail" if max(_times_passed(check, group), default=0) >= 2 else "warn"


def _may_be_meant(material: Material, breach: Breach) -> bool:
    """Whether its author may know of it: a function of another library that runs programs, which it has no way to declare; no test, no demand."""
    if breach.check == "RK118":
        return isinstance(breach.trial.row.compared.get("reference"), list)
    return STARTS_A_PROCESS in breach.scores[breach.index].reason and material.foreign


def _times_passed(check: str, group: Sequence[Breach]) -> Iterator[int]:
    """How often a grader was fooled in ways that a coincidence does not explain; twice is enough."""
    if check == "RK104":  # by one text on several references, or by several sorts of nonsense on one
        yield from Counter(text for text, _ in {(b.completion, b.trial.row.key) for b in group}).values()
        yield from Counter(b.trial.row.id for b in group if b.completion in NONSENSE).values()
    elif check == "RK118":  # by both answers to one row whose reference was emptied
        yield from Counter(breach.trial.row.id for breach in group).values()
    else:  # by the echo, on several references
        yield _rows_of(group)


def _most_of_one_row(group: Sequence[Breach]) -> int:
    """How many different wrong answers passed on one row."""
    return max(
        Counter(row for row, _ in {(breach.trial.row.id, breach.completion) for breach in group}).values()
    )


def _rows_of(group: Sequence[Breach]) -> int:
    """How many different references it happened on."""
    return len({breach.trial.row.key for breach in group})


def _severity_of_foreign_answers(material: Material, group: Sequence[Breach], tried: int) -> Severity:
    """RK102. Two rows that pass for each other may have one answer, written in two ways, and two queries may return the same rows.

    So what counts is an answer that passes in one direction only, or that half of all foreign answers pass.
    """
    pairs = {(b.trial.row.key, b.trial.answers.key) for b in group if b.trial.answers}
    one_way = [b for b in group if b.trial.answers and (b.trial.answers.key, b.trial.row.key) not in pairs]
    references = {breach.trial.row.key for breach in group}
    if (2 * len(group) >= tried and len(references) >= 2) or any(b.trial.provable for b in one_way):
        return "fail"
    if material.grader.options.answer == "sql":
        return "warn"
    return "fail" if len({breach.trial.row.key for breach in one_way}) >= 2 else "warn"


def _is_proved(material: Material, trials: Sequence[Trial], book: ScoreBook) -> bool:
    """Whether the score of some answer is known: by a case, by a gold, or by a reference that earned full marks; of a ranking, by others."""
    golds = (book.of(trial, 0) for trial in trials if trial.check == "RK101" and not trial.guessed)
    if material.grader.needs_others:
        ordered = any(isinstance(mark, Order) for mark in material.grader.marks)
        return ordered or any(row.golds and row.wrongs for row in material.rows)
    if _has_cases(material.grader) or any(not (scores and _is_declined(scores[0])) for scores in golds):
        return True
    return _some_guess_passed(material, trials, book)


def _is_declined(score: Score) -> bool:
    """Whether an answer is unscored for something that says nothing of the grader, such as an outage of its judge."""
    return score.value is None and score.cause in _NOT_ITS_FAULT


def _guesses_count(material: Material, trials: Sequence[Trial], book: ScoreBook) -> bool:
    """Whether a bare reference is known to have the form of an answer: it passes on some row, or `answer` says so and nothing speaks against."""
    if _some_guess_passed(material, trials, book):
        return True
    return material.grader.options.answer is not None and not any(row.golds for row in material.rows)


def _some_guess_passed(material: Material, trials: Sequence[Trial], book: ScoreBook) -> bool:
    full = material.grader.options.solved_at
    guesses = [book.of(trial, 0) for trial in trials if trial.guessed]
    return any(scores and scores[0].value is not None and scores[0].value >= full for scores in guesses)


def _has_cases(grader: Grader) -> bool:
    """Whether some case says what an answer gets; one that expects a broken reference to be declined says nothing of answers."""
    if any(isinstance(mark, Case) and mark.expect != "unscored" for mark in grader.marks):
        return True
    return bool(grader.parts) and all(_has_cases(part) for part, _ in grader.parts)


def _nothing_proved(material: Material) -> Finding:
    grader = material.grader
    return Finding(
        "RK130",
        "warn",
        "",
        None,
        None,
        "an order, or a row with a right and a wrong answer"
        if grader.needs_others
        else "a case, or a row with a right answer",
        material.seed,
        "",
        grader.where,
        {},
    )
