"""verl reward: law school multiple choice, the letter on the last line ("Answer: C")."""

import re

DECORATION = str.maketrans("", "", "*_`$")
BOX = re.compile(r"\\(?:boxed|text|mathrm)\{\s*([A-Ea-e])\s*\}")
LINE = re.compile(
    r"(?:(?:so |thus,? |therefore,? |hence,? )?(?:the |my )?(?:final |correct |right |best )?(?:answer|choice)(?: is)?\s*[:：=]?\s*(?:option )?)?"
    r"[(\[]?([A-E])[)\]]?\s*[.!]?",
    re.IGNORECASE,
)


def letter_of(line: str) -> str | None:
    if len(line) > 200:
        return None
    bare = line.translate(DECORATION)
    bare = BOX.sub(r"\1", BOX.sub(r"\1", bare)).strip(" \t>#-")
    match = LINE.fullmatch(bare)
    return match[1].upper() if match else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None):
    """1.0 for the right letter on the last line, provided that no other line states another one."""
    key = ground_truth.strip().upper() if isinstance(ground_truth, str) else ""
    if key not in tuple("ABCDE"):
        raise ValueError(f"no key letter: {ground_truth!r}")
    solution = solution_str.rsplit("</think>", 1)[-1]
    lines = [line for line in solution.splitlines() if line.strip()]
    if not lines:
        return 0.0
    stated = {letter for line in lines if (letter := letter_of(line)) is not None}
    return 1.0 if letter_of(lines[-1]) == key and stated == {key} else 0.0
