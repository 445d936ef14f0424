"""What a training has to remember beside weights and random states, kept in its checkpoints as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol


class Kept(Protocol):
    """Remembers something that decides how the training goes on; the same on every process."""

    def state(self) -> Any:
        """As JSON takes it."""

    def restore(self, state: Any) -> None:
        """Be what `state` was when that was written."""


def keep(kept: Mapping[str, Kept], checkpoint: Path) -> None:
    """Write the state of each into a checkpoint, by its name."""
    for name, one in kept.items():
        _file(checkpoint, name).write_text(json.dumps(one.state()), encoding="utf-8")


def bring_back(kept: Mapping[str, Kept], checkpoint: Path) -> None:
    """Restore each from a checkpoint; what it does not hold is left as it is."""
    for name, one in kept.items():
        file = _file(checkpoint, name)
        if file.is_file():
            one.restore(json.loads(file.read_text(encoding="utf-8")))


def _file(checkpoint: Path, name: str) -> Path:
    return checkpoint / f"rewardkit_{name}.json"
