"""The figures as text: one row a layer or executor, with ratios to the floor."""

from __future__ import annotations

from collections.abc import Iterable

Figures = dict[str, dict[str, dict[str, float]]]


def layers_table(figures: Figures) -> str:
    """CPU us a sample by batch size, the preparation at 64, and Python's bytes a sample."""
    floor = figures["plain_python"]["64"]["us"]
    head = (
        "layer, CPU us a sample",
        "batch 1",
        "batch 64",
        "x floor",
        "batch 4096",
        "prep (64)",
        "bytes kept",
        "bytes peak",
    )
    rows = (
        (
            key,
            *(f"{by[batch]['us']:.2f}" for batch in ("1", "64")),
            f"{by['64']['us'] / floor:.1f}",
            f"{by['4096']['us']:.2f}",
            f"{by['64']['prep_us']:.2f}",
            *(f"{by['memory'][name]:.0f}" for name in ("result_bytes", "peak_bytes")),
        )
        for key, by in figures.items()
    )
    return _table(head, rows)


def executors_table(figures: Figures) -> str:
    """Seconds to the first result; us a sample, wall and CPU of the parent; x floor is the wall to plain processes."""
    tasks = {
        "tiny_4096": "tiny x4096",
        "half_ms_256": "0.5 ms x256",
        "50ms_cpu": "50 ms CPU",
        "50ms_sleep": "50 ms sleep",
    }
    floor = figures["plain_processes"]
    head = (
        "executor, us a sample, wall / parent CPU",
        "start s",
        *(f"{title}{' ' * 5}x floor" for title in tasks.values()),
    )
    rows = (
        (
            key,
            f"{by['start']['wall_s']:.2f}",
            *(
                f"{by[task]['wall_us']:.1f} / {by[task]['parent_us']:.1f}{by[task]['wall_us'] / floor[task]['wall_us']:9.2f}"
                for task in tasks
            ),
        )
        for key, by in figures.items()
    )
    return _table(head, rows)


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, *rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(head))]
    return "\n".join(
        "  ".join(
            [
                line[0].ljust(widths[0]),
                *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True)),
            ]
        )
        for line in lines
    )
