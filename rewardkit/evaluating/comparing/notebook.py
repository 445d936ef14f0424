"""A comparison as a small HTML fragment, for notebooks: no script, no style sheet, no address, the colours of the notebook."""

from __future__ import annotations

from collections.abc import Iterator

from markupsafe import Markup

from rewardkit.runs.wording import visible

from . import wording
from .compared import Against, Compared

_CELL = "text-align:left;padding:.15em 1em .15em 0"
_COLUMNS = ("grader", "", "verdict", "difference (95 %)", "base", "other", "won / tied / lost", "p")


def comparison_html(compared: Compared) -> str:
    """The verdict of each pair, one table of its figures, and what must be said beside them."""
    parts = (part for pair in compared.pairs for part in _pair(compared, pair))
    return str(Markup("<div>{}</div>").format(Markup("").join(parts)))


def _pair(compared: Compared, pair: Against) -> Iterator[Markup]:
    yield Markup('<p style="font-weight:bold;font-size:1.1em">{}</p>').format(
        visible(wording.headline(compared, pair))
    )
    head = Markup("").join(Markup('<th scope="col" style="{}">{}</th>').format(_CELL, c) for c in _COLUMNS)
    rows = Markup("").join(_row(cells) for cells in _rows(pair))
    yield Markup("<table><thead><tr>{}</tr></thead><tbody>{}</tbody></table>").format(head, rows)
    for sentence in (wording.paired(compared, pair) + ".", *wording.beside(pair)):
        yield Markup('<p style="opacity:.75;margin:.1em 0">{}</p>').format(visible(sentence))


def _rows(pair: Against) -> Iterator[tuple[str, ...]]:
    for each in pair.figures:
        yield (
            each.grader,
            each.metric,
            each.verdict,
            wording.difference(each),
            wording.level(each, each.base),
            wording.level(each, each.other),
            f"{each.won:,} / {each.tied:,} / {each.lost:,}",
            wording.p_value(each),
        )


def _row(cells: tuple[str, ...]) -> Markup:
    made = Markup("").join(Markup('<td style="{}">{}</td>').format(_CELL, visible(cell)) for cell in cells)
    return Markup("<tr>{}</tr>").format(made)
