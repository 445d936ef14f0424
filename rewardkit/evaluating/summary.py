"""From the results of a run to the figures of its summary: one row per stage, grader, metric and decoding, and their comparisons.

    rows = summarise(results, pass_at={"query": 1.0}, slices={"q7": ["family = joins"]})
    comparisons = compare_stages(results, pass_at={"query": 1.0})
    parts = component_rows(results)

"score" is the mean score and "solved" the share of completions at or above `pass_at`; repeats of a prompt are averaged first.
Unscored completions are counted and left out of every mean; the rows then carry the bounds `worst` and `best`.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from statistics import fmean, median
from typing import TypeAlias

from rewardkit.runs.records import ComparisonRow, ComponentRow, Decoding, Metric, Result, StageRow

from .statistics import (
    all_k,
    bounded_interval,
    detectable_from,
    holm,
    mean_interval,
    paired_difference,
    pass_at_k,
    unscored_bounds,
    verdict_of,
)

PassAt: TypeAlias = float | Mapping[str, float]
Ranges: TypeAlias = Mapping[str, tuple[float, float]]
Repeats: TypeAlias = list[float | None]
Slices: TypeAlias = Mapping[str, str | Sequence[str]]  # the parts of the data that each sample belongs to

_METRICS: tuple[Metric, ...] = ("solved", "score")
# A comparison reads from the earlier to the later: the trained model stands last, after what it is compared with.
_ORDER = {"base": 0, "sft_alone": 1, "sft": 2, "rft": 3, "raft": 3}


@dataclass(frozen=True, slots=True)
class Group:
    """The results of one stage, grader and decoding: for each prompt its repeats, None where unscored.

    `unique` is the share of distinct completions per prompt, None where each has one or nobody counted.
    """

    stage: str
    grader: str
    decoding: Decoding
    prompts: Mapping[str, Repeats]
    unique: float | None = None


def summarise(
    results: Iterable[Result],
    *,
    pass_at: PassAt,
    slices: Slices | None = None,
    clusters: Mapping[str, Hashable] | None = None,
    ranges: Ranges | None = None,
) -> list[StageRow]:
    """Rows for all prompts, then, when `slices` names the part or parts of each sample id, rows for each part.

    `pass_at` is one bar or one per grader (1.0 for a grader it does not name); `ranges` are the declared ranges of the graders,
    (0, 1) unless given. `clusters` names prompts that belong together, by sample id. Without results the list is empty.
    """
    groups = _grouped(results)
    rows = [
        row for group in groups for row in rows_of(group, pass_at=pass_at, clusters=clusters, ranges=ranges)
    ]
    for part, samples in _parts(slices or {}).items():
        for group in groups:
            inside = {sample: repeats for sample, repeats in group.prompts.items() if sample in samples}
            if inside:
                part_of = replace(group, prompts=inside)
                rows += rows_of(part_of, part, pass_at=pass_at, clusters=clusters, ranges=ranges)
    return rows


def rows_of(
    group: Group,
    part: str | None = None,
    *,
    pass_at: PassAt,
    clusters: Mapping[str, Hashable] | None = None,
    ranges: Ranges | None = None,
) -> list[StageRow]:
    """The "solved" and the "score" row of a group; `part` names the slice that it is."""
    range_ = (ranges or {}).get(group.grader, (0.0, 1.0))
    return [_row(group, metric, part, pass_at, clusters, range_) for metric in _METRICS]


def compare_stages(
    results: Iterable[Result],
    *,
    pass_at: PassAt,
    clusters: Mapping[str, Hashable] | None = None,
    seed: int = 0,
) -> list[ComparisonRow]:
    """Every pair of stages per grader, decoding and metric, over the prompts that both have scored.

    Of two stages `b` is the later one (base, sft_alone, sft, rft or raft; others in order of appearance), and `difference` is b minus a.
    """
    alike: dict[tuple[str, Decoding], list[Group]] = defaultdict(list)
    for group in _grouped(results):
        alike[group.grader, group.decoding].append(group)
    rows: list[ComparisonRow] = []
    for groups in alike.values():
        for a, b in combinations(sorted(groups, key=lambda g: _ORDER.get(g.stage, len(_ORDER))), 2):
            compared = (_compared(a, b, metric, pass_at, clusters, seed) for metric in _METRICS)
            rows += [row for row in compared if row is not None]
    return rows


def corrected_pairs(rows: Iterable[ComparisonRow]) -> list[ComparisonRow]:
    """The comparisons with Holm's correction over the pairs of stages of each grader, decoding and metric: of ten pairs of equals one in four
    families would have a difference by chance. For stages of which no pair was named in advance."""
    found = list(rows)
    families: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for place, row in enumerate(found):
        if row.p is not None:
            families[row.grader, row.decoding, row.metric].append(place)
    for places in families.values():
        for place, p in zip(places, holm([found[each].p or 0.0 for each in places]), strict=True):
            row = found[place]
            verdict = verdict_of(row.low, row.high, p)
            found[place] = row.model_copy(update={"adjusted": p, "verdict": verdict})
    return found


def component_rows(
    results: Iterable[Result], *, clusters: Mapping[str, Hashable] | None = None
) -> list[ComponentRow]:
    """The mean of each component over prompts, in the order in which they first occur; repeats of a prompt are averaged first.

    A component that a completion lacks, or that has no value there, counts in no mean.
    """
    sums: dict[tuple[str, str, Decoding, str], dict[str, tuple[float, int]]] = {}
    for result in results:
        for part in result.components:
            if result.value is None or part.value is None:
                continue
            prompts = sums.setdefault((result.stage, result.grader, result.decoding, part.name), {})
            total, count = prompts.get(result.sample, (0.0, 0))
            prompts[result.sample] = total + part.value, count + 1
    return [_component_row(*key, prompts, clusters) for key, prompts in sums.items()]


def _component_row(
    stage: str,
    grader: str,
    decoding: Decoding,
    component: str,
    prompts: Mapping[str, tuple[float, int]],
    clusters: Mapping[str, Hashable] | None,
) -> ComponentRow:
    means = [total / count for total, count in prompts.values()]
    # A component declares no range: points of a rubric may be anything.
    interval_of = bounded_interval if min(means) >= 0 and max(means) <= 1 else mean_interval
    interval = interval_of(means, _clusters_of(prompts, clusters))
    return ComponentRow(
        name=stage,
        grader=grader,
        component=component,
        decoding=decoding,
        prompts=interval.n,
        mean=interval.mean,
        low=interval.low,
        high=interval.high,
    )


def _parts(slices: Slices) -> dict[str, set[str]]:
    """The samples of each part, in the order in which parts first occur."""
    samples: dict[str, set[str]] = {}
    for sample, parts in slices.items():
        for part in [parts] if isinstance(parts, str) else parts:
            samples.setdefault(part, set()).add(sample)
    return samples


def _grouped(results: Iterable[Result]) -> list[Group]:
    found: dict[tuple[str, str, Decoding], dict[str, Repeats]] = {}
    for result in results:
        prompts = found.setdefault((result.stage, result.grader, result.decoding), {})
        prompts.setdefault(result.sample, []).append(result.value)
    return [Group(stage, grader, decoding, prompts) for (stage, grader, decoding), prompts in found.items()]


def _row(
    group: Group,
    metric: Metric,
    part: str | None,
    pass_at: PassAt,
    clusters: Mapping[str, Hashable] | None,
    range_: tuple[float, float],
) -> StageRow:
    bar = _bar(pass_at, group.grader)
    prompts = {sample: _measured(repeats, metric, bar) for sample, repeats in group.prompts.items()}
    means = _prompt_means(prompts)
    k = max(len(repeats) for repeats in prompts.values())
    unscored = sum(value is None for repeats in prompts.values() for value in repeats)
    low, high = (0.0, 1.0) if metric == "solved" else range_
    worst, best = unscored_bounds(list(prompts.values()), low, high) if unscored else (None, None)
    values, together = list(means.values()), _clusters_of(means, clusters)
    interval = bounded_interval(values, together, range_=(low, high)) if means else None
    once, always = _over_k(prompts.values(), k) if metric == "solved" and k > 1 else (None, None)
    return StageRow(
        name=group.stage,
        grader=group.grader,
        metric=metric,
        decoding=group.decoding,
        prompts=len(means),
        k=k,
        mean=interval.mean if interval else None,
        low=interval.low if interval else None,
        high=interval.high if interval else None,
        unscored=unscored,
        slice=part,
        pass_at=bar if metric == "solved" else None,
        pass_at_k=once,
        all_k=always,
        worst=worst,
        best=best,
        unique=group.unique,
        clusters=None if together is None else len(set(together)),
        method=interval.method if interval else None,
        detectable=detectable_from(values, together) if means else None,
        **_spread(values, range_ if metric == "score" else None),
    )


def _spread(values: Sequence[float], range_: tuple[float, float] | None) -> dict[str, float]:
    """Median and the shares at either end, where the values are more than right and wrong; a range of None asks for nothing."""
    if range_ is None or len(set(values)) < 3:
        return {}
    low, high = range_
    n = len(values)
    return {
        "median": median(values),
        "top": sum(value >= high for value in values) / n,
        "bottom": sum(value <= low for value in values) / n,
    }


def _compared(
    a: Group, b: Group, metric: Metric, pass_at: PassAt, clusters: Mapping[str, Hashable] | None, seed: int
) -> ComparisonRow | None:
    bar = _bar(pass_at, a.grader)
    first, second = (
        _prompt_means({sample: _measured(repeats, metric, bar) for sample, repeats in group.prompts.items()})
        for group in (a, b)
    )
    shared = [sample for sample in first if sample in second]
    if not shared:
        return None
    found = paired_difference(
        [first[s] for s in shared], [second[s] for s in shared], _clusters_of(shared, clusters), seed=seed
    )
    return ComparisonRow(
        a=a.stage,
        b=b.stage,
        grader=a.grader,
        decoding=a.decoding,
        metric=metric,
        prompts=found.n,
        difference=found.difference,
        low=found.low,
        high=found.high,
        p=found.p,
        verdict=found.verdict,
    )


def _bar(pass_at: PassAt, grader: str) -> float:
    return pass_at.get(grader, 1.0) if isinstance(pass_at, Mapping) else pass_at


def _measured(repeats: Repeats, metric: Metric, bar: float) -> Repeats:
    if metric == "score":
        return repeats
    return [None if value is None else float(value >= bar) for value in repeats]


def _prompt_means(prompts: Mapping[str, Repeats]) -> dict[str, float]:
    """Mean over the scored repeats of each prompt; a prompt without any is left out."""
    scored = {
        sample: [value for value in repeats if value is not None] for sample, repeats in prompts.items()
    }
    return {sample: fmean(values) for sample, values in scored.items() if values}


def _over_k(prompts: Iterable[Repeats], k: int) -> tuple[float | None, float | None]:
    """pass@k and all@k over the prompts whose k repeats are all scored; None when there is none."""
    counts = [
        int(sum(value or 0.0 for value in repeats))
        for repeats in prompts
        if len(repeats) == k and None not in repeats
    ]
    if not counts:
        return None, None
    return fmean(pass_at_k(k, c, k) for c in counts), fmean(all_k(k, c, k) for c in counts)


def _clusters_of(
    samples: Iterable[str], clusters: Mapping[str, Hashable] | None
) -> Sequence[Hashable] | None:
    """The cluster of each sample; one without a cluster stands alone."""
    return None if clusters is None else [clusters.get(sample, ("alone", sample)) for sample in samples]
