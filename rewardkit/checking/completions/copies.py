"""RK404: completions that earn by what they copy: the prompt, what is said to graders, a form with nothing in it.

What is wrong about them is shown by a trial: nothing but a copy passes, or it earns more than the same completion with other words in its place.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..discrimination import NONSENSE
from ..expectations import Expected
from ..gaming import as_many_words, gives_orders, holds_orders, not_above, without_orders
from ..known_rows import KnownRow, plain
from ..trials import Material, Trial
from .novelty import holds_its_answer

_LONG = 8  # words of a prompt that nobody repeats by chance
_THINKING = re.compile(r"<(think|thinking|thought|reasoning)>.*?</\1>", re.DOTALL | re.IGNORECASE)
_FORM = re.compile(
    r"</?\w[^<>]*>|\\boxed\{?|```\w*|\b(?:final )?(?:answer|result|solution|output|response)\b *(?:is)? *:?",
    re.IGNORECASE,
)
_NONSENSE = frozenset(plain(text) for text in NONSENSE)


def copies(material: Material, row: KnownRow, text: str, where: str) -> Iterator[Trial]:
    """What the completion copies, each as a trial that breaks when it is paid for."""
    if row.accepts(text):
        return
    if not row.empty and is_only_form(text):
        yield _must_not_pass(material, row, text, where, "a form without content")
    elif (without := _without_prompt(row, text)) is not None and not row.told:
        if is_only_form(without) and not (row.empty or row.accepts(without)):
            yield _must_not_pass(material, row, text, where, "the prompt and nothing else")
        elif material.grader.options.answer not in ("code", "sql"):  # which may need what the prompt begins
            replaced = _without_prompt(row, text, as_many_words(row.prompt)) or ""
            yield _not_paid_for(material, row, (without, replaced, text), where, "the prompt in it", True)
    if _holds_orders(material, row, text):
        task = material.reference_free and not gives_orders(text)  # it may ask for a verdict
        completions = (*without_orders(text), text)
        yield _not_paid_for(material, row, completions, where, "words to the grader in it", task)


def is_only_form(text: str) -> bool:
    """Whether nothing is left of a text without its thinking, tags, fences, and words such as "Answer:"."""
    inside = _FORM.sub(" ", _THINKING.sub(" ", text))
    return not re.search(r"\w", inside) or plain(text) in _NONSENSE


def _must_not_pass(material: Material, row: KnownRow, text: str, where: str, note: str) -> Trial:
    free = material.reference_free  # where no answer is wrong, its author may have meant it
    expected = Expected("below", high=material.grader.options.solved_at, note=note)
    return Trial("RK404", row, (text,), expected, where, provable=not free, guessed=free)


def _not_paid_for(
    material: Material, row: KnownRow, completions: tuple[str, ...], where: str, note: str, guessed: bool
) -> Trial:
    expected = not_above(material, note)
    return Trial("RK404", row, completions, expected, where, provable=False, guessed=guessed)


def _without_prompt(row: KnownRow, text: str, instead: str = " ") -> str | None:
    words = row.prompt.split()
    if len(words) < _LONG:
        return None
    pattern = re.compile(r"\s+".join(re.escape(word) for word in words), re.IGNORECASE)
    return pattern.sub(lambda _: instead, text) if pattern.search(text) else None


def _holds_orders(material: Material, row: KnownRow, text: str) -> bool:
    """Whether a text speaks to its grader where neither the task nor the answer does."""
    if not holds_orders(text) or holds_orders(row.prompt) or any(holds_orders(gold) for gold in row.golds):
        return False
    _, replaced = without_orders(text)
    return material.reference_free or holds_its_answer(row, replaced) == holds_its_answer(row, text)
