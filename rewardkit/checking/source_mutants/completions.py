"""Completions on which a grader and a mutant of it may differ, and the line of Python that makes a case of one."""

from __future__ import annotations

import ast
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from ...grader import Grader
from ...scores import Score
from ..known_rows import KnownRow
from ..trials import Call, Material, Trial

_LONGEST = 600  # characters of a completion that a person would paste
_ROWS = 8
_ANSWERS = 2
_LARGEST_SIZE = 400
_MADE = ("completion", "completions", "messages", "seed", "sample")


def completions(
    material: Material, trials: Iterable[Trial], functions: Sequence[ast.FunctionDef]
) -> list[Call]:
    """Calls that can be written down as a case, those first that a person would rather read: known answers, then what checks try on them."""
    known = [Call(row, text) for row in material.rows for text in (*row.golds, *row.wrongs)]
    known += [call for trial in trials if trial.declared for call in trial.calls]
    rows = {id(row) for row in material.rows}
    tried = [call for trial in trials for call in trial.calls]
    tried += _near(material, functions)
    tried.sort(
        key=lambda call: (id(call.row) not in rows, not _is_plain(call.completion), len(call.completion))
    )
    return [call for call in dict.fromkeys((*known, *tried)) if _is_a_case(call, material.grader)]


def case_line(call: Call, score: Score, grader: Grader) -> str:
    """`@case("42", reference="42", expect=1)`: the completion with what the grader gives it now."""
    columns = _columns(call.row, grader)
    expect = '"unscored"' if score.value is None else _number(score.value)
    arguments = [_literal(call.completion), *(f"{name}={_literal(value)}" for name, value in columns.items())]
    return f"@case({', '.join(arguments)}, expect={expect})"


def _is_a_case(call: Call, grader: Grader) -> bool:
    """Whether a line of Python can say it: a short completion, graded alone, on a row of plain values."""
    if call.surroundings is not None or len(call.completion) > _LONGEST:
        return False
    if call.row.together not in ((), (call.completion,)):
        return False
    columns = _columns(call.row, grader)
    if not all(name.isidentifier() and name not in ("completion", "expect") for name in columns):
        return False
    try:
        return bool(ast.literal_eval(repr(columns)) == columns)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return False


def _columns(row: KnownRow, grader: Grader) -> Mapping[str, Any]:
    """What of the row the grader can see, and therefore a case has to give."""
    if not row.from_data or "sample" in grader.wants:
        return {name: value for name, value in row.columns.items() if name not in ("gold", "wrong")}
    wanted = {*grader.wants, *(["prompt"] if "messages" in grader.wants else [])}
    return {name: value for name, value in row.columns.items() if name in wanted}


def _near(material: Material, functions: Sequence[ast.FunctionDef]) -> Iterator[Call]:
    """Known answers, otherwise written; with the texts that stand in the grader; and as long as the numbers that stand there."""
    constants = [node.value for f in functions for node in ast.walk(f) if isinstance(node, ast.Constant)]
    words = [text for text in dict.fromkeys(constants) if isinstance(text, str) and 0 < len(text) < 40]
    numbers = [n for n in dict.fromkeys(constants) if type(n) is int and 0 < n <= _LARGEST_SIZE]
    sizes = list(dict.fromkeys(size for n in numbers for size in (n - 1, n, n + 1)))
    for row in material.different_rows(_ROWS):
        wrong = next(iter(row.wrongs), "zxqv")
        for answer in (*row.right_answers[:_ANSWERS], *row.wrongs[:_ANSWERS]):
            for text in (*_written(answer, wrong), *_with(words, answer), *_sized(sizes, answer)):
                yield Call(row, text)


def _written(answer: str, wrong: str) -> Iterator[str]:
    yield from (answer.upper(), answer.lower(), answer.title(), f" {answer}", f"{answer} ", f"\n{answer}\n")
    yield from (f"{answer}.", f"{answer},", f"({answer})", f"-{answer}", f"{answer}0", f"{answer}.5")
    yield from (answer[:-1], answer[1:], answer[::-1], f"x{answer}", f"{answer}x", f"{answer} {answer}")
    yield from (f"{wrong} {answer}", f"{answer} {wrong}", f"{wrong}\n{answer}", f"{answer}\n{wrong}")
    words = answer.split()
    yield from (" ".join(reversed(words)), " ".join(words[:-1]), " ".join(words[1:]), "  ".join(words))


def _with(words: Sequence[str], answer: str) -> Iterator[str]:
    for word in words:
        yield from (word, f"{word}{answer}", f"{word} {answer}", f"{answer}{word}", f"{answer} {word}")


def _sized(sizes: Sequence[int], answer: str) -> Iterator[str]:
    """Texts of so many characters, and of so many words, that end with the answer where there is room."""
    for size in sizes:
        yield f"{'a' * (size - len(answer) - 1)} {answer}"[-size:] if size > len(answer) else "a" * size
        yield " ".join([*["a"] * (size - len(answer.split())), answer])
        yield "a" * size


def _is_plain(text: str) -> bool:
    return bool(text) and text.isprintable() and text.isascii()


def _number(value: float) -> str:
    return f"{value:.0f}" if value == int(value) else repr(value)


def _literal(value: Any) -> str:
    """The value as Python source, a text in double quotes where it holds no quotes itself."""
    text = repr(value)
    return f'"{text[1:-1]}"' if isinstance(value, str) and text[0] == "'" and '"' not in text else text
