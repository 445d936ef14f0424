"""The demo on several seeds, as a table: the interval of one run covers the choice of questions, not the luck of training.

python examples/text_to_sql/seeds.py [SEED ...]        # 0, 1 and 2 unless given; finished runs are not done again
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from statistics import mean, stdev

from rewardkit.runs import StageRow, read_summary

RUN = Path("examples/text_to_sql/run.toml")
STAGES = {"base": "base", "sft": "SFT", "rft": "RFT", "sft_alone": "SFT alone"}


def trained(seed: int) -> Path:
    """The run folder of a seed, trained now unless it is there."""
    subprocess.run([sys.executable, "-m", "rewardkit", "train", str(RUN), "--seed", str(seed)], check=True)
    return Path("runs") / f"demo-seed{seed}"


def solved(folder: Path, *, part: str | None = None) -> dict[tuple[str, str], StageRow]:
    """The solved rows of a run by stage and decoding, of the whole held-out data or of one slice."""
    rows = read_summary(folder).stages
    return {(row.name, row.decoding): row for row in rows if row.metric == "solved" and row.slice == part}


def line(label: str, cells: list[str]) -> str:
    return f"| {label} | " + " | ".join(cells) + " |"


def main() -> None:
    seeds = [int(text) for text in sys.argv[1:]] or [0, 1, 2]
    folders = [trained(seed) for seed in seeds]
    print(
        line(
            "seed",
            [f"{label} greedy / sampled" for label in STAGES.values()]
            + ["RFT seen", "RFT unseen", "RFT - base, greedy"],
        )
    )
    print("|---" * (len(STAGES) + 4) + "|")
    gains = []
    for seed, folder in zip(seeds, folders, strict=True):
        whole, seen, unseen = solved(folder), solved(folder, part="seen"), solved(folder, part="unseen")
        cells = [f"{whole[s, 'greedy'].mean:.1%} / {whole[s, 'sampled'].mean:.1%}" for s in STAGES]
        cells += [f"{part['rft', 'greedy'].mean:.1%}" for part in (seen, unseen)]
        (gain,) = (
            c for c in read_summary(folder).comparisons
            if (c.a, c.b, c.decoding, c.metric) == ("base", "rft", "greedy", "solved")
        )  # fmt: skip
        gains.append(gain.difference)
        print(line(str(seed), [*cells, f"{gain.difference:+.1%} ({gain.low:+.1%} to {gain.high:+.1%})"]))
    if len(gains) > 1:
        print(
            f"\nRFT - base, greedy, over {len(gains)} seeds: mean {mean(gains):+.1%}, standard deviation {stdev(gains):.1%}"
        )


if __name__ == "__main__":
    main()
