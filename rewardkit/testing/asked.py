"""What a rubric or a ranking asks in a request: read from the text that a judge would read."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from ..chat_server import Request

_FENCED = re.compile(
    r"^===== (?P<mark>\w{16}) (?P<name>[A-Z]+(?: [AB])?) BEGINS =====\n(?P<text>.*?)\n===== (?P=mark) (?P=name) ENDS =====$",
    re.DOTALL | re.MULTILINE,
)
_CRITERION = re.compile(
    r"^- (?P<id>[\w-]+) \((?P<verdicts>[^\n]*?)\): (?P<text>.*?)(?=^- [\w-]+ \(|\n\nFor each criterion)",
    re.DOTALL | re.MULTILINE,
)
_AFTER = "The material ends here."


@dataclass(frozen=True, slots=True)
class Asked:
    """The answer as a judge sees it, the request that it answers (empty when there is none), and the criteria by id: text, and verdicts from the worst to the best."""

    answer: str
    prompt: str
    criteria: Mapping[str, str]
    verdicts: Mapping[str, tuple[str, ...]]


def asked(request: Request) -> Asked:
    """What is asked in a request of a rubric; ValueError for one that a rubric did not make."""
    parts, after = _parts(request)
    criteria = list(_CRITERION.finditer(after))
    if "ANSWER" not in parts or not criteria:
        raise ValueError(
            f"request {request.number} is no question of a rubric, so there is nothing to give a verdict on; script its reply yourself"
        )
    return Asked(
        parts["ANSWER"],
        parts.get("REQUEST", ""),
        {found["id"]: found["text"].strip() for found in criteria},
        {found["id"]: tuple(found["verdicts"].split(" / ")) for found in criteria},
    )


def compared(request: Request) -> tuple[str, str] | None:
    """The answers A and B that a ranking asks about; None for any other request."""
    parts, _ = _parts(request)
    return (parts["ANSWER A"], parts["ANSWER B"]) if {"ANSWER A", "ANSWER B"} <= parts.keys() else None


def _parts(request: Request) -> tuple[dict[str, str], str]:
    """What is fenced in, by name, and what is said after it."""
    before, _, after = request.text.rpartition(_AFTER)
    return {found["name"]: found["text"] for found in _FENCED.finditer(before)}, after
