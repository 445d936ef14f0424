"""The counts of a tool's verdicts, with the intervals of their shares, and the table of all tools."""

from __future__ import annotations

import math
import statistics
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from .judged import Judged

Figures: TypeAlias = dict[str, Any]


def by_set(results: Sequence[Judged], sets: Sequence[str]) -> dict[str, Figures]:
    """The figures of one tool for each set, and for all of them."""
    figures = {name: _figures([one for one in results if one.specimen.set == name]) for name in sets}
    return {**figures, "all": _figures(results)}


def table(figures: Mapping[str, Mapping[str, Figures]]) -> str:
    """One row for each tool and set: found of the flawed, false alarms of the correct, with 95 % intervals, and what it could not run on."""
    head = ["", "set", "found", "false alarms", "could not run", "median s", "total s"]
    rows = [head]
    for line, sets in figures.items():
        met = [(name, one) for name, one in sets.items() if one["graders"]]
        for name, one in met:
            could_not = one["could_not_run"]
            counted = [_with_interval(one["found"]), _with_interval(one["false_alarms"])]
            left_out = f"{could_not['flawed']} + {could_not['correct']}"
            seconds = [f"{one['seconds_median']:.1f}", f"{one['seconds_total']:.0f}"]
            rows.append([line if name == met[0][0] else "", name, *counted, left_out, *seconds])
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join("  ".join(map(str.ljust, row, widths)).rstrip() for row in rows)


def _with_interval(share: Mapping[str, Any]) -> str:
    if not share["of"]:
        return "-"
    return (
        f"{share['count']:>2} of {share['of']:>2} ({100 * share['low']:.0f} to {100 * share['high']:.0f} %)"
    )


def _figures(results: Sequence[Judged]) -> Figures:
    flawed = [one for one in results if one.specimen.flawed]
    correct = [one for one in results if not one.specimen.flawed]
    seconds = [one.seconds for one in results] or [0.0]
    return {
        "graders": len(results),
        "found": _share([bool(one.found) for one in flawed]),
        "false_alarms": _share([bool(one.found) for one in correct]),
        "warned": _share([bool(one.what) and one.found is False for one in correct]),
        "could_not_run": {
            name: sum(one.found is None for one in group)
            for name, group in (("flawed", flawed), ("correct", correct))
        },
        "seconds_mean": round(statistics.mean(seconds), 2),
        "seconds_median": round(statistics.median(seconds), 2),
        "seconds_most": round(max(seconds), 2),
        "seconds_total": round(sum(seconds), 1),
    }


def _share(hits: Sequence[bool]) -> dict[str, object]:
    """A count with the 95 % Wilson interval of its share."""
    count, total, z = sum(hits), len(hits), 1.96
    if not total:
        return {"count": 0, "of": 0}
    middle = (count + z * z / 2) / (total + z * z)
    half = z * math.sqrt(count * (total - count) / total + z * z / 4) / (total + z * z)
    return {
        "count": count,
        "of": total,
        "low": round(max(0.0, middle - half), 3),
        "high": round(min(1.0, middle + half), 3),
    }
