"""Wrong answers that are near a right one: the edits of RK114 to RK116."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import strategies as st

from ..checking.mutation import wrong_versions
from ..checking.written import forgiven, no_form, written_answers
from ..errors import GraderError
from ..grader import Grader
from .subjects import RowLike, as_collected, one_row

_AROUND = (("", ""), ("", "\n"), ("\n\n", ""), (" ", "  "))  # a wrong answer is wrong with space around it


def near_gold(grader: Grader, row: RowLike, *, certain: bool = True) -> st.SearchStrategy[str]:
    """Completions for a row that are its right answer with one thing changed: another digit, an item less, a word swapped.

    The right answers are the row's `gold`, those of a case with the same columns, or else its reference. `certain`: only what no fair
    grader takes for right; without it also what one may forgive, such as 2 % more.
    Raises GraderError when the grader declares no kind of answer and its rows show none, or when no right answer holds its reference.
    """
    material, mine = one_row(as_collected(grader), row)
    found: dict[str, None] = {}
    answers = []
    for gold in mine.right_answers:
        rows = [replace(mine, golds=(gold, *mine.golds)), *material.rows[1:]]
        around = replace(material, rows=rows)
        answers += [each for each in written_answers(around, len(rows)) if each.row is rows[0]]
    for answer in answers:
        for mutant, text in wrong_versions(material, answer, forgiven(material)):
            if mutant.provable or not certain:
                found[text] = None
    if not answers:
        raise GraderError(f"no wrong answer can be made: {no_form(material, 'RK114')}", where=str(grader))
    if not found:
        raise GraderError(
            "none of the wrong answers near this one is certainly wrong; certain=False gives the doubtful ones",
            where=str(grader),
        )
    return st.tuples(st.sampled_from([*found]), st.sampled_from(_AROUND)).map(_with_space)


def _with_space(of: tuple[str, tuple[str, str]]) -> str:
    text, (before, after) = of
    return before + text + after
