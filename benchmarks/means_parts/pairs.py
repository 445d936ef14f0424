"""Which of our graders stands beside which scorer of a peer."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Pair:
    """A peer's scorer and ours on one kind of rows. `bundled`: ours is a grader of ours with its own idea of what is right."""

    peer: str
    theirs: str
    ours: str
    kind: str
    bundled: bool = False


def _alike(peer: str, kind: str, *names: str) -> list[Pair]:
    return [Pair(peer, name, name, kind) for name in names]


PAIRS = (
    *_alike(
        "inspect_ai",
        "texts",
        "match_end",
        "match_begin",
        "match_any",
        "match_exact",
        "includes",
        "exact",
        "f1",
    ),
    *_alike("inspect_ai", "numbers", "match_numeric", "match_numeric_any"),
    *_alike("inspect_ai", "choices", "answer_letter", "answer_line", "choice"),
    *_alike("lm-eval", "texts", "em_plain", "em_lax", "em_no_numbers"),
    *_alike("lm-eval", "numbers", "gsm8k_strict", "gsm8k_flexible"),
    *_alike("openevals", "texts", "same"),
    Pair("inspect_ai", "match_exact", "bundled_text", "texts", bundled=True),
    Pair("inspect_ai", "exact", "bundled_text", "texts", bundled=True),
    Pair("inspect_ai", "match_numeric", "bundled_number", "numbers", bundled=True),
    Pair("inspect_ai", "choice", "bundled_choice", "choices", bundled=True),
    Pair("lm-eval", "em_plain", "bundled_strict", "texts", bundled=True),
    Pair("lm-eval", "gsm8k_strict", "bundled_gsm8k", "numbers", bundled=True),
    Pair("lm-eval", "gsm8k_flexible", "bundled_number", "numbers", bundled=True),
    Pair("openevals", "same", "bundled_strict", "texts", bundled=True),
)
