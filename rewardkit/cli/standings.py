"""The figures of a run in the terminal: a table with a line for each grader, then what it could not score."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from rich.markup import escape

from .common import out

if TYPE_CHECKING:
    from ..evaluating.faults import Failure
    from ..evaluating.publishing import Published
    from ..evaluating.standings import Standing
    from ..runs import BaselineRow, ComparisonRow, StageRow


def print_figures(found: Published, folder: Path) -> None:
    """All that a run came to: standings, slices, baselines, and with several stages their comparisons."""
    print_standings(found.standings, folder)
    print_slices(found)
    for row in found.baselines:
        out().print(_constant(row), markup=False, soft_wrap=True)


def print_standings(standings: Sequence[Standing], folder: Path) -> None:
    """The table of figures, then per grader its components, what was not scored, and where the files of the run tell more of it."""
    from rich.table import Table

    from ..runs.wording import percent

    several = len({(standing.stage, standing.decoding) for standing in standings}) > 1
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    names = ("grader", "prompts", "mean score (95 %)", "solved (95 %)", "unscored")
    for name in ("stage", *names) if several else names:
        table.add_column(name, justify="right" if name in ("prompts", "unscored") else "left", no_wrap=True)
    for standing in standings:
        times = f" x {standing.score.k}" if standing.score.k > 1 else ""
        table.add_row(
            *([escape(stage_of(standing, standings))] if several else []),
            f"[bold]{escape(standing.grader)}[/]",
            f"{standing.score.prompts:,}{times}",
            _with_bounds(standing.score),
            _with_bounds(standing.solved),
            f"{sum(standing.unscored.values()):,}",
        )
    out().print(table)
    for standing in standings:
        of = f"{stage_of(standing, standings)}  " if several else ""
        for line in _details(standing, folder):
            out().print(line if line.startswith(" ") else f"{of}{line}", markup=False, soft_wrap=True)
    for standing in {standing.stage: standing for standing in reversed(standings)}.values():
        if standing.score.unique is not None:
            of = f"{standing.stage}  " if several else ""
            out().print(
                f"{of}unique   {percent(standing.score.unique)} of a prompt's completions, on average",
                markup=False,
            )
    if any(standing.score.low is None and standing.score.prompts for standing in standings):
        out().print("[dim]Without interval: fewer than 10 prompts.[/]")


def stage_of(standing: Standing, standings: Sequence[Standing]) -> str:
    """The name of a stage, with the decoding where it has several."""
    twice = any(other.stage == standing.stage and other.decoding != standing.decoding for other in standings)
    return f"{standing.stage} {standing.decoding}" if twice else standing.stage


def print_slices(found: Published) -> None:
    """The share solved of each part of the data, stage by stage; nothing where no slices were asked for."""
    from rich.table import Table

    rows = {
        (standing.grader, row.slice, stage_of(standing, found.standings)): row
        for standing in found.standings
        for row in standing.slices
        if row.metric == "solved"
    }
    if not rows:
        return
    stages = list(dict.fromkeys(stage for _, _, stage in rows))
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 3, 0, 0))
    for name in ("grader", "slice", "prompts", *(f"{stage} solved (95 %)" for stage in stages)):
        table.add_column(name, justify="right" if name == "prompts" else "left", no_wrap=True)
    for grader, part in dict.fromkeys((grader, part) for grader, part, _ in rows):
        mine = [rows.get((grader, part, stage)) for stage in stages]
        prompts = max(row.prompts for row in mine if row is not None)
        cells = ["" if row is None else _with_bounds(row) for row in mine]
        table.add_row(escape(grader), escape(_shortened(str(part), 60)), f"{prompts:,}", *cells)
    out().print(table)


def print_comparisons(found: Published, told: str) -> None:
    """How the stages differ on the same prompts, each difference with its interval, then what so many prompts can show (`told`)."""
    from ..runs.wording import change

    if not found.is_compared:
        return
    several = len({standing.grader for standing in found.standings}) > 1
    decodings = len({row.decoding for row in found.comparisons}) > 1
    for row in found.comparisons:
        if row.metric == "score" and _is_binary(found, row):
            continue
        about = [row.grader] * several + [row.decoding] * decodings + [row.metric]
        said = "too few prompts to say" if row.low is None else f"{change(row)}, {row.verdict}"
        line = f"{row.b} against {row.a}  {' '.join(about)}: {said}"
        out().print(line, markup=False, soft_wrap=True)
    out().print(told, markup=False, soft_wrap=True)


def print_lengths(found: Published, most: int) -> None:
    """How long completions are, a line for each stage."""
    from ..runs.wording import percent

    several = len(found.lengths) > 1
    for row in found.lengths:
        of = f"{row.name}  " if several else ""
        mean = f"{row.characters:,.1f} characters" if row.tokens is None else f"{row.tokens:,.1f} tokens"
        cut = "" if row.truncated is None else f"; {percent(row.truncated)} cut off at {most:,} tokens"
        out().print(f"{of}length   mean {mean}{cut}", markup=False, soft_wrap=True)


def _is_binary(found: Published, row: ComparisonRow) -> bool:
    """Whether the comparison of scores says what that of shares says: every score is 0 or 1."""
    alike = [
        (other.difference, other.low)
        for other in found.comparisons
        if (other.a, other.b, other.grader, other.decoding) == (row.a, row.b, row.grader, row.decoding)
    ]
    return len(set(alike)) == 1


def _constant(row: BaselineRow) -> str:
    """`same  the best constant answer ('2') earns 0.25, solves 25 % of 12 prompts`."""
    from ..runs.wording import percent

    shown = f"'{_shortened(row.answer, 40)}'" if row.answer else "an empty one"
    many = f"{row.prompts:,} prompt{'' if row.prompts == 1 else 's'}"
    return f"{row.grader}  the best constant answer, {shown}, earns {row.score:.2f} and solves {percent(row.solved)} of {many}"


def print_reused(reused: int, standings: Sequence[Standing], *, earlier: bool) -> None:
    """How much grading was saved; nothing where nothing was. `earlier` says whether scores of earlier runs may be among it."""
    if reused:
        total = sum(standing.completions for standing in standings)
        text = f"reused   {reused:,} of {total:,} not graded again: identical to others"
        out().print(f"{text}, here or in an earlier run" if earlier else text, markup=False, soft_wrap=True)


def _with_bounds(row: StageRow) -> str:
    from ..runs.wording import bounds, figure

    return figure(row) if row.low is None else f"{figure(row)} ({bounds(row)})"


def _details(standing: Standing, folder: Path) -> Iterator[str]:
    from ..runs.wording import listed, percent

    name = standing.grader
    if standing.pass_at_k:
        most = max(standing.all_k)
        chances = "  ".join(f"pass@{k} {percent(share)}" for k, share in standing.pass_at_k.items())
        yield f"{name}  {chances}   all {most} solved {percent(standing.all_k[most])}"
    if standing.components:
        parts = ", ".join(f"{part} {mean:.2f}" for part, mean in standing.components.items())
        yield f"{name}  components: {parts}"
    if standing.unscored:
        yield f"{name}  unscored: {listed(list(standing.unscored.items()))}{_range(standing.score)}"
    if standing.broken:
        yield f"{name}  stopped while running the completion, which keeps the level it had reached: {listed(list(standing.broken.items()))}"
    for cause, failure in standing.failures.items():
        count = standing.unscored.get(cause, 0) + standing.broken.get(cause, 0)
        alike = f" ({failure.alike:,} of {count:,})" if failure.alike < count else ""
        yield f"{name}  {cause}: {_shortened(failure.reason, 500) or 'without a reason'}{alike}"
        yield f"    first at {_place(failure)}; {_all_of_them(failure, count, folder)}"
        if failure.output:
            yield "    its output ends:"
            yield from (f"      {line}" for line in _last_lines(failure.output))


def _place(failure: Failure) -> str:
    """`ans.jsonl:41 (q40)`, or what is known of it."""
    repeat = f", repeat {failure.repeat}" if failure.repeat else ""
    name = f"{_shortened(failure.sample, 60)}{repeat}"
    return f"{failure.where} ({name})" if failure.where else name


def _all_of_them(failure: Failure, count: int, folder: Path) -> str:
    """Which file has all of that cause: faults.jsonl has only those on which something was printed."""
    return f"all in {folder / ('faults.jsonl' if failure.explained >= count else 'results.jsonl')}"


def _shortened(text: str, most: int = 200) -> str:
    """The text on one line, cut where it is longer than `most` characters."""
    from ..runs.wording import visible

    line = " ".join(visible(text).split())
    return line if len(line) <= most else f"{line[:most]} ..."


def _last_lines(output: str, most: int = 6) -> list[str]:
    """The last lines with anything in them, each cut to a length that a terminal shows; of a traceback they begin at a frame."""
    from ..runs.wording import visible

    lines = [line.rstrip() for line in visible(output).splitlines() if line.strip(" \t^~")]
    if lines and lines[0].startswith('File "'):
        lines[0] = f"  {lines[0]}"  # what was printed is kept without the blanks at its ends
    last = lines[-most:]
    if len(last) < len(lines):
        frame = next((n for n, line in enumerate(last) if line.lstrip().startswith('File "')), 0)
        last = last[frame:]
    return [line if len(line) <= 160 else f"{line[:160]} ..." for line in last]


def _range(row: StageRow) -> str:
    """What the unscored ones could make of the mean."""
    if row.worst is None or row.best is None:
        return ""
    return (
        f"; with the lowest or the highest score for them the mean would be {row.worst:.2f} to {row.best:.2f}"
    )
