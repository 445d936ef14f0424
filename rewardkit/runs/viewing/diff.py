"""Two runs, or two stages, on the prompts that both answered: who did better on which, the worst regressions first.

Prompts are matched by id and by content: one whose prompt or reference differs is left out and counted. A prompt counts with the mean
of its scored repeats. Whether the difference is more than luck is what `rewardkit compare` says; here it is shown with its interval.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup

from rewardkit.errors import UsageError

from .. import charts
from ..figures import preferred_decoding
from ..tally import stage_rank
from .browse import axes_of
from .store import Tables
from .texts import Text, columns_of

PAGE = 20  # prompts
CUT = 1_500  # characters of a text
_SAME = 1e-9  # scores nearer than this are a tie
SHOWN = {
    "losses": ("worse", "difference < 0", "difference, first"),
    "wins": ("better", "difference > 0", "difference DESC, first"),
    "ties": ("as good", "difference = 0", "first"),
    "all": ("all", "true", "difference, first"),
}


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two: a run at a stage and a decoding."""

    run: str
    tables: Tables
    stage: str
    decoding: str

    def query(self, sample: str) -> dict[str, str]:
        """The address of all its completions of a prompt."""
        return {"sample": sample, "stage": self.stage, "decoding": self.decoding}


@dataclass(frozen=True, slots=True)
class Counts:
    """How the prompts fall; `changed` have another prompt or reference under the same id. `mean` is b minus a with its interval."""

    better: int
    same: int
    worse: int
    only_a: int
    only_b: int
    unscored: int
    changed: int
    mean: float | None
    low: float | None
    high: float | None

    @property
    def shared(self) -> int:
        """The prompts that are compared."""
        return self.better + self.same + self.worse


@dataclass(frozen=True, slots=True)
class Answer:
    """What one side answered: the mean of its scores, each of them, and its first completion."""

    mean: float
    values: Sequence[float | None]
    text: Text
    cause: str | None


@dataclass(frozen=True, slots=True)
class Pair:
    """A prompt with both answers; `prompt` is None where the runs keep no texts."""

    sample: str
    difference: float
    prompt: Text | None
    reference: Text | None
    a: Answer
    b: Answer


@dataclass(frozen=True, slots=True)
class Diff:
    """A page of the comparison; `versions` says that the two were graded by other versions of the grader."""

    a: Side
    b: Side
    grader: str
    graders: Sequence[str]
    counts: Counts
    pairs: Sequence[Pair]
    shown: str
    count: int
    page: int
    versions: bool

    @property
    def pages(self) -> int:
        """How many pages there are, one at least."""
        return max(1, math.ceil(self.count / PAGE))


def side_of(run: str, tables: Tables, stage: str, decoding: str = "") -> Side:
    """A side; without a stage the one that was trained last, or the only one. UsageError for a stage that is not there."""
    axes = axes_of(tables)
    if not axes.stages:
        raise UsageError(f"the run '{run}' has no results yet")
    if stage and stage not in axes.stages:
        raise UsageError(f"the run '{run}' has no stage '{stage:.80}'; it has {', '.join(axes.stages)}")
    if not stage:
        stage = next(
            (name for name in ("rft", "raft", "sft", "sft_alone") if name in axes.stages), axes.stages[-1]
        )
    there = [
        row[0]
        for row in tables.rows(f"SELECT DISTINCT decoding FROM {tables.results} WHERE stage = ?", [stage])
    ]
    return Side(run, tables, stage, decoding if decoding in there else preferred_decoding(sorted(there)))


def diff_of(a: Side, b: Side, asked: Mapping[str, str], primary: str = "") -> Diff:
    """What is shown of two sides; UsageError when no grader scored both."""
    graders = _graders(a, b)
    if not graders:
        raise UsageError(f"no grader has scored both '{a.run}' at {a.stage} and '{b.run}' at {b.stage}")
    preferred = [name for name in (asked.get("grader", ""), primary) if name in graders]
    grader = preferred[0] if preferred else graders[0]
    _join(a, b, grader)
    counts = _counts(a)
    shown = asked.get("show", "") if asked.get("show", "") in SHOWN else "losses"
    count = {"losses": counts.worse, "wins": counts.better, "ties": counts.same, "all": counts.shared}[shown]
    page = asked.get("page", "1")
    number = int(page) if page.isascii() and page.isdigit() and len(page) < 9 else 1
    number = min(max(1, number), max(1, math.ceil(count / PAGE)))
    _, condition, order = SHOWN[shown]
    rows = a.tables.rows(
        f"SELECT sample, difference FROM pairs WHERE {condition} AND NOT changed ORDER BY {order} "
        f"LIMIT {PAGE} OFFSET {(number - 1) * PAGE}"
    )
    pairs = _pairs(a, b, grader, dict(rows))
    return Diff(a, b, grader, graders, counts, pairs, shown, count, number, _versions(a, b, grader))


def stages_in_order(stages: Sequence[str]) -> list[str]:
    """The stages as they are shown."""
    return sorted(stages, key=stage_rank)


def _graders(a: Side, b: Side) -> list[str]:
    first, second = (
        [
            row[0]
            for row in side.tables.rows(
                f"SELECT grader FROM {side.tables.results} WHERE stage = ? AND decoding = ? GROUP BY grader ORDER BY min(rowid)",
                [side.stage, side.decoding],
            )
        ]
        for side in (a, b)
    )
    return [name for name in first if name in second]


def _join(a: Side, b: Side, grader: str) -> None:
    """Make `either`, the prompts of the one or the other with their means, and `pairs` of it, those that both scored.

    Texts are compared by their hashes. Samples of one run are what they are on both sides.
    """
    means = (
        "SELECT sample, avg(value) AS mean, min(rowid) AS first FROM {} "
        "WHERE stage = ? AND decoding = ? AND grader = ? GROUP BY sample"
    )
    text = (
        "SELECT sample, any_value(hash(prompt)) AS prompt, any_value(hash(\"columns\"->'reference')) AS reference "
        "FROM {} GROUP BY sample"
    )
    a.tables.rows(
        f"CREATE OR REPLACE TEMP TABLE either AS WITH a AS ({means.format(a.tables.results)}), "
        f"b AS ({means.format(b.tables.results)}) SELECT coalesce(a.sample, b.sample) AS sample, a.mean AS a, b.mean AS b, "
        "a.first, a.sample IS NOT NULL AS in_a, b.sample IS NOT NULL AS in_b FROM a FULL JOIN b USING (sample)",
        [a.stage, a.decoding, grader, b.stage, b.decoding, grader],
    )
    changed = (
        f"SELECT sample FROM ({text.format(a.tables.samples)}) x JOIN ({text.format(b.tables.samples)}) y USING (sample) "
        "WHERE x.prompt != y.prompt OR x.reference IS DISTINCT FROM y.reference"
    )
    nothing = "SELECT NULL WHERE false"
    a.tables.rows(
        f"CREATE OR REPLACE TEMP TABLE pairs AS SELECT sample, first, CASE WHEN abs(b - a) < {_SAME} THEN 0 ELSE b - a END AS difference, "
        f"sample IN ({nothing if a.tables is b.tables else changed}) AS changed FROM either WHERE a IS NOT NULL AND b IS NOT NULL"
    )


def _counts(a: Side) -> Counts:
    only_a, only_b, unscored = a.tables.rows(
        "SELECT count(*) FILTER (NOT in_b), count(*) FILTER (NOT in_a), "
        "count(*) FILTER (in_a AND in_b AND (a IS NULL OR b IS NULL)) FROM either"
    )[0]
    differences = a.tables.rows("SELECT difference, changed FROM pairs")
    kept = [float(difference) for difference, changed in differences if not changed]
    mean, low, high = _interval(kept)
    return Counts(
        sum(difference > 0 for difference in kept),
        sum(difference == 0 for difference in kept),
        sum(difference < 0 for difference in kept),
        only_a,
        only_b,
        unscored,
        len(differences) - len(kept),
        mean,
        low,
        high,
    )


def _interval(differences: Sequence[float]) -> tuple[float | None, float | None, float | None]:
    from rewardkit.evaluating.statistics import mean_interval

    if not differences:
        return None, None, None
    found = mean_interval(differences)
    return found.mean, found.low, found.high


def _versions(a: Side, b: Side, grader: str) -> bool:
    one, other = (
        side.tables.one(
            f"SELECT any_value(fingerprint) FROM {side.tables.results} WHERE grader = ?", [grader]
        )
        for side in (a, b)
    )
    return one != other


def _pairs(a: Side, b: Side, grader: str, differences: Mapping[str, float]) -> list[Pair]:
    samples = list(differences)
    first, second = (_answers(side, grader, samples) for side in (a, b))
    source = a if a.tables.one(f"SELECT 1 FROM {a.tables.samples} LIMIT 1") else b
    prompts = {
        sample: Text(shown, length, {"what": "prompt", "sample": sample})
        for sample, shown, length in source.tables.rows(
            f"SELECT sample, left(prompt, {CUT}), length(prompt) FROM {source.tables.samples} WHERE sample IN (SELECT unnest(?::VARCHAR[]))",
            [samples],
        )
    }
    return [
        Pair(
            sample,
            difference,
            prompts.get(sample),
            columns_of(source.tables, sample, CUT).get("reference"),
            first[sample],
            second[sample],
        )
        for sample, difference in differences.items()
    ]


def _answers(side: Side, grader: str, samples: Sequence[str]) -> dict[str, Answer]:
    rows = side.tables.rows(
        f"SELECT sample, avg(value), list(value ORDER BY repeat), min(repeat), left(arg_min(completion, repeat), {CUT}), "
        f"length(arg_min(completion, repeat)), any_value(cause) FROM {side.tables.results} "
        "WHERE stage = ? AND decoding = ? AND grader = ? AND sample IN (SELECT unnest(?::VARCHAR[])) GROUP BY sample",
        [side.stage, side.decoding, grader, samples],
    )
    return {
        sample: Answer(
            mean,
            each,
            Text(
                shown,
                length,
                {"what": "completion", **side.query(sample), "repeat": repeat, "grader": grader},
            ),
            cause,
        )
        for sample, mean, each, repeat, shown, length, cause in rows
    }


def chart(diff: Diff) -> Markup | None:
    """How the prompts fall, as one bar; None when none is shared."""
    counts = diff.counts
    parts = [
        ("better", counts.better, "gain"),
        ("as good", counts.same, "wrong"),
        ("worse", counts.worse, "loss"),
    ]
    return charts.stacked(parts, f"Prompts, {diff.b.run} against {diff.a.run}") if counts.shared else None
