"""Every error that rewardkit raises on purpose, and the exit code each one has on the command line.

    RewardkitError             the root: `except RewardkitError` catches all of them
    ├── UsageError             exit 2: what the user wrote or passed is wrong
    │   ├── GraderError        a grader is declared wrongly, cannot be found, or cannot be loaded
    │   ├── DataError          a data file is malformed, or a column is missing
    │   │   └── CutOff         the last line of a .jsonl file is not whole
    │   ├── ConfigError        a key or a value of RUN.toml, or of an option
    │   ├── MissingExtra       an optional dependency is not installed
    │   └── MissingPackage     a package that no extra brings is not installed
    ├── GuardStop              exit 3: a guard stopped the run; the same command resumes it
    │   └── CannotWrite        the disk is full, read-only or broken
    └── Unscored               raised by a grader's author: this completion cannot be judged

A grader that fails on one completion raises none of these: its failure is recorded on that completion (see `scores.py`).
"""

from __future__ import annotations

import difflib
import errno
from collections.abc import Iterable


class RewardkitError(Exception):
    """The root of every error raised on purpose."""


class UsageError(RewardkitError):
    """What the user wrote or passed is wrong; `where` is the `file:line` it is about, `message` the text without it."""

    def __init__(self, message: str, *, where: str | None = None) -> None:
        super().__init__(f"{where}: {message}" if where else message)
        self.message = message
        self.where = where


class GraderError(UsageError):
    """A grader is declared wrongly, cannot be found, or cannot be loaded."""


class DataError(UsageError):
    """A data file is malformed, or lacks a column that a grader asks for."""


class CutOff(DataError):
    """The last line of a .jsonl file is no JSON and has no newline: the rest of a write that was interrupted, most likely."""


class ConfigError(UsageError):
    """A key or a value of RUN.toml, or of a command-line option, is wrong."""


class MissingExtra(UsageError):
    """An optional dependency is not installed."""

    def __init__(self, package: str, extra: str) -> None:
        super().__init__(
            f"this needs the package '{package}', which is not installed. Install it with: "
            f"pip install 'rewardkit-rft[{extra}]'   (in a checkout: pip install -c constraints.txt -e '.[{extra}]')"
        )
        self.extra = extra


class MissingPackage(UsageError):
    """A package that no extra brings is not installed: a table in a notebook needs what its user works with."""

    def __init__(self, package: str) -> None:
        super().__init__(
            f"this needs the package '{package}', which is not installed. Install it with: pip install {package}"
        )


class GuardStop(RewardkitError):
    """A guard stopped the run; what was done is kept and the same command resumes it."""


class CannotWrite(GuardStop):
    """A file of the run could not be written; what was written before is kept. `errno` is the system's, `problem` says it in words."""

    def __init__(self, path: str, error: OSError) -> None:
        self.errno = error.errno or 0
        self.problem, remedy = _DISK.get(self.errno, (str(error.strerror or error), "see to it"))
        super().__init__(
            f"{path}: {self.problem}. What was written before is kept: {remedy} and run the same command again"
        )


_DISK = {  # what the system says -> what is wrong, what to do
    errno.ENOSPC: ("the disk is full", "free space"),
    errno.EDQUOT: ("the disk quota is used up", "free space"),
    errno.EFBIG: ("the file has reached the limit on file sizes", "raise the limit (ulimit -f)"),
    errno.EROFS: ("the file system is read-only", "make it writable"),
    errno.EACCES: ("this user has no right to write there", "give the right"),
    errno.EPERM: ("this user has no right to write there", "give the right"),
    errno.EIO: ("the disk reports an error", "check the disk"),
}


class Unscored(RewardkitError):
    """Raised inside a grader: this completion cannot be judged, and why.

    The cause is `bad_reference` unless given; `not_applicable` takes the grader out of a weighted combination for this sample.
    """

    def __init__(self, why: str, *, cause: str = "bad_reference") -> None:
        from .scores import CAUSES

        if cause not in CAUSES:
            raise ValueError(f"Unscored(cause={cause!r}): allowed causes are {', '.join(CAUSES)}")
        super().__init__(why)
        self.cause = cause


class GraderWarning(UserWarning):
    """A check of a grader found what may be a flaw, or a coincidence: in pytest and `rewardkit.testing`, where `rewardkit test` says WARN."""


def did_you_mean(word: str, allowed: Iterable[str]) -> str:
    """A sentence that names the nearest allowed word, or an empty string: `" Did you mean 'reference'?"`."""
    near = difflib.get_close_matches(word, list(allowed), n=1, cutoff=0.6)
    return f" Did you mean '{near[0]}'?" if near else ""
