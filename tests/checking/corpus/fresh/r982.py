"""Level design: draw a dungeon that can be played. Many maps are right, so the map itself is checked and not compared."""

import re
from collections import deque
from collections.abc import Iterator

from rewardkit import Step, Unscored, case, order, partial_credit, probe

MAP_LINE = re.compile(r"[#.SE]{3,60}")
SMALL = {"rows": 4, "cols": 6, "steps": 4}
GOOD = "######\n#S..##\n##..E#\n######"


def drawn(text: str) -> list[str] | None:
    """The only block of map lines in the text; None when there is none or more than one."""
    blocks: list[list[str]] = []
    inside = False
    for line in text.splitlines():
        was_inside, inside = inside, MAP_LINE.fullmatch(line.strip()) is not None and line.strip() != "..."
        if inside and not was_inside:
            blocks.append([])
        if inside:
            blocks[-1].append(line.strip())
    return blocks[0] if len(blocks) == 1 else None


def shortest_walk(grid: list[str]) -> int | None:
    """Steps from S to E, no diagonals; None when E is out of reach."""
    spots = {
        (row, col): sign for row, line in enumerate(grid) for col, sign in enumerate(line) if sign != "#"
    }
    start = next(spot for spot, sign in spots.items() if sign == "S")
    queue, seen = deque([(start, 0)]), {start}
    while queue:
        (row, col), walked = queue.popleft()
        if spots[row, col] == "E":
            return walked
        for spot in ((row + 1, col), (row - 1, col), (row, col + 1), (row, col - 1)):
            if spot in spots and spot not in seen:
                seen.add(spot)
                queue.append((spot, walked + 1))
    return None


@case(GOOD, reference=SMALL, expect=1)
@case("######\n#S.###\n###.E#\n######", reference=SMALL, expect="closed")
@case("#####.\n#S..##\n##..E#\n######", reference=SMALL, expect="size")
@probe(f"{GOOD}\n\n{GOOD}", reference=SMALL)
@order("####\n#SE#\n####", "######\n#S#E##\n##..##\n######", GOOD, reference=SMALL)
@partial_credit({"size": 0.1, "closed": 0.2, "reachable": 0.4, "long": 1.0}, answer="free", timeout=3)
def dungeon(completion: str, reference: dict[str, int]) -> Iterator[Step]:
    """The asked size with one S and one E; walls all around; E in reach; the shortest way as long as asked."""
    rows, cols, steps = (reference.get(key, 0) for key in ("rows", "cols", "steps"))
    if min(rows, cols) < 3 or steps < 1:
        raise Unscored(f"no task: {reference}")
    grid = drawn(completion)
    yield (
        "size",
        grid is not None
        and len(grid) == rows
        and {len(line) for line in grid} == {cols}
        and all("".join(grid).count(sign) == 1 for sign in "SE"),
    )
    edge = grid[0] + grid[-1] + "".join(line[0] + line[-1] for line in grid)
    yield "closed", set(edge) == {"#"}
    walk = shortest_walk(grid)
    yield "reachable", walk is not None
    yield "long", walk >= steps, f"{walk} steps of {steps}"
