"""One completion to score, and what of its sample a grader asks for."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ..grader import Grader
from ..samples import Sample


@dataclass(frozen=True, slots=True)
class Item:
    """A completion and the columns of its sample: prompt, messages, reference and any other."""

    completion: str
    columns: Mapping[str, Any]
    seed: int = 0


def item_of(sample: Sample, completion: str, *, seed: int = 0) -> Item:
    """The item of one completion of a sample."""
    messages = {"messages": [dict(message) for message in sample.messages]} if sample.messages else {}
    return Item(completion, {**sample.row(), **messages}, seed)


def seed_of(*identity: object) -> int:
    """A seed from the identity of a row (run seed, sample id, repeat ...), the same in every process, order and batch. 0 to 2**31 - 1."""
    text = "\x1f".join(str(part) for part in identity)
    return (
        int.from_bytes(
            hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=4).digest(), "little"
        )
        >> 1
    )


def values_for(grader: Grader, item: Item) -> dict[str, Any]:
    """What the grader asks for, by name, and nothing else: this is what crosses to a worker and what a cache would key on."""
    columns = item.columns
    values: dict[str, Any] = {}
    for name in grader.wants:
        if name == "completion":
            values[name] = item.completion
        elif name == "seed":
            values[name] = item.seed
        elif name == "sample":
            values[name] = dict(columns)
        elif name == "messages":
            values[name] = _messages(item)
        elif name in columns:
            values[name] = columns[name]
        elif name == "prompt":
            values[name] = ""
    return values


def _messages(item: Item) -> list[dict[str, Any]]:
    """The conversation with the completion as its last, assistant message."""
    before = item.columns.get("messages") or [{"role": "user", "content": item.columns.get("prompt", "")}]
    return [*before, {"role": "assistant", "content": item.completion}]
