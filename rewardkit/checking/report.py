"""The report of `rewardkit test` for people, and its `--json` for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from rich.table import Table
from rich.text import Text

from ..scores import Score
from .excerpts import excerpt, printable, shorten, whole
from .expectations import short
from .figures import on_completions_lines
from .results import Finding, GraderReport, Note, Replayed, Skipped
from .survivors import source_mutant_lines, source_mutants_json

_STYLES = {"fail": "bold red", "warn": "bold yellow", "pass": "bold green"}
_LONGEST_REASON = 500  # characters of it that are shown
_LONGEST_NOTE = 200
_WIDTH = 120  # of a line of a reason
_LABEL = 12
_MOST_REFERENCES = 20
_MOST_NOTES = 5
_MOST_WHOLE = 4
_SHORT_COMPLETION = 50
_DECLARED = ("RK100", "RK101", "RK121", "RK123", "RK132")


def report_lines(reports: Sequence[GraderReport], *, verbose: bool = False) -> Iterator[Text | Table]:
    """One verdict line for each grader with its findings, notes and skipped checks; a table of several graders; the totals.

    Unless `verbose`, the skipped checks of a passing grader share one line, only the first notes are shown, and of the findings that
    checks made up only the first are told whole.
    """
    for report in reports:
        yield _verdict_line(report)
        yield from _findings_lines(report.findings, verbose)
        if report.source_mutants is not None:
            yield from source_mutant_lines(report, verbose=verbose)
        if report.on_completions is not None:
            yield from on_completions_lines(report.on_completions)
        yield from _note_lines(report.notes, verbose)
        folded = report.verdict == "pass" and len(report.skipped) > 1 and not verbose
        for line in [_folded(report.skipped)] if folded else [f"{s.id}: {s}" for s in report.skipped]:
            yield Text(f"  skipped {line}", style="dim")
        if report.findings or report.skipped or report.notes:
            yield Text()
    if len(reports) > 1:
        yield _table(reports)
    yield _totals(reports)


def guesses_line(guesses: Mapping[str, str]) -> Text:
    """What was guessed of the data's columns, and how to decide it: `columns: reference <- answer (guessed; ...)`."""
    pairs = ", ".join(f"{name} <- {path}" for name, path in guesses.items())
    return Text(f"columns: {pairs} (guessed; --column NAME=COLUMN decides)")


def replay_lines(replayed: Replayed) -> Iterator[Text]:
    """A finding run again: everything in full, every score, and whether it still holds."""
    finding = replayed.finding
    yield Text(f"{finding.id}  {finding.check.title}. {finding.check.what}", style="bold")
    yield from _labelled(_replayed(replayed), "  ")
    verdict = (
        "still so: the expectation is broken"
        if replayed.still_broken
        else "no longer so: the expectation holds now"
    )
    yield Text(verdict, style=_STYLES["fail" if replayed.still_broken else "pass"])


def replay_json(replayed: Replayed) -> dict[str, Any]:
    """The object of `rewardkit test --replay ID --json`."""
    scores = [
        {"value": score.value, "cause": score.cause, "reason": score.reason} for score in replayed.scores
    ]
    return {**finding_json(replayed.finding), "scores": scores, "still_broken": replayed.still_broken}


def to_json(reports: Sequence[GraderReport]) -> dict[str, Any]:
    """The object of `rewardkit test --json`. A finding's `score` is null when the completion was unscored, for its `cause`, or nothing was run."""
    return {
        "graders": [
            {
                "name": report.name,
                "file": report.file,
                "verdict": report.verdict,
                "seconds": round(report.seconds, 3),
                "counts": asdict(report.counts),
                "findings": [finding_json(finding) for finding in report.findings],
                "skipped": [{"id": skipped.id, "why": str(skipped)} for skipped in report.skipped],
                "notes": [{"row": note.row, "text": note.text} for note in report.notes],
                **(
                    {"source_mutants": source_mutants_json(mutants)}
                    if (mutants := report.source_mutants)
                    else {}
                ),
                **({"on_completions": asdict(seen)} if (seen := report.on_completions) else {}),
            }
            for report in reports
        ]
    }


def finding_json(finding: Finding) -> dict[str, Any]:
    """One finding as plain values."""
    return {
        "id": finding.id,
        "severity": finding.severity,
        "row": finding.row,
        "completion": finding.completion,
        "score": finding.score.value if finding.score else None,
        "cause": finding.score.cause if finding.score else None,
        "reason": finding.score.reason if finding.score else "",
        "expected": finding.expected,
        "against": finding.against,
        "others": list(finding.others),
        "facts": list(finding.facts),
        "output": finding.output,
        "seed": finding.seed,
        "replay": finding.replay,
    }


def findings_text(findings: Sequence[Finding]) -> str:
    """Findings as plain lines, for where there is no terminal to colour them."""
    return "\n".join(line.plain for line in _findings_lines(findings, verbose=True))


def warning_text(grader: str, finding: Finding) -> str:
    """A finding that may be a coincidence, as the text of a Python warning."""
    return f"'{grader}': {findings_text([finding]).strip()}"


def evidence_text(finding: Finding, *, whole: bool = False) -> str:
    """What a finding was seen on, as plain lines: its place, the columns, the completion, what was expected and what came. `whole`: nothing is cut."""
    pairs = _replayed(Replayed(finding, [finding.score] if finding.score else [], True))
    if not whole:
        pairs = (pair for pair in _evidence(finding) if pair[0] not in ("why", "do", "replay"))
    return "\n".join(line.plain for line in _labelled(pairs, "  "))


def describe_score(score: Score) -> str:
    """The value with its components and reason: `0.7 (parses 1, rows 0.8): the rows differ`."""
    parts = [f"{part.name} {part.value:g}" for part in score.components if part.value is not None]
    inside = f" ({', '.join(parts)})" if parts and score.scored else ""
    reason = printable(score.reason)
    if len(reason) > _LONGEST_REASON:
        end = _LONGEST_REASON // 5  # what is wrong stands at the beginning, and its line at the end
        reason = f"{reason[: _LONGEST_REASON - end]} ... {reason[-end:]}"
    return short(score) + inside + (f": {reason}" if reason else "")


def _verdict_line(report: GraderReport) -> Text:
    counts = report.counts
    sizes = {"case": counts.cases, "order": counts.orders, "probe": counts.probes, "row": counts.rows}
    known = [_count(number, noun) for noun, number in sizes.items() if number or noun == "case"]
    known += [f"{counts.killed} of {_count(counts.mutants, 'mutant')} killed"] if counts.mutants else []
    line = Text(report.verdict.upper(), style=_STYLES[report.verdict])
    return line.append(f"  {report.name}", style="bold").append(
        f"  {report.where}  {', '.join(known)}", style="not bold default"
    )


def _findings_lines(findings: Sequence[Finding], verbose: bool) -> Iterator[Text]:
    """Every finding; of references that cannot be used the first ones, and what holds of all of them once.

    What the author declared is told whole; of what checks made up that holds for the first ones: one flaw often shows in many ways.
    """
    seen = made_up = 0
    for finding in findings:
        seen += finding.id == "RK132"
        made_up += finding.id not in _DECLARED
        if finding.id not in _DECLARED and made_up > _MOST_WHOLE and not verbose:
            yield _finding_line(finding)
        elif finding.id != "RK132" or seen <= _MOST_REFERENCES:
            yield from _finding_lines(finding, advised=finding.id == "RK132" and seen > 1)
    if made_up > _MOST_WHOLE and not verbose:
        yield Text("  (-v tells all of them whole)", style="dim")
    if seen > _MOST_REFERENCES:
        more = _count(seen - _MOST_REFERENCES, "more thing")
        yield Text(f"  ... and {more} wrong with references (--json has all)", style="bold")


def _finding_line(finding: Finding) -> Text:
    """A finding in one line: the completion, its score, and how to see it whole."""
    line = Text(f"  {finding.id} {finding.severity}", style=_STYLES[finding.severity])
    line.append(f"  {finding.check.title}", style="bold default")
    if finding.completion is not None and finding.score is not None:
        seen = f"  {shorten(finding.completion, _SHORT_COMPLETION)} scored {short(finding.score)}"
        line.append(seen, style="not bold default")
    return line.append(f"  --replay {finding.replay}" if finding.replay else "", style="not bold dim")


def _table(reports: Sequence[GraderReport]) -> Table:
    """One row for each grader: what it was tested on, what was found, how long it took."""
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0))
    table.add_column("grader")
    table.add_column("verdict")
    for title in ("cases", "orders", "probes", "rows", "mutants killed", "findings", "seconds"):
        table.add_column(title, justify="right")
    for report in reports:
        counts = report.counts
        killed = f"{counts.killed} of {counts.mutants}" if counts.mutants else "-"
        numbers = (counts.cases, counts.orders, counts.probes, counts.rows)
        table.add_row(
            Text(report.name, style="bold"),
            Text(report.verdict, style=_STYLES[report.verdict]),
            *(f"{number:,}" for number in numbers),
            killed,
            str(len(report.findings)),
            f"{report.seconds:.1f}",
        )
    return table


def _finding_lines(finding: Finding, *, advised: bool) -> Iterator[Text]:
    head = Text(f"  {finding.id} {finding.severity}", style=_STYLES[finding.severity])
    yield head.append(f"  {finding.check.title}", style="bold default")
    advice = ("why", "do") if advised else ()
    yield from _labelled((pair for pair in _evidence(finding) if pair[0] not in advice), "    ")


def _note_lines(notes: Sequence[Note], verbose: bool) -> Iterator[Text]:
    shown = notes if verbose else notes[:_MOST_NOTES]
    for note in shown:
        text = printable(note.text)
        text = text if verbose or len(text) <= _LONGEST_NOTE else f"{text[:_LONGEST_NOTE]} ..."
        yield Text(f"  {note.where}  {text}", style="dim")
    if len(notes) > len(shown):
        yield Text(
            f"  ... and {_count(len(notes) - len(shown), 'more right answer')} (-v shows all)", style="dim"
        )


def _labelled(pairs: Iterable[tuple[str, str]], indent: str) -> Iterator[Text]:
    """One line for each label and text, the texts under one another; a line without a label goes on with the one above."""
    pairs = list(pairs)
    width = max(_LABEL, *(len(label) + 2 for label, _ in pairs))
    for label, text in pairs:
        yield Text(f"{indent}{label:<{width}}", style="dim").append(text, style="not dim default")


def _replayed(replayed: Replayed) -> Iterator[tuple[str, str]]:
    finding = replayed.finding
    yield "at", finding.where
    for name, value in finding.columns.items():
        yield name, repr(value)
    yield "completion", repr(finding.completion)
    if finding.against is not None:
        yield "against", repr(finding.against)
    yield "expected", finding.expected
    for score in dict.fromkeys(describe_score(score) for score in replayed.scores):
        yield from _under("got", _wrapped(score))
    yield from _under("output", whole(finding.output))


def _under(label: str, lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Lines of which the first has the label."""
    return zip([label, *[""] * len(lines)], lines, strict=False)


def _wrapped(text: str) -> list[str]:
    """The text in lines of a length that can be read; a word is never cut."""
    return textwrap.wrap(text, _WIDTH, break_long_words=False, break_on_hyphens=False) or [text]


def _listed(places: Sequence[str]) -> str:
    """The first places, and how many more there are."""
    more = f" and {len(places) - _MOST_REFERENCES:,} more" if len(places) > _MOST_REFERENCES else ""
    return ", ".join(places[:_MOST_REFERENCES]) + more


def _folded(skipped: Sequence[Skipped]) -> str:
    """Several skipped checks in one line, with what to do about the first where something helps: they come in order of weight."""
    ids = ", ".join(dict.fromkeys(line.id for line in skipped))
    useful = next((line for line in skipped if line.advice), None)
    return f"{ids} (-v says why)" + (f"; for {useful.id}: {useful.advice}" if useful else "")


def _evidence(finding: Finding) -> Iterator[tuple[str, str]]:
    file = finding.where.rpartition(":")[
        0
    ]  # the row of a case is named after its place; a row of data has an id
    has_id = finding.row and not finding.row.startswith(f"{file}:")
    yield "at", f"{finding.where} (row {finding.row})" if has_id else finding.where
    for name, value in finding.columns.items():
        yield name, shorten(value)
    if finding.completion is not None:
        yield "completion", shorten(finding.completion)
    if finding.against is not None:
        yield "against", shorten(finding.against)
    yield "expected", finding.expected
    if finding.score is not None:
        yield from _under("got", _wrapped(describe_score(finding.score)))
    yield from _under("output", excerpt(finding.output))
    yield from _under("seen", [line for fact in finding.facts for line in _wrapped(printable(fact))])
    if finding.others:
        more = _count(len(finding.others), "more row")
        yield from _under("and", _wrapped(f"{more} for the same reason: {_listed(finding.others)}"))
    elif finding.similar:
        yield "and", f"{_count(finding.similar, 'more completion')} with the same flaw"
    if finding.coincidence:
        yield "note", "this may be a coincidence, or be right for that row too: more rows would tell"
    yield "why", finding.check.why
    yield "do", finding.check.silence
    if finding.replay:
        yield "replay", f"rewardkit test --replay {finding.replay}"


def _totals(reports: Sequence[GraderReport]) -> Text:
    verdicts = [report.verdict for report in reports]
    words = {"fail": "failed", "warn": "warned", "pass": "passed"}
    parts = [f"{verdicts.count(verdict)} {word}" for verdict, word in words.items() if verdict in verdicts]
    worst = next(verdict for verdict in words if verdict in verdicts)
    return Text(", ".join(parts), style=_STYLES[worst])


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}" + ("" if number == 1 else "s")
