"""RK406: the relations between answers that RK1xx and RK2xx try on invented ones, on completions of the policy.

What adds nothing must not raise the score of one that did not pass; one that passed scores no less in another writing.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..expectations import Expected
from ..forms import form_of
from ..gaming import not_above, not_raised, only_thought_of, with_injections, with_padding, with_words
from ..invariance import as_phones_write, in_space, not_declared, rewrites
from ..kinds import kind_of, reference_of
from ..known_rows import KnownRow, leaves
from ..trials import Material, Trial
from ..written import Written


def raising(material: Material, row: KnownRow, text: str, where: str) -> Iterator[Trial]:
    """Padding, orders to the grader, and a right answer that is only thought of, each beside the completion as it is."""
    if not material.grader.options.length_aware:
        for padded in with_padding(text):
            yield _raised(material, row, text, padded, where, "padding")
    for injected in with_injections(text, [*leaves(row.compared)]):
        completions = (text, with_words(text, injected), injected)
        above = not_above(material, "an order to the grader")
        yield Trial("RK406", row, completions, above, where, provable=False)
    for gold in row.golds[:1]:
        if not row.accepts(text) and ("```" in gold) == ("```" in text):  # of two blocks only one is there
            thought = only_thought_of(gold, text)
            yield _raised(material, row, text, thought, where, "the right answer in its thinking")


def rewriting(material: Material, row: KnownRow, text: str, where: str) -> Iterator[Trial]:
    """The completion in other writings that are as right as it is."""
    if not material.grader.options.format_strict:
        phones = as_phones_write(row, text)
        if phones is not None:
            yield _kept(row, text, phones, where, "typographic apostrophes, RK208")
    if not_declared(material, "RK406") is not None:
        return
    yield _kept(row, text, in_space(text), where, "white space around it, RK201")
    kind = kind_of(material)
    form = form_of(text, reference_of(row), kind)
    if form is None:
        return
    others = [value for other in material.rows if (value := reference_of(other)) is not None]
    written = Written(row, text, kind, form, others, None)
    for check, other, doubtful in rewrites(written):
        if other != text and not doubtful:
            yield _kept(row, text, other, where, f"another writing, {check}")


def _raised(material: Material, row: KnownRow, text: str, longer: str, where: str, note: str) -> Trial:
    return Trial("RK406", row, (text, longer), not_raised(material, note), where, provable=False)


def _kept(row: KnownRow, text: str, other: str, where: str, note: str) -> Trial:
    return Trial("RK406", row, (text, other), Expected("keeps", note=note), where)
