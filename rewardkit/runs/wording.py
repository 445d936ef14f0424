"""How figures and foreign text are put into words: labels of stages, percentages with intervals, the sentences of the report."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from .records import BaselineRow, Checked, ComparisonRow, StageRow

STAGES = {
    "base": "Base model",
    "sft": "After SFT warm start",
    "rft": "After RFT",
    "raft": "After RAFT",
    "sft_alone": "SFT alone",
    "grade": "Graded",
}
TOO_FEW = "too few prompts to say"
DECODINGS = {"greedy": "greedy", "sampled": "sampled", "given": "as given"}
EXAMPLE_CUT = 4_000  # characters of a text that is shown as an example
# Control characters but newline and tab, surrogates, and what reorders or hides the text around it (marks, embeddings, overrides,
# isolates, zero-width characters).
_HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\uffff\ud800-\udfff]"
)


def stage_label(name: str) -> str:
    """`rft` -> `After RFT`; names that are not ours stay as they are."""
    return STAGES.get(name, name)


def within(name: str) -> str:
    """The label as it stands inside a sentence: `RFT`, `SFT alone`, `base model`."""
    return STAGES[name].removeprefix("After ").replace("Base", "base") if name in STAGES else name


def visible(text: str) -> str:
    """The text with every character that a page would hide, reorder or refuse written out: NUL as ␀, U+202E as ⟨U+202E⟩.

    Emoji joined by U+200D fall apart; in a report on what a model wrote that is the better error.
    """
    return _HIDDEN.sub(_written_out, text.replace("\r\n", "\n"))


def shortened(text: str, longest: int = EXAMPLE_CUT) -> str:
    """The start of a text, and how much is missing."""
    if len(text) <= longest:
        return text
    return f"{text[:longest]}… [{len(text) - longest:,} more characters]"


def as_text(value: object) -> str:
    """A reference or another column as text: strings as they are, anything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)


def tied(text: str) -> str:
    """The text with figures that a line break does not part from their unit."""
    return re.sub(r"(?<=\d) (?=%|points\b)", "\N{NO-BREAK SPACE}", text)


def percent(share: float) -> str:
    """`81 %`; a share that is not quite 0 or 1 never rounds to `0 %` or `100 %`."""
    shown = round(share * 100)
    if (shown == 100 and share < 1) or (shown == 0 and share > 0):
        return (
            f"{share * 100:.1f} %"
            if 0.0005 <= share <= 0.9994
            else ("> 99.9 %" if share > 0.5 else "< 0.1 %")
        )
    return f"{shown} %"


def probability(p: float) -> str:
    """A p value to the digits that matter: `0.031`, `0.4`, `< 0.001`."""
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def figure(row: StageRow) -> str:
    """The mean of a row: a percentage when it is a share, else two decimals; a dash when nothing was scored."""
    if row.mean is None:
        return "\N{EN DASH}"
    return percent(row.mean) if row.metric == "solved" else f"{row.mean:.2f}"


def bounds(row: StageRow) -> str:
    """The interval of a row, such as `76 to 85`; says so when there are too few prompts for one."""
    if row.low is None or row.high is None:
        return no_interval(row) if row.prompts else "nothing scored"
    return (
        f"{row.low * 100:.0f} to {row.high * 100:.0f}"
        if row.metric == "solved"
        else f"{row.low:.2f} to {row.high:.2f}"
    )


def no_interval(row: StageRow) -> str:
    """Why a row has none: `no interval under 10 prompts`, or clusters where there are prompts enough."""
    few = row.clusters is not None and row.prompts >= 10
    return f"no interval under 10 {'clusters' if few else 'prompts'}"


def method(row: StageRow) -> str:
    """How the interval of a row was made, for the small print; empty where it has none or the run did not note it."""
    if row.method is None or row.low is None:
        return ""
    over = "prompts" if row.clusters is None else f"{row.clusters:,} clusters"
    return {
        "wilson": f"Wilson, over {row.prompts:,} prompts",
        "score": f"score interval at the effective number of {'prompts' if row.clusters is None else f'prompts in {over}'}",
        "t": f"t over {over}" if row.clusters is None else f"cluster-robust t over {over}",
    }[row.method]


def detectable(row: StageRow) -> str:
    """`With 300 prompts a difference of at least 8 points could be detected.`; empty where the run did not work it out."""
    if row.detectable is None:
        return ""
    return f"With {row.prompts:,} prompts a difference of at least {detectable_size(row)} could be detected."


def detectable_size(row: StageRow) -> str:
    """`7.6 points` for a share, `0.05` for a score."""
    size = row.detectable or 0.0
    if row.metric != "solved":
        return f"{size:.2f}"
    return f"{size * 100:.{1 if size < 0.0995 else 0}f} points"


def change(row: ComparisonRow) -> str:
    """A difference with its interval: `+57 points (51 to 63)` for a share, `+0.41 (0.36 to 0.46)` for a score."""
    scale, digits, unit = (100, 0, " points") if row.metric == "solved" else (1, 2, "")
    size = f"{row.difference * scale:+.{digits}f}{unit}".replace("-", "\N{MINUS SIGN}")
    if row.low is None or row.high is None:
        return size
    return f"{size} ({row.low * scale:+.{digits}f} to {row.high * scale:+.{digits}f})".replace(
        "-", "\N{MINUS SIGN}"
    )


def reached(row: StageRow) -> str:
    """What a solved prompt did: `get full marks`, or `reach the pass mark of 0.8`."""
    return "get full marks" if row.pass_at in (None, 1.0) else f"reach the pass mark of {row.pass_at:g}"


def things(row: StageRow, verb: str) -> str:
    """What a run of that verb counts: prompts, held-out ones in training, completions where stored answers were graded."""
    graded = "prompts" if row.k > 1 else "completions"
    return {"train": "held-out prompts", "grade": graded}.get(verb, "prompts")


def headline(
    last: StageRow,
    first: StageRow | None,
    comparison: ComparisonRow | None,
    verb: str,
    *,
    named: bool = False,
    baseline: BaselineRow | None = None,
) -> str:
    """The result in one sentence, for a reader who sees nothing else: how good, how sure, better than what.

    `first` is the base, or the next best of several models; `baseline` the best constant answer. `named` says which grader it is about.
    """
    if last.mean is None:
        by = f" by {last.grader}" if named else ""
        return f"{stage_label(last.name)}: none of the completions could be scored{by}."
    start = "" if last.name == "grade" else f"{stage_label(last.name)}{',' if last.name in STAGES else ':'} "
    # A mean over several answers a prompt is a share of answers; "of the prompts" would claim more.
    subject = (
        f"the {last.decoding} answers to {last.prompts:,} {things(last, verb)}"
        if last.k > 1
        else f"{last.prompts:,} {things(last, verb)}"
    )
    sentence = (
        f"{start}{percent(last.mean)} of {subject} {reached(last)}{f' from {last.grader}' if named else ''}"
    )
    if last.low is not None and last.high is not None:
        sentence += f" (95 % interval {last.low * 100:.0f} to {last.high * 100:.0f} %)"
    return f"{sentence}{_against(first, comparison)}{_over_constant(last, baseline)}."


def _against(first: StageRow | None, comparison: ComparisonRow | None) -> str:
    if first is None or first.mean is None:
        return ""
    verdict = comparison.verdict if comparison else ""
    if first.name == "base":
        if comparison is not None and comparison.low is None:
            return f"; too few of them to say what changed from the {within(first.name)}"
        word = {"better": "up from", "worse": "down from"}.get(verdict, "no detectable change from")
        return f", {word} {percent(first.mean)}" + (f": {change(comparison)}" if comparison else "")
    word = {"better": "more than", "worse": "less than"}.get(verdict, "not detectably other than")
    return f", {word} {within(first.name)} ({percent(first.mean)})"


def _over_constant(last: StageRow, baseline: BaselineRow | None) -> str:
    if baseline is None:
        return ""
    share = percent(baseline.solved)
    if last.low is not None and last.low <= baseline.solved:
        return f"; not clearly more than the best constant answer ({share})"
    return f"; the best constant answer gets {share}"


def versus(row: ComparisonRow) -> str:
    """A comparison as a sentence: `After RFT against SFT alone: +14 points (+9 to +19), better.` No difference stands without its interval."""
    return f"{stage_label(row.b)} against {within(row.a)}: {_told(row)}."


def _told(row: ComparisonRow) -> str:
    return f"{change(row)}, {row.verdict}" if row.low is not None else TOO_FEW


def points(difference: float) -> str:
    """`+57 points`, with a true minus sign."""
    return f"{difference * 100:+.0f} points".replace("-", "\N{MINUS SIGN}")


def against(row: ComparisonRow) -> str:
    """A comparison as one of several that are listed under the better end: `Against SFT alone: +14 points (+9 to +19), better.`"""
    return f"Against {within(row.a)}: {_told(row)}."


def listed(counts: Sequence[tuple[str, int]]) -> str:
    """`8 timeout, 3 error`."""
    return ", ".join(f"{count:,} {name}" for name, count in counts)


def _written_out(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code < 0x20:
        return chr(0x2400 + code)  # the picture of the control character
    return "\u2421" if code == 0x7F else f"\u27e8U+{code:04X}\u27e9"


def checked(lines: Sequence[Checked]) -> list[str]:
    """What the completions before the last checkpoint of each phase showed: the trend of reward and hold-out, and what was found."""
    last = {line.phase: line for line in lines}
    return [
        f"{within(line.phase)}, the completions before step {line.step}: {told}."
        for line in last.values()
        if (told := checks_told(line))
    ]


def checks_told(line: Checked) -> str:
    """Trend and findings in one sentence without a full stop; empty when there is nothing to tell."""
    found = [f"{row.check} {row.title}" for row in line.findings]
    parts = [part for part in (line.trend, ", ".join(dict.fromkeys(found))) if part]
    return "; ".join(parts)
