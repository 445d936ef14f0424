"""A grader looked at through completions that a real policy wrote (RK401 to RK406): what no invented answer shows.

    graded = grade(scorer, grader, read_completions(Path("completions.jsonl"), samples))
    looked = look(scorer, Material(grader, rows_of(graded), seed=0), graded, source="completions.jsonl")
    looked.findings, looked.seen.figures

Figures are over prompts and come with an interval; under 10 prompts there is none, and no check of figures says anything.
"""

from .grading import Graded, grade, rows_of
from .looking import Looked, look
from .reading import Completion, read_completions

__all__ = ["Completion", "Graded", "Looked", "grade", "look", "read_completions", "rows_of"]
