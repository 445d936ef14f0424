"""`--seeds`: one training a seed, and what they show together.

    runs/demo-seed0, runs/demo-seed1 ...     runs like any other, made one after the other by the same RUN.toml
    runs/demo-seeds/                         seeds.json, table.md, comparison.html: every stage against the base, over all seeds

The interval of one run is over prompts and says nothing about the luck of a training; with three seeds or more the one here is over both
(evaluating/statistics/seeds.py). Finished runs are not done again, and a killed one goes on, so the sweep resumes as a whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import fmean
from typing import Any

from rewardkit.errors import ConfigError
from rewardkit.evaluating.comparing import Compared, Figures, compare, side_of
from rewardkit.evaluating.comparing import wording as told
from rewardkit.evaluating.comparing.comparing import Decoding
from rewardkit.evaluating.comparing.page import write_comparison
from rewardkit.runs import StageRow, files, read_run, read_summary
from rewardkit.runs.wording import TOO_FEW, percent, stage_label

from .pipeline import run
from .ranks import world_size
from .reporting import Prefixed, Reporter, Silent
from .settings.config import load_config

_DECODINGS: tuple[Decoding, ...] = ("greedy", "sampled")


@dataclass(frozen=True, slots=True)
class Row:
    """A stage over all seeds: shares solved by decoding, each the mean over seeds with the seeds' own, and the difference to the base in words."""

    stage: str
    rows: int | None
    seeds: int
    solved: Mapping[Decoding, float | None]
    by_seed: Mapping[Decoding, list[float | None]]
    gain: Mapping[Decoding, str]

    @property
    def cells(self) -> list[str]:
        """The row as text, in the order of COLUMNS."""
        shares = [_share(self.solved[name], self.by_seed[name]) for name in _DECODINGS]
        gains = [self.gain.get(name, "") for name in _DECODINGS]
        return [
            stage_label(self.stage),
            "" if self.rows is None else str(self.rows),
            str(self.seeds),
            *shares,
            *gains,
        ]


COLUMNS = (
    "method",
    "n",
    "seeds",
    "held-out greedy",
    "sampled",
    "over base, greedy (95 %)",
    "sampled (95 %)",
)


@dataclass(frozen=True, slots=True)
class Sweep:
    """The runs of a sweep, its table, and the comparisons of every stage with the base by decoding."""

    folder: Path
    runs: tuple[Path, ...]
    grader: str
    rows: tuple[Row, ...]
    compared: Mapping[Decoding, Compared]

    @property
    def verdicts(self) -> list[str]:
        """A sentence for each stage and decoding."""
        return [
            f"{stage_label(pair.other.stage)} against the base, {decoding}: {told.difference(pair.primary)}, {told.verdict(pair.primary)}."
            for decoding, compared in self.compared.items()
            for pair in compared.pairs
        ]

    @property
    def note(self) -> str:
        """What the intervals are over."""
        if len(self.runs) < 3:
            return "Intervals are over prompts only: under 3 seeds nothing can be said of another seed."
        return f"Intervals are over {len(self.runs)} seeds and the held-out prompts: another seed on other prompts of the kind."

    def as_json(self) -> dict[str, Any]:
        """What seeds.json holds."""
        return {
            "runs": [path.name for path in self.runs],
            "grader": self.grader,
            "table": [asdict(row) for row in self.rows],
            "comparisons": {name: compared.as_json() for name, compared in self.compared.items()},
            "note": self.note,
        }


def parse_seeds(text: str, seed: int | None = None) -> list[int]:
    """`0-9`, `0,1,2` or both, such as `0-2,7`; ConfigError for what is none, names a seed twice, or stands beside a --seed."""
    if seed is not None:
        raise ConfigError(f"--seeds {text} and --seed {seed}: leave one of them out")
    seeds: list[int] = []
    for part in text.split(","):
        first, dash, last = part.strip().partition("-")
        if not first.isdecimal() or (dash and not last.isdecimal()):
            raise ConfigError(f"--seeds {text}: write 0-9, or 0,1,2")
        span = range(int(first), int(last or first) + 1)
        if not span:
            raise ConfigError(f"--seeds {text}: {part.strip()} has none; the smaller number comes first")
        seeds += span
    if len({*seeds}) < len(seeds):
        raise ConfigError(f"--seeds {text} names a seed twice")
    return seeds


def sweep(
    config_path: str | Path,
    seeds: Sequence[int],
    *,
    untested: bool = False,
    name: str | None = None,
    control: str | None = None,
    runs_dir: str | Path = "runs",
    texts: bool = True,
    reporter: Reporter | None = None,
) -> Sweep:
    """Train with each seed, or go on with it, and write what they show to `runs_dir/NAME-seeds/`. Raises as `run` does, at the seed that it hit."""
    if world_size() > 1:
        raise ConfigError(
            "--seeds trains in one process; under torchrun or accelerate start one seed at a time, with --seed"
        )
    reporter = reporter or Silent()
    name = name or load_config(Path(config_path), control=control).config.name
    folders = []
    for done, seed in enumerate(seeds):
        reporter.progress("seeds", done, len(seeds))
        folders.append(
            run(
                config_path,
                untested=untested,
                name=f"{name}-seed{seed}",
                seed=seed,
                control=control,
                runs_dir=runs_dir,
                texts=texts,
                reporter=Prefixed(reporter, f"seed {seed}"),
            )
        )
    reporter.progress("seeds", len(seeds), len(seeds))
    return _written(folders, Path(runs_dir) / f"{name}-seeds")


def _written(runs: Sequence[Path], folder: Path) -> Sweep:
    found = over_seeds(runs, folder)
    folder.mkdir(exist_ok=True)
    files.write_json(folder / "seeds.json", found.as_json())
    files.replace_file((folder / "table.md").resolve(), markdown(found).encode())
    for decoding, compared in found.compared.items():
        page = "comparison.html" if decoding == "greedy" else f"comparison-{decoding}.html"
        write_comparison(compared, folder / page)
    return found


def over_seeds(runs: Sequence[Path], folder: Path) -> Sweep:
    """Every stage of those runs against their base, over all of them. The runs are of one RUN.toml under several seeds."""
    info, summaries = read_run(runs[0]), [read_summary(path) for path in runs]
    stages = list(dict.fromkeys(row.name for row in summaries[0].stages))
    base, *others = (side_of(runs, stage) for stage in stages)
    compared = {decoding: compare(base, *others, decoding=decoding) for decoding in _DECODINGS}
    grader = compared["greedy"].pairs[0].primary.grader
    solved = {
        (decoding, stage): [_solved(summary.stages, stage, grader, decoding) for summary in summaries]
        for decoding in _DECODINGS
        for stage in stages
    }
    rows = []
    for place, stage in enumerate(stages):
        by_seed = {name: solved[name, stage] for name in _DECODINGS}
        gain = {name: _gain(compared[name].pairs[place - 1].primary) for name in _DECODINGS if place}
        means = {name: _mean(values) for name, values in by_seed.items()}
        rows.append(Row(stage, _trained_on(stage, info.samples), len(runs), means, by_seed, gain))
    return Sweep(folder, tuple(runs), grader, tuple(rows), compared)


def markdown(found: Sweep) -> str:
    """The table as Markdown, what its intervals are over, and the verdicts."""
    lines = [COLUMNS, ["---"] * len(COLUMNS), *(row.cells for row in found.rows)]
    table = "".join(f"| {' | '.join(cells)} |\n" for cells in lines)
    return f"{table}\nBy {found.grader}. {found.note}\n\n" + "".join(f"- {line}\n" for line in found.verdicts)


def _solved(rows: Sequence[StageRow], stage: str, grader: str, decoding: str) -> float | None:
    wanted = (stage, grader, decoding, "solved", None)
    return next((r.mean for r in rows if (r.name, r.grader, r.decoding, r.metric, r.slice) == wanted), None)


def _mean(values: Sequence[float | None]) -> float | None:
    there = [value for value in values if value is not None]
    return fmean(there) if there else None


def _share(mean: float | None, values: Sequence[float | None]) -> str:
    """The mean over seeds, and the lowest and the highest of them."""
    there = [value for value in values if value is not None]
    if mean is None:
        return "\N{EN DASH}"
    return percent(mean) + (f" ({100 * min(there):.0f} to {100 * max(there):.0f})" if len(there) > 1 else "")


def _gain(first: Figures) -> str:
    """Points over the base with their interval; no difference stands without one."""
    return told.difference(first).replace(" points", "") if first.bounds != (None, None) else TOO_FEW


def _trained_on(stage: str, samples: Mapping[str, Any]) -> int | None:
    """How many rows a stage learned from: those of its own file."""
    key = {"base": "", "sft": "expert", "sft_alone": "expert"}.get(stage, "train")
    return int(samples[key]["count"]) if key in samples else None
