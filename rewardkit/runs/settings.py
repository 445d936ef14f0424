"""The settings of a run as the report lists them: configuration, data, fingerprints, versions and seconds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .records import NAMED, RunInfo


def settings_of(info: RunInfo, seconds: Mapping[str, float]) -> list[tuple[str, list[tuple[str, str]]]]:
    """(title, pairs of name and value); a part without any is left out."""
    sections = [
        (
            "Configuration",
            [("seed", str(info.seed)), ("hash of the configuration", info.config_hash), *_flat(info.config)],
        ),
        ("Data", _flat(_counted(info.samples))),
        ("Fingerprints of the graders", list(info.fingerprints.items())),
        ("Versions", list(info.versions.items())),
        ("Seconds", [(name, f"{value:.1f}") for name, value in seconds.items()]),
    ]
    return [(title, pairs) for title, pairs in sections if pairs]


def _counted(samples: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a run with the number of the files that rows name, which may be many and may say something of the rows."""
    return (
        {**samples, NAMED: f"{len(samples[NAMED]):,}, as rows name them"}
        if NAMED in samples
        else dict(samples)
    )


def _flat(value: object, name: str = "") -> list[tuple[str, str]]:
    """(dotted key, value) of every leaf of a configuration."""
    if isinstance(value, Mapping) and value:
        return [
            pair for key, item in value.items() for pair in _flat(item, f"{name}.{key}" if name else str(key))
        ]
    return [(name, str(value))] if name else []
