"""Folders that hold a data set: what `save_to_disk` of the package datasets writes, and Parquet files as repositories of the hub have them.

    squad/                            dataset_dict.json, train/*.arrow, test/*.arrow        squad:train
    squad/train/                      state.json, *.arrow                                   squad/train
    gsm8k/data/                       train-00000-of-00002.parquet, test-00000-of-...       gsm8k:train
    gsm8k/main/, gsm8k/socratic/      train-00000-of-00001.parquet                          gsm8k:main/train

`FOLDER:SPLIT` names one of several splits. Only `save_to_disk` folders need the package datasets, which is imported when one is read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from .errors import DataError, MissingExtra, did_you_mean
from .paths import display_path

_ROWS = 1024  # fetched at a time
_SHARD = re.compile(r"[-_.]?\d+(-of-\d+)?$")


@dataclass(frozen=True, slots=True)
class DataFolder:
    """One split of a folder: its kind, the folder that `save_to_disk` wrote or the Parquet files, in their order."""

    kind: Literal["arrow", "parquet"]
    folder: Path
    files: tuple[Path, ...]


def is_data_folder(path: str | Path) -> bool:
    """Whether the path is that of a folder, or of one with a split: `squad:train`."""
    return _named(path) is not None


def data_folder(path: str | Path) -> DataFolder:
    """What the path names; DataError, which lists the splits, when it is no data set or several."""
    named = _named(path)
    if named is None:
        raise DataError("no such folder", where=display_path(path))
    folder, split = named
    splits = _splits(folder)
    if not splits:
        others = sorted(file.name for file in folder.iterdir() if not file.name.startswith("."))
        raise DataError(
            f"this folder has no Parquet files, and none that save_to_disk wrote; it has: {', '.join(others[:8]) or 'nothing'}. "
            "Name a file",
            where=display_path(folder),
        )
    if split is None and len(splits) > 1:
        first = "train" if "train" in splits else next(iter(splits))
        raise DataError(
            f"it has {len(splits)} splits: {', '.join(splits)}; name one: {display_path(folder)}:{first}",
            where=display_path(folder),
        )
    wanted = next(iter(splits)) if split is None else split
    if wanted not in splits:
        raise DataError(
            f"no split '{wanted}'; it has: {', '.join(splits)}.{did_you_mean(wanted, splits)}",
            where=display_path(folder),
        )
    return splits[wanted]


def arrow_rows(found: DataFolder, shown: str) -> Iterator[dict[str, Any]]:
    """The rows of a folder that `save_to_disk` wrote. Raises MissingExtra without the package datasets."""
    try:
        from datasets import load_from_disk
    except ImportError:
        raise MissingExtra("datasets", "train") from None
    try:
        # As Arrow: images and sounds are left as they are stored, not decoded.
        for table in load_from_disk(str(found.folder)).with_format("arrow").iter(_ROWS):
            yield from table.to_pylist()
    except (OSError, ValueError, TypeError, KeyError) as error:  # ArrowInvalid is a ValueError
        text = (str(error).splitlines() or [type(error).__name__])[0]
        raise DataError(f"not readable as a saved data set: {text}", where=shown) from None


def _named(path: str | Path) -> tuple[Path, str | None] | None:
    """The folder and the split that a path names; None when it is no folder."""
    if Path(path).is_dir():
        return Path(path), None
    folder, colon, split = str(path).rpartition(":")
    return (Path(folder), split) if colon and split and folder and Path(folder).is_dir() else None


def _splits(folder: Path) -> dict[str, DataFolder]:
    saved = [folder, *sorted(entry for entry in folder.iterdir() if entry.is_dir())]
    arrow = {
        place.name: DataFolder("arrow", place, tuple(sorted(place.glob("*.arrow"))))
        for place in saved
        if (place / "state.json").is_file()
    }
    if folder.name in arrow:
        return {folder.name: arrow[folder.name]} if (folder / "state.json").is_file() else arrow
    return arrow or _parquet_splits(folder)


def _parquet_splits(folder: Path) -> dict[str, DataFolder]:
    """The Parquet files below a folder by split: `data/train-00000-of-00002.parquet` is of `train`, `main/test/0000.parquet` of `main/test`."""
    found: dict[str, list[Path]] = {}
    for file in sorted(folder.rglob("*.parquet")):
        inside = file.relative_to(folder).with_suffix("")
        if any(part.startswith(".") for part in inside.parts):
            continue
        parents = [part for part in inside.parts[:-1] if part != "data"]
        name = "/".join([*parents, *filter(None, [_SHARD.sub("", inside.name)])])
        found.setdefault(name or folder.name, []).append(file)
    return {name: DataFolder("parquet", folder, tuple(files)) for name, files in found.items()}
