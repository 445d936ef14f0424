"""Sudoku of four by four: any full grid that keeps the given digits and the rules."""

import re

from rewardkit import case, order, probe, reward

ROW = re.compile(r"[|\s]*([1-4])[\s|,]*([1-4])[\s|,]*([1-4])[\s|,]*([1-4])[|\s]*", re.ASCII)
GIVEN = ["1.43", "....", "..3.", "4.1."]


def grid(completion: str) -> list[str]:
    """The rows of digits at the end of an answer; empty when these are not exactly four."""
    lines = completion.rpartition("</think>")[2].replace("```", "").replace("*", "").strip().splitlines()
    rows: list[str] = []
    for line in reversed(lines):
        found = ROW.fullmatch(line[:60])
        if found:
            rows.insert(0, "".join(found.groups()))
        elif rows and line.strip("|-+ "):
            break
    return rows if len(rows) == 4 else []


def groups(rows: list[str]) -> list[str]:
    """The rows, the columns and the boxes."""
    columns = ["".join(column) for column in zip(*rows, strict=True)]
    boxes = [rows[y][x : x + 2] + rows[y + 1][x : x + 2] for y in (0, 2) for x in (0, 2)]
    return [*rows, *columns, *boxes]


@case("1243\n3421\n2134\n4312", puzzle=GIVEN, expect=1)
@case(
    "Here it is:\n\n| 1 2 | 4 3 |\n| 3 4 | 2 1 |\n|-----|-----|\n| 2 1 | 3 4 |\n| 4 3 | 1 2 |",
    puzzle=GIVEN,
    expect=1,
)
@case("3421\n1243\n2134\n4312", puzzle=GIVEN, expect=0)
@case("1243\n3421\n2134", puzzle=GIVEN, expect=0)
@case("1.43\n....\n..3.\n4.1.", puzzle=GIVEN, expect=0)
@probe("1423\n3241\n2314\n4132", puzzle=GIVEN)
@probe("1243\n1243\n1243\n1243", puzzle=GIVEN)
@order("no solution", "1243\n3421\n2134\n4312", puzzle=GIVEN)
@reward(answer="free")
def solved_grid(completion: str, puzzle: list[str]) -> bool:
    """Every row, column and box holds 1 to 4, and the given digits are where they were."""
    rows = grid(completion)
    if not rows:
        return False
    kept = all(
        given in (".", digit)
        for line, row in zip(puzzle, rows, strict=True)
        for given, digit in zip(line, row, strict=True)
    )
    return kept and all(sorted(group) == list("1234") for group in groups(rows))
