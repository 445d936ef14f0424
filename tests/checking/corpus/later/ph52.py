"""4x4 sudoku: the completed grid, four lines of four digits in <answer> tags."""

import re


def grid_of(text: str) -> list[str] | None:
    found = re.findall(r"<answer>(.*?)</answer>", text, re.DOTALL)
    if not found:
        return None
    rows = [re.sub(r"[\s,|]", "", line) for line in found[-1].strip().splitlines()]
    rows = [row for row in rows if row]
    if len(rows) != 4 or any(not re.fullmatch(r"[1-4]{4}", row) for row in rows):
        return None
    return rows


def compute_score(data_source, solution_str, ground_truth, extra_info=None) -> float:
    """1.0 for a solved grid; puzzles with several solutions count any of them, so the rules decide and not a stored grid."""
    rows = grid_of(solution_str)
    if rows is None:
        return 0.0
    columns = ["".join(row[i] for row in rows) for i in range(4)]
    boxes = [rows[r][c : c + 2] + rows[r + 1][c : c + 2] for r in (0, 2) for c in (0, 2)]
    solved = all(len(set(unit)) == 4 for unit in rows + columns + boxes)
    return 1.0 if solved else 0.0
