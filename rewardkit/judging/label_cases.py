"""Labels as cases of `rewardkit test`: what people agree passes must pass, and what they agree does not must not.

    labels = "labels.jsonl"      # in a rubric file, or @rubric(labels="labels.jsonl"): seen from the rubric's file

A completion is settled when somebody gave a verdict on every criterion, and all who did have it pass, or none has. Their scores need not be
the same. One that is not settled is no case: people themselves do not know.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..cases import Case
from ..grader import Grader
from .criteria import Criterion, total
from .declared import declared_of
from .judged_labels import Labelled, criteria_of, labelled_in
from .label_file import read_labels
from .labels import VerdictLabel, on_criteria

_BELOW = 1e-5  # how far below `pass_at` a score must stay that does not pass: more than what cases let pass as equal


def cases_of_labels(rubric: Grader) -> tuple[Case, ...]:
    """A case for each settled completion, in the order of the labels; none where the rubric names no labels.

    DataError for a file that cannot be read, GraderError for labels without a column that the rubric asks for.
    """
    named = declared_of(rubric).labels
    if not named:
        return ()
    given = read_labels(rubric.file.parent / named).verdicts
    criteria = criteria_of(rubric, labelled_in(given))
    labels, _ = on_criteria(given, criteria)
    by_completion: dict[tuple[str, str], list[VerdictLabel]] = {}
    for label in labels:
        by_completion.setdefault((label.sample.id, label.completion), []).append(label)
    return tuple(
        case for one in labelled_in(labels) for case in _cases(rubric, criteria, one, by_completion[one.key])
    )


def _cases(
    rubric: Grader, criteria: tuple[Criterion, ...], one: Labelled, labels: list[VerdictLabel]
) -> Iterator[Case]:
    low, high = rubric.options.range
    pass_at = rubric.options.solved_at
    whole = [label for label in labels if len(label.verdicts) == len(criteria)]
    passed = {total(criteria, label.verdicts) >= pass_at - 1e-9 for label in whole}
    if len(passed) != 1:
        return
    row = one.item.columns
    columns = {name: row[name] for name in rubric.wants if name in row}
    expect = (pass_at, high) if passed == {True} else (low, max(low, pass_at - _BELOW))
    yield Case(one.completion, expect, columns, whole[0].where)
