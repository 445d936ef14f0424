"""One table of several sweeps: `python examples/real_model/table.py runs/real-seeds runs/real-raft-seeds`.

Each folder is what `rewardkit train RUN.toml --seeds 0-9` leaves. The base model comes once, from the first of them.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from rewardkit.trainer.sweeping import COLUMNS, Row


def rows(folder: Path) -> list[Row]:
    """The stages of a sweep, the base first."""
    return [Row(**row) for row in json.loads((folder / "seeds.json").read_text(encoding="utf-8"))["table"]]


def main() -> None:
    base, *found = [
        row
        for place, name in enumerate(sys.argv[1:])
        for row in rows(Path(name))
        if row.stage != "base" or place == 0
    ]
    for cells in (COLUMNS, ["---"] * len(COLUMNS), *(row.cells for row in (base, *found))):
        print(f"| {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
