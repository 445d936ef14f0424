"""Messages between the scorer and its workers: length-prefixed frames over two pipes.

To a worker they are pickled (rows may hold dates and Decimals, and the scorer is trusted); from a worker they are JSON, because a worker
runs the author's code, and perhaps a model's, and nothing it writes may be able to run code here.
"""

from __future__ import annotations

import json
import math
import pickle
import struct
from collections.abc import Iterator
from typing import Any

from ..arguments import is_plain
from ..errors import DataError
from ..scores import Score, from_wire, to_wire
from .items import Values

_HEAD = struct.Struct("<Q")
MAX_FRAME = 256 * 1024 * 1024


def pack_job(message: tuple[Any, ...]) -> bytes:
    """A frame for a worker; DataError when a value in it cannot cross to another process."""
    return _frame(_pickled(message))


def pack_values(values: Values) -> Values | bytes:
    """The arguments of a call as they go into a job. Any that can be changed are pickled apart from those of other calls: two rows may
    hold the same list, and what a grader does to it must not reach the next call."""
    return values if is_plain(values) else _pickled(values)


def unpack_values(packed: Values | bytes) -> Values:
    """The inverse of `pack_values`."""
    return pickle.loads(packed) if isinstance(packed, bytes) else packed


def _pickled(value: object) -> bytes:
    try:
        return pickle.dumps(value, protocol=pickle.HIGHEST_PROTOCOL)
    except (pickle.PicklingError, TypeError, AttributeError) as error:
        raise DataError(f"a column holds a value that cannot be sent to a worker process: {error}") from None
    except RecursionError:
        raise DataError("a column holds a value nested too deep to be sent to a worker process") from None


def unpack_job(data: bytes) -> Any:
    """The inverse of `pack_job`, in the worker."""
    return pickle.loads(data)


def pack_report(message: list[Any]) -> bytes:
    """A frame from a worker."""
    return _frame(json.dumps(message, separators=(",", ":")).encode())


def pack_scores(scores: tuple[Score, ...]) -> Any:
    """The scores of one call as JSON has them: a bare number where the value is all there is to say."""
    if len(scores) == 1:
        (score,) = scores
        if score.cause is None and not score.components and not score.reason:
            return score.value
    return [to_wire(score) for score in scores]


_PLAIN: dict[float, tuple[Score, ...]] = {}  # scores with nothing but a value, most of which are 0 and 1
_PLAIN_KEPT = 256


def unpack_scores(packed: Any) -> tuple[Score, ...]:
    """The inverse of `pack_scores`; ValueError or TypeError for what it did not make."""
    if not isinstance(packed, float):
        return tuple([from_wire(wire) for wire in packed])
    known = _PLAIN.get(packed)
    if known is None:
        if not math.isfinite(packed):
            raise ValueError(packed)
        known = (Score(packed),)
        if len(_PLAIN) < _PLAIN_KEPT:
            _PLAIN[packed] = known
    return known


def _frame(data: bytes) -> bytes:
    return _HEAD.pack(len(data)) + data


class Frames:
    """Cuts a stream of bytes into frames."""

    def __init__(self, most: int = MAX_FRAME) -> None:
        self._buffer = bytearray()
        self._most = most

    def feed(self, data: bytes) -> Iterator[bytes]:
        """The frames completed by `data`. ValueError when the stream makes no sense (somebody else wrote into the pipe)."""
        self._buffer += data
        while len(self._buffer) >= _HEAD.size:
            (size,) = _HEAD.unpack_from(self._buffer)
            if size > self._most:
                raise ValueError(f"a frame of {size} bytes")
            if len(self._buffer) < _HEAD.size + size:
                return
            frame = bytes(self._buffer[_HEAD.size : _HEAD.size + size])
            del self._buffer[: _HEAD.size + size]
            yield frame
