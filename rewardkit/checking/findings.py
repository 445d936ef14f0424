"""The checks of `rewardkit test`: what each looks for, why, an example of the flaw, and how to silence it.

This table is the only place that describes them; reports, `--json` and docs/checks.md are made from it.
Ids are stable: RK0xx is the contract of a grader, RK1xx how well it tells right from wrong, RK2xx what it must not depend on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["fail", "warn"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `title` says in a few words what is wrong when it breaks, `what` states what it expects. `severity` is the most that it gives; a breach that may be a coincidence only warns."""

    id: str
    severity: Severity
    title: str
    what: str
    why: str
    example: str
    silence: str


CHECKS: dict[str, Check] = {
    check.id: check
    for check in (
        Check(
            "RK001",
            "fail",
            "it returns something that is no score",
            "Every call returns True, False, a finite number or a Score.",
            "Anything else leaves the completion without a reward: the policy gets no signal where the grader meant one.",
            "return completion == reference or None",
            "Return False, or declare may_abstain=True when None means 'does not apply here'.",
        ),
        Check(
            "RK002",
            "fail",
            "its score is not finite",
            "No completion, the empty one included, gives NaN or infinity.",
            "One infinite reward silently zeroes the advantages of its whole group.",
            "return hits / len(completion.split())",
            "Guard the division: return 0.0 when there is nothing to count.",
        ),
        Check(
            "RK003",
            "fail",
            "its score is outside the declared range",
            "No completion scores outside `range` (0 to 1 unless declared).",
            "A bonus above the top beats a right answer, and pushes right answers of the same group down.",
            'return float(right) + 0.2 * ("please" in completion)',
            "Declare range=(low, high), or keep the bonus inside it.",
        ),
        Check(
            "RK004",
            "fail",
            "it does not survive odd text",
            "Odd completions (empty, NUL, lone surrogate, 20,000 brackets, 100 kB) raise nothing and end no process.",
            "A completion that crashes its grader is unscored: a policy can void a grade it would lose.",
            'return float(completion.split("Answer:")[1]) == float(reference)',
            "Treat text that cannot be read as a wrong answer; raise Unscored only for a broken reference.",
        ),
        Check(
            "RK005",
            "fail",
            "the same call gives different scores",
            "Repeated calls agree, also in a fresh worker process and in another order.",
            "A reward that depends on chance, time or earlier calls is noise, and no result can be reproduced.",
            "return completion == reference or random.random() < 0.05",
            "Ask for `seed` instead of random(); keep no state between calls.",
        ),
        Check(
            "RK014",
            "fail",
            "it runs into its deadline",
            "No completion takes longer than `timeout`.",
            "A slow completion holds up a whole training step, and is then unscored.",
            'return re.match(r"(a+)+$", completion) is not None',
            "Make it faster, or declare a longer timeout=.",
        ),
        Check(
            "RK100",
            "fail",
            "a case does not hold",
            "Every @case gets the score that its author expects.",
            "A case is what the author knows to be true of the task.",
            '@case("The total is 42.", reference="42", expect=1) on a grader that gives 0',
            "Correct the grader, or the case.",
        ),
        Check(
            "RK101",
            "fail",
            "a right answer does not earn full marks",
            "Every row's `gold` scores at least `pass_at`; so does the reference itself, where a row has no gold.",
            "A grader that never gives full marks to the right answer teaches the policy to avoid it.",
            "return 0.0",
            "Give rows a `gold` column in the form the grader reads, or declare pass_at=.",
        ),
        Check(
            "RK102",
            "fail",
            "another row's answer passes",
            "The right answer to a row with another reference scores below `pass_at`.",
            "A grader that ignores its reference pays for any answer of the right shape.",
            'return re.search(r"Answer: \\d+", completion) is not None',
            "Compare the whole answer with the reference; or declare reference_free=True if the score need not depend on it.",
        ),
        Check(
            "RK104",
            "fail",
            "an answer that says nothing passes",
            'Empty and null answers ("", ".", "{}", "nan", "I don\'t know", a refusal) score below `pass_at`.',
            "Full marks for nothing is the first thing a policy finds.",
            "except ValueError: return 1.0",
            'Give no marks when there is no answer to read; or show that it is right: @case("", ..., expect=1). Refusals: may_abstain=True.',
        ),
        Check(
            "RK105",
            "fail",
            "an echo of the prompt passes",
            "The prompt as completion scores below `pass_at`; rows whose prompt holds the reference are left out.",
            "Overlap with the question is no answer.",
            "return len(words(prompt) & words(completion)) / len(words(prompt))",
            "Grade what the answer adds to the prompt; or show that the echo is right: @case(prompt, ..., expect=1).",
        ),
        Check(
            "RK106",
            "fail",
            "a wrong answer passes",
            "Every `wrong` completion of a data row scores below `pass_at`, and at most `partial_cap` where that is declared.",
            "These are the mistakes that a person who knows the task has seen.",
            "a wrong answer listed in --data that scores 1",
            "Correct the grader, or the row.",
        ),
        Check(
            "RK118",
            "fail",
            "without its reference, an answer passes",
            "With the reference emptied, an answer is unscored or stays below `pass_at`.",
            "One row with an empty reference then pays for every completion.",
            "if not reference: return 1.0",
            'Raise Unscored("no reference"), or show that it is right: @case(..., reference="", expect=1).',
        ),
        Check(
            "RK121",
            "fail",
            "an order does not hold",
            "The completions of every @order score strictly higher from worst to best.",
            "Partial credit that does not rise leads the policy away from the answer.",
            '@order("no idea", "about 40", "42", reference="42") scored 0, 0, 1',
            "Correct the grader, or leave out of the order what should be equal.",
        ),
        Check(
            "RK123",
            "fail",
            "a probe scores above its ceiling",
            "Every @probe scores at or under its ceiling.",
            "A probe is a known way to earn reward without doing the task.",
            '@probe("41, 42, 43", reference="42") on a grader that looks for the reference anywhere',
            "Correct the grader, or raise the ceiling=.",
        ),
        Check(
            "RK130",
            "warn",
            "nothing shows that it is right",
            "There is at least one case, or one data row with a right answer.",
            "Without an answer whose score is known, nothing about the grader is proved.",
            "a grader without @case, tested without --data",
            "Add @case(completion, ..., expect=1), or give --data with a `gold` column.",
        ),
        Check(
            "RK131",
            "fail",
            "a part of it fails",
            "Every part of a combination that is tested in the same run passes.",
            "A combination pays for what its parts pay for.",
            "weighted((coverage, 0.7), (amount, 0.3)) where 'coverage' fails",
            "Correct the part; its own findings say how.",
        ),
        Check(
            "RK132",
            "fail",
            "a reference cannot be used",
            "No right answer, and no bare reference of a data row, is unscored with the cause `bad_reference`.",
            "Every completion of such a row is unscored: it teaches nothing, and a run stops when there are too many of them.",
            '{"reference": "SELECT titel FROM books", "database": "libary.sql"}',
            'Mend the reference (or the database) of the row, or leave the row out; or show that it is meant: @case(..., expect="unscored") with the row\'s columns.',
        ),
        Check(
            "RK201",
            "fail",
            "white space around a right answer costs marks",
            "Line breaks and spaces around a right answer leave its score as it is.",
            "Models end answers as they like; a right answer that loses is a false negative in every group.",
            "return completion == reference",
            "Declare format_strict=True if the exact form is part of the task.",
        ),
    )
}  # fmt: skip
