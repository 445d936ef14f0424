"""What of two sides may be compared: graders that were the same for both, and the columns by which prompts belong together or are shown apart."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

from rewardkit.runs import iter_samples
from rewardkit.runs.wording import as_text

from ...errors import ConfigError, did_you_mean
from ...paths import display_path
from ..parts import MOST
from .measured import Measured
from .sides import Side


def graders_of(
    base: Side, a: Sequence[Measured], other: Side, b: Sequence[Measured], wanted: str | None
) -> tuple[list[str], list[str]]:
    """The graders that scored both sides, the primary one first, and a sentence about those that are left out.

    The primary is the one asked for, else the one that the run of the base is about. ConfigError when it did not score both, or was another one then.
    """
    runs = [*a, *b]
    shared = [name for name in a[0].repeats if all(name in each.repeats for each in runs)]
    if wanted is not None and wanted not in shared:
        raise ConfigError(
            f"no grader '{wanted}' scored all sides; those that did: {', '.join(shared) or 'none'}.{did_you_mean(wanted, shared)}"
        )
    if not shared:
        names = "; ".join(f"{side.label}: {', '.join(m[0].repeats)}" for side, m in ((base, a), (other, b)))
        raise ConfigError(
            f"no grader scored both sides ({names}). Score one of them again: rewardkit grade --from RUN --grader ..."
        )
    led_by = base.runs[0].info.primary
    primary = wanted or (led_by if led_by in shared else shared[0])
    same = [name for name in shared if len({each.fingerprints[name] for each in runs}) == 1]
    if primary not in same:
        raise ConfigError(
            f"grader '{primary}' was another one when {other.label} was scored: its code, its settings or its judge have changed, and "
            "scores of two versions do not compare. Score the older of the two again: rewardkit grade --from "
            f"{display_path(base.runs[0].path)} (or {display_path(other.runs[0].path)}) --grader ..."
        )
    left = [name for name in shared if name not in same]
    told = [f"Left out, since they changed between the runs: {', '.join(left)}."] if left else []
    if wanted is None and led_by and primary != led_by:
        told.append(
            f"The base's run is about '{led_by}', which did not score both; the verdict is about '{primary}', which nobody named before."
        )
    return [primary, *(name for name in same if name != primary)], told


def clusters_of(
    base: Side, other: Side, named: str | None, a: Measured, b: Measured
) -> tuple[Mapping[str, Hashable] | None, list[str]]:
    """The cluster of each sample and a sentence about them, by that column, or by the one that a run was given; None where prompts stand alone."""
    if named:
        return _column(base, named, "--cluster", a), []
    given = [(side, side.runs[0].info.config.get("cluster"), run) for side, run in ((base, a), (other, b))]
    # One that keeps its texts knows the column.
    side, column, run = min(given, key=lambda each: (not each[1], not each[2].contents))
    if not column:
        return None, []
    names = [f"'{name}'" if name else "none" for _, name, _ in given]
    told = (
        f"Prompts belong together by '{column}', as {side.label} has it (--cluster: {' and '.join(names)})."
    )
    return _column(side, str(column), "--cluster", run), [told] if names[0] != names[1] else []


def slices_of(
    base: Side, other: Side, named: Sequence[str], measured: Measured
) -> dict[str, Mapping[str, str]]:
    """By column the part that each sample is in: those columns, or the ones that both runs were given."""
    given = [side.runs[0].info.config.get("slices") or () for side in (base, other)]
    columns = named or [name for name in given[0] if name in given[1] and measured.contents]
    found: dict[str, Mapping[str, str]] = {
        column: _column(base, column, "--slice", measured) for column in dict.fromkeys(columns)
    }
    for column, values in found.items():
        if len(set(values.values())) > MOST:
            raise ConfigError(
                f"--slice {column}: it has more than {MOST} different values; name a column of few, or use --cluster"
            )
    return found


def _column(base: Side, column: str, option: str, measured: Measured) -> dict[str, str]:
    """The value of a column for each sample, as text; ConfigError where the run has no texts, or a sample no such column."""
    folder, samples = base.runs[0].path, measured.samples
    if not measured.contents:
        raise ConfigError(
            f"it keeps no texts, so that column '{column}' ({option}) of its samples is not known",
            where=display_path(folder),
        )
    values: dict[str, str] = {}
    for record in iter_samples(folder):
        if record.sample in samples:
            if column not in record.columns:
                raise ConfigError(
                    f"{option} {column}: sample '{record.sample}' has no such column; it has {', '.join(record.columns)}."
                    f"{did_you_mean(column, record.columns)}"
                )
            values[record.sample] = as_text(record.columns[column])
    if len(values) < len(samples):
        raise ConfigError(
            f"{option} {column}: {len(samples) - len(values):,} of {len(samples):,} samples are not in samples.jsonl",
            where=display_path(folder),
        )
    return values
