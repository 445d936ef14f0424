"""4x4 sudoku: fill the empty cells. `ground_truth` is the puzzle, sixteen characters with "." for an empty cell."""

import re


def cells_of(text: str) -> str | None:
    """The sixteen digits of a grid, however it is drawn; None when there is anything else in it."""
    before, closed, _ = text.rpartition("</answer>")
    drawn = re.sub(r"```(?:text)?", "", before.rpartition("<answer>")[2] if closed else text)
    digits = re.sub(r"[\s|,;+\[\]\-]", "", drawn)
    return digits if re.fullmatch(r"[1-4]{16}", digits) else None


def compute_score(data_source, solution_str, ground_truth, extra_info=None) -> float:
    """1.0 when the grid keeps the givens and obeys the rules; where a puzzle has several solutions each of them counts."""
    cells = cells_of(solution_str)
    if cells is None:
        return 0.0
    if any(given not in (".", cell) for given, cell in zip(ground_truth, cells, strict=True)):
        return 0.0
    rows = [cells[4 * i : 4 * i + 4] for i in range(4)]
    columns = [cells[i::4] for i in range(4)]
    boxes = [cells[at : at + 2] + cells[at + 4 : at + 6] for at in (0, 2, 8, 10)]
    return 1.0 if all(len(set(unit)) == 4 for unit in rows + columns + boxes) else 0.0
