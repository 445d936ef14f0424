"""The checks of `rewardkit test`, read from checks.toml beside this file, the only place that describes them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["fail", "warn"]


@dataclass(frozen=True, slots=True)
class Check:
    """One check. `title` says in a few words what is wrong when it breaks, `what` states what it expects. `severity` is the most that it gives; a breach that may be a coincidence only warns."""

    id: str
    severity: Severity
    title: str
    what: str
    why: str
    example: str
    silence: str


def _read(path: Path) -> dict[str, Check]:
    return {name: Check(id=name, **words) for name, words in tomllib.loads(path.read_text("utf-8")).items()}


CHECKS: dict[str, Check] = _read(Path(__file__).with_name("checks.toml"))
