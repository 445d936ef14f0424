"""What the system refuses while a model is saved: torch and safetensors hide it in errors of their own.

torch.save(...)      on a full disk     RuntimeError: unexpected pos 148736 vs 148624
save_file(...)                          SafetensorError: I/O error: No space left on device (os error 28)
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from rewardkit.errors import CannotWrite

_SPARE = 1 << 20  # bytes beyond the largest file that was begun
_SAID = re.compile(r"\(os error (\d+)\)")


@contextmanager
def saving(folder: Path) -> Iterator[None]:
    """CannotWrite for what fails in here because files below `folder` cannot be written; any other exception as it is."""
    try:
        yield
    except CannotWrite:
        raise
    except Exception as error:
        refused = _refused(error) or _tried(folder)
        if refused is None:
            raise
        raise CannotWrite(str(folder), refused) from error


def _refused(error: BaseException | None) -> OSError | None:
    """What the system said, in the exception or in one that it was raised from."""
    while error is not None:
        if isinstance(error, OSError) and error.errno:
            return error
        said = _SAID.search(str(error))
        if said:
            return OSError(int(said[1]), str(error))
        error = error.__cause__ or error.__context__
    return None


def _tried(folder: Path) -> OSError | None:
    """What the system says when a file is written there that is as large as the largest that was begun."""
    size = max((path.stat().st_size for path in folder.rglob("*") if path.is_file()), default=0) + _SPARE
    probe = folder / ".room"
    try:
        with probe.open("wb") as file:
            for _ in range(0, size, _SPARE):
                file.write(bytes(_SPARE))
    except OSError as refused:
        return refused
    finally:
        with suppress(OSError):
            probe.unlink()
    return None
