"""Scores kept under keys: the most recent ones in memory, and with a path in a file as well.

    with ScoreCache(default_path(Path("."))) as cache:
        cache.put_many({key: (Score(1.0),)})
        cache.get_many([key])                     # {key: (Score(1.0),)}

What is kept is the result of one call: a tuple of one score, or for a group grader of one score for each completion. Results with a cause are
never kept: a failure is tried again. Keys are those of `keys.py`; when a score may be reused at all is decided in `reuse.py`.
"""

from __future__ import annotations

import os
import threading
from collections import OrderedDict
from collections.abc import Collection, Mapping
from pathlib import Path
from types import TracebackType
from weakref import WeakSet

from .score_file import ScoreFile, Scores

MOST_MEMORY = 128 << 20  # bytes of all results in memory, roughly
_LARGE = 1 << 20  # bytes of one result that is not worth its place in memory


class ScoreCache:
    """At most `most` results in memory, the least recently used leaving first; with a `path` also in a SQLite file there.

    The file is opened at the first look-up that asks for it. Several threads may use one cache, several processes one file. A power cut
    may lose the last scores stored, which costs grading them again. Trouble with the file is a warning, never an error: see `ScoreFile`.
    """

    def __init__(self, path: Path | None = None, *, most: int = 65536) -> None:
        self._recent = _Recent(most)
        self._file = None if path is None else ScoreFile(path)
        self._lock = threading.Lock()
        if self._file is not None:
            _with_files.add(self)

    def get_many(self, keys: Collection[bytes], *, disk: bool = True) -> dict[bytes, Scores]:
        """The results known under those keys; `disk=False` looks in memory only."""
        with self._lock:
            found = {key: scores for key in keys if (scores := self._recent.get(key)) is not None}
            if disk and self._file is not None:
                missing = [key for key in dict.fromkeys(keys) if key not in found]
                stored = self._file.get(missing) if missing else {}
                self._recent.put(stored)
                found.update(stored)
            return found

    def put_many(self, results: Mapping[bytes, Scores], *, disk: bool = True) -> None:
        """Keep those that have no cause; `disk=False` keeps them in memory only."""
        whole = {key: scores for key, scores in results.items() if all(s.cause is None for s in scores)}
        with self._lock:
            self._recent.put(whole)
            if disk and self._file is not None:
                self._file.put(whole)

    def close(self) -> None:
        """Close the file; what is in memory can still be found."""
        with self._lock:
            if self._file is not None:
                self._file.close()

    def __enter__(self) -> ScoreCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def default_path(project: Path) -> Path:
    """Where a project keeps its scores. The folder is made, with a `.gitignore`, when something is looked up there."""
    return project / ".rewardkit" / "scores.sqlite"


class _Recent:
    """The results used last, bounded in number and in bytes."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._entries: OrderedDict[bytes, Scores] = OrderedDict()
        self._bytes = 0

    def get(self, key: bytes) -> Scores | None:
        scores = self._entries.get(key)
        if scores is not None:
            self._entries.move_to_end(key)
        return scores

    def put(self, results: Mapping[bytes, Scores]) -> None:
        for key, scores in results.items():
            size = _size(scores)
            if size > _LARGE:
                continue
            if (replaced := self._entries.pop(key, None)) is not None:
                self._bytes -= _size(replaced)
            self._entries[key] = scores
            self._bytes += size
        while len(self._entries) > self._most or self._bytes > MOST_MEMORY:
            _, oldest = self._entries.popitem(last=False)
            self._bytes -= _size(oldest)


def _size(scores: Scores) -> int:
    """Bytes of a result with its key, roughly; the texts may be shared with others."""
    size = 200
    for score in scores:
        size += 100 + len(score.reason)
        for part in score.components:
            size += 150 + len(part.name) + len(part.reason)
    return size


# What SQLite knows of an open file must not be carried into a forked process: the two would no longer see each other's locks. So files are
# closed before a fork, and each process opens them again when it needs them.
_with_files: WeakSet[ScoreCache] = WeakSet()
_at_fork: list[ScoreCache] = []


def _before_fork() -> None:
    _at_fork.extend(_with_files)
    for cache in _at_fork:
        cache._lock.acquire()
        if cache._file is not None:
            cache._file.disconnect()


def _after_fork() -> None:
    while _at_fork:
        _at_fork.pop()._lock.release()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork)
