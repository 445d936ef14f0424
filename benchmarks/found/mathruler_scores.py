"""mathruler: the grader that verl's geo3k and others use.

pip install mathruler
"""

from __future__ import annotations

from mathruler.grader import extract_boxed_content, grade_answer

from rewardkit import reward


@reward(answer="number", timeout=30)
def grade_numbers(completion: str, ground_truth: str) -> bool:
    """The last box, compared by sympy."""
    return grade_answer(extract_boxed_content(completion), ground_truth)


@reward(timeout=30)
def grade_latex(completion: str, ground_truth: str) -> bool:
    """The same for LaTeX."""
    return grade_answer(extract_boxed_content(completion), ground_truth)
