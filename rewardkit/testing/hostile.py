"""Completions that a model under training may come to write: odd, broken, huge, and right ones taken apart.

They include every text that RK004 tries.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

from hypothesis import strategies as st

from ..cases import Order
from ..checking.contract import ODD_TEXTS, adorned, odd_contents, tower
from ..checking.known_rows import leaves
from ..checking.written import written_answers
from ..grader import Grader
from .subjects import RowLike, as_collected, data_rows, material_for

_LONGEST = 60  # characters of a text that hypothesis makes letter by letter
_DEEPEST = 20_000
_PIECES = (
    "\x00",
    "\ud800",
    "\u202e",
    "\u200b",
    "\ufeff",
    "\n",
    "'",
    '"',
    "\\",
    "{",
    "}",
    "]",
    "$",
    "%s",
    "```",
    "-",
    " not ",
)
_UNITS = ("word ", "9", "\\frac{", "[", "a\n", "\u00e9", "\U0001f600", "<b>", "(SELECT ", "0.", "\x00")
_BRACKETS = ("[]", "{}", "()", "<>", "$$", "''")
_LATEX = (
    r"\boxed{",
    r"\frac{",
    r"\sqrt[3]{",
    r"\left(",
    r"\right)",
    r"\begin{pmatrix}",
    r"\end{cases}",
    r"\text{",
    r"\cdot",
    r"\infty",
    "^{",
    "_{",
    "}",
    "}{",
    "$$",
    r"\[",
    "&",
    r"\\",
    "x",
    "1",
    "0",
    "-",
)
_SQL = (
    "SELECT",
    "*",
    "FROM",
    "t",
    "WHERE",
    "(",
    ")",
    "'",
    '"',
    ",",
    ";",
    "--",
    "/*",
    "UNION ALL",
    "WITH RECURSIVE r AS",
    "JOIN",
    "ON 1=1",
    "GROUP BY",
    "count(*)",
    "DROP TABLE t",
    "1/0",
    "NULL",
    "LIMIT -1",
)


def completions(about: Grader | RowLike | None = None) -> st.SearchStrategy[str]:
    """Any text: of all characters (NUL and lone surrogates too), deep brackets, broken JSON, LaTeX and SQL, up to 160,000 characters.

    With a grader or a row, also the answers that are known there, cut, doubled, mixed, or with something odd in the place of their content.
    """
    known = list(dict.fromkeys(_texts_of(about)))
    strategies = [
        st.sampled_from(ODD_TEXTS),
        st.text(st.characters(), max_size=_LONGEST),
        _brackets(),
        _damaged(_json()),
        st.lists(st.sampled_from(_LATEX), max_size=12).map("".join),
        st.lists(st.sampled_from(_SQL), max_size=12).map(" ".join),
        st.tuples(st.sampled_from(_UNITS), st.integers(1, _DEEPEST)).map(_repeated),
    ]
    if known:
        strategies += [st.sampled_from(known), _damaged(st.sampled_from(known)), _mixed(known)]
    return st.one_of(strategies)


def _texts_of(about: Grader | RowLike | None) -> Iterator[str]:
    """The answers that are known of a grader's cases or of a row, right ones with something odd in them too."""
    if isinstance(about, Grader):
        material = material_for(as_collected(about))
        for row in material.rows:
            yield from (*row.right_answers, *row.wrongs)
        for mark in material.grader.marks:
            yield from mark.completions if isinstance(mark, Order) else (mark.completion,)
        for answer in written_answers(material, len(material.rows)):
            yield from odd_contents(answer.form)
            yield tower(answer.form)
            yield from adorned(answer.answer)
    elif about is not None:
        ((sample, golds, wrongs),) = data_rows([about])
        yield from (*golds, *wrongs, *leaves(sample.reference), sample.prompt)
        for gold in golds:
            yield from adorned(gold)


def _brackets() -> st.SearchStrategy[str]:
    return st.tuples(
        st.sampled_from(_BRACKETS),
        st.integers(1, _DEEPEST),
        st.sampled_from(("", "1", '"a"')),
        st.booleans(),
    ).map(_nested)


def _nested(of: tuple[str, int, str, bool]) -> str:
    pair, depth, inside, closed = of
    return pair[0] * depth + inside + (pair[1] * depth if closed else "")


def _repeated(of: tuple[str, int]) -> str:
    unit, times = of
    return unit * times


def _json() -> st.SearchStrategy[str]:
    plain = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8)
    values = st.recursive(
        plain,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=6,
    )
    return values.map(json.dumps)


@st.composite
def _damaged(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> str:
    """A text cut off somewhere, or with a piece put into it."""
    text = draw(texts)
    place = draw(st.integers(0, len(text)))
    after = draw(st.sampled_from((text[place:], "", text[place + 1 :])))
    return text[:place] + draw(st.sampled_from(("", *_PIECES))) + after


@st.composite
def _mixed(draw: st.DrawFn, known: Sequence[str]) -> str:
    """Two known answers, one behind the other, or one again and again."""
    first, second = draw(st.sampled_from(known)), draw(st.sampled_from(known))
    between = draw(st.sampled_from((" ", "\n", " or ", "\n\nNo: ", "")))
    return between.join([first, *[second] * draw(st.integers(1, 20))])
