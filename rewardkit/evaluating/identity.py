"""What run.json keeps so that a resumed run is the same run: contents of data and models, versions, a default name."""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import platform
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from rewardkit.runs import NAMED, config_hash

from ..named_files import NamedFiles
from ..rows import files_of
from ..samples import Sample

_WHOLE = 64 << 20  # bytes up to which a file of a model is read whole
_PART = 1 << 20  # bytes read at a time, and at either end of a larger one


def versions(*packages: str) -> dict[str, str]:
    """Versions of Python, rewardkit and those of the packages that are installed."""
    found = {"python": platform.python_version()}
    for package in ("rewardkit-rft", *packages):
        try:
            found[package] = importlib.metadata.version(package)
        except importlib.metadata.PackageNotFoundError:
            continue
    return found


def file_identity(
    path: str | Path, count: int, *, drawn_by: int | None = None, files: NamedFiles | None = None
) -> dict[str, Any]:
    """Name, number of rows used, and a hash of the content of a data file; `drawn_by` is the seed that chose the rows, `files` what they name."""
    drawn = {} if drawn_by is None else {"rows": f"drawn at random, seed {drawn_by}"}
    hashes = {"hash": _digest(files_of(path), whole=True), **named_identity(files)}
    return {"file": str(path), "count": count, **drawn, **hashes}


def rows_identity(samples: Sequence[Sample]) -> dict[str, Any]:
    """Number and a hash of the content of samples that came as values."""
    digest = hashlib.blake2b(digest_size=8)
    for sample in samples:
        row = json.dumps([sample.row(), sample.messages], sort_keys=True, default=repr)
        digest.update(row.encode("utf-8", "surrogatepass") + b"\n")
    return {"file": "(values)", "count": len(samples), "hash": digest.hexdigest()}


def named_identity(files: NamedFiles | None) -> dict[str, Any]:
    """Hashes of the files that rows name; nothing when they name none."""
    return {NAMED: dict(sorted(files.digests.items()))} if files is not None and files.digests else {}


def model_identity(folder: str | Path) -> str:
    """A hash over the files of a model folder; of files above 64 MB the first and the last megabyte and the size."""
    return _digest(sorted(path for path in Path(folder).iterdir() if path.is_file()))


def default_name(stem: str, identity: Mapping[str, Any]) -> str:
    """A run name that is the same for the same run and another one for another: `answers-3f9c21`."""
    plain = re.sub(r"[^A-Za-z0-9._-]+", "-", stem).strip(".-_")[:80] or "run"
    return f"{plain}-{config_hash(identity)[:6]}"


def _digest(files: Iterable[Path], *, whole: bool = False) -> str:
    digest = hashlib.blake2b(digest_size=8)
    for path in files:
        size = path.stat().st_size
        digest.update(f"{path.name}\0{size}\0".encode("utf-8", "surrogateescape"))
        with path.open("rb") as handle:
            if whole or size <= _WHOLE:
                while block := handle.read(_PART):
                    digest.update(block)
            else:
                digest.update(handle.read(_PART))
                handle.seek(-_PART, 2)
                digest.update(handle.read())
    return digest.hexdigest()
