"""Tables in markdown and figures as SVG, from the record alone."""

from __future__ import annotations

from pathlib import Path

from .figures import write_figures
from .findings import SETTINGS, Findings, Setting, Way
from .record import Line, Record
from .targets import findings, points


def write_report(record: Record, folder: Path) -> None:
    """Print the tables and write the figures into `folder`."""
    if not record.cells:
        print("no training is finished yet")
        return
    study = Findings(record)
    for setting in SETTINGS:
        if study.ways(setting):
            print("\n".join(setting_table(study, setting)))
    print("\n".join(target_table(study)))
    print("\n".join(choice_table(record)))
    print("\n".join(f"figure: {path}" for path in write_figures(study, folder)))


def setting_table(study: Findings, setting: Setting) -> list[str]:
    """A line for each method: solved greedily and sampled, and what it cost."""
    rows = [
        f"**{setting.title}** (share solved in %, 95 % over seeds and questions)",
        "",
        "| method | trainings | greedy | sampled | over the base, greedy | generated | CPU-s |",
        "|---|---|---|---|---|---|---|",
    ]
    rows += [_row(study, setting, way) for way in study.ways(setting)]
    return [*rows, ""]


def target_table(study: Findings) -> list[str]:
    """A line for each comparison of each target."""
    found = findings(study)
    head = ["**Targets** (greedy, points, 95 % over seeds and questions)", "", "| target | where | what | difference | verdict |", "|---|---|---|---|---|"]  # fmt: skip
    return [*head, *(f"| {each.target} | {each.where} | {each.what} | {points(each.found)} | {each.verdict} |" for each in found), ""]  # fmt: skip


def choice_table(record: Record) -> list[str]:
    """The settings that were chosen on validation questions, with what each reached there."""
    rows = ["**Settings chosen on validation questions**", "", "| task, base | method | settings | greedy / sampled there |", "|---|---|---|---|"]  # fmt: skip
    for choice in dict.fromkeys(choice for choice, _, _ in record.choices):
        tried, chosen = record.tried(choice), record.chosen(choice)
        for settings, greedy, sampled in tried or []:
            if settings == chosen:
                way = Way(choice.method, choice.scaling)
                name = f"{way.label}, n = 50" if choice.n == 50 else way.label
                rows.append(
                    f"| {choice.task}-{choice.base} | {name} | {_told(settings)} | {greedy:.1%} / {sampled:.1%} |"
                )
    return [*rows, ""]


def _row(study: Findings, setting: Setting, way: Way) -> str:
    greedy, sampled = study.shares(setting, way), study.shares(setting, way, "sampled")
    assert greedy is not None
    assert sampled is not None
    gain = study.difference(setting, Way("base"), way) if way.method != "base" else None
    cells = [
        way.label,
        str(len(study.lines(setting, way))),
        _share(greedy.both.mean, greedy.both.low, greedy.both.high),
        f"{sampled.both.mean * 100:.1f}",
        points(gain) if gain else "",
        f"{study.mean_of(setting, way, lambda line: line['generated']):.0f}",
        f"{study.mean_of(setting, way, _training_seconds):.1f}" if way.method != "base" else "",
    ]
    return "| " + " | ".join(cells) + " |"


def _training_seconds(line: Line) -> float:
    return float(line["cpu"]["train"])


def _share(mean: float, low: float | None, high: float | None) -> str:
    bounds = (
        "" if low is None or high is None else f" ({max(0.0, low) * 100:.1f} to {min(1.0, high) * 100:.1f})"
    )
    return f"{mean * 100:.1f}{bounds}"


def _told(settings: object) -> str:
    assert isinstance(settings, dict)
    return "; ".join(f"[{table}] " + ", ".join(f"{key} = {value:g}" for key, value in keys.items()) for table, keys in settings.items())  # fmt: skip
