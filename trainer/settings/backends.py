"""Trackers that TRL sends its metrics to, by `report_to` in [grpo] or [sft]: are they installed, and where do they write?

Each finds its folder and its run in the environment, so that is set for the length of a stage. All write below `logs/` of the run folder and
know the stage again when it is resumed. Steps that were taken after the last checkpoint are reported twice then. A variable that is set already
stays as it is.
"""

from __future__ import annotations

import importlib.util
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path
from typing import Any

from rewardkit.errors import ConfigError, did_you_mean
from rewardkit.toml_files import TomlFile

BACKENDS = {"trackio": ("trackio",), "tensorboard": ("tensorboard", "tensorboardX"), "wandb": ("wandb",)}
"""Name in `report_to` -> packages, one of which it needs."""

FOLDER = "logs"


def backends_of(table: Mapping[str, Any] | None) -> list[str]:
    """What a table's `report_to` names; none unless it is there."""
    asked = (table or {}).get("report_to", "none")
    names = [asked] if isinstance(asked, str) else list(asked)
    return [name for name in names if name != "none"]


def check_backends(toml: TomlFile, table: str, keys: Mapping[str, Any]) -> None:
    """ConfigError, with file and line, for a tracker that there is not, or that is not installed."""
    for name in backends_of(keys):
        where = toml.where(table, "report_to")
        if name not in BACKENDS:
            raise ConfigError(
                f"report_to = '{name}' in [{table}]; allowed: none, {', '.join(BACKENDS)}.{did_you_mean(str(name), BACKENDS)}",
                where=where,
            )
        packages = BACKENDS[name]
        if not any(importlib.util.find_spec(package) for package in packages):
            raise ConfigError(
                f"report_to = '{name}' in [{table}] needs the package '{packages[0]}', which is not installed. Install it with: "
                f"pip install {packages[0]}",
                where=where,
            )


@contextmanager
def logs_under(run: Path, phase: str, backends: list[str]) -> Iterator[None]:
    """For the length of a `with`: where these trackers write about a phase of the run in that folder, and under which name."""
    if not backends:
        yield
        return
    logs = run.resolve() / FOLDER
    logs.mkdir(exist_ok=True)
    digest = blake2b(f"{run.resolve()} {phase}".encode(), digest_size=8).hexdigest()
    values = {
        "TENSORBOARD_LOGGING_DIR": str(logs / "tensorboard" / phase),
        "TRACKIO_DIR": str(logs / "trackio"),
        "WANDB_DIR": str(logs),
        "WANDB_RUN_ID": f"{phase}-{digest}",
        "WANDB_RESUME": "allow",
    }
    ours = {name: value for name, value in values.items() if name not in os.environ}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name in ours:
            os.environ.pop(name, None)
