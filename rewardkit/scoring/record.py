"""What a worker is busy with at this moment, in a few bytes of memory that it shares with the scorer.

A message for each start would cost more than a cheap grader does. So the worker writes down which call it is on and since when, and the
scorer looks there only when a deadline may have passed or the worker has ended.

On a busy machine the worker may be put to sleep, or be killed, in the middle of a write. So there are two places, written in turn, and a
serial number that names the one that is complete: a machine writes its eight aligned bytes at once.
"""

from __future__ import annotations

import fcntl
import mmap
import os
import struct
import tempfile
from typing import NamedTuple

_SERIAL = struct.Struct("<Q")
_PLACE = struct.Struct("<qdqB")
_SIZE = 128
_PLACES = (16, 64)
NOTHING = -1
"""The number when no call is being worked on."""

BLAMES_ANSWER, PREPARING, STRANGERS = 1, 2, 4
"""Flags: a fault now is the answer's; the reference is being prepared, on a clock of its own; threads of earlier calls are still there."""


class State(NamedTuple):
    """The call with this number has been in this phase `since` (monotonic clock); its output begins at byte `printed` of the worker's output."""

    serial: int
    call: int
    since: float
    printed: int
    flags: int


class Record:
    """The shared memory; one process writes, another reads."""

    def __init__(self, descriptor: int) -> None:
        self.descriptor = descriptor
        self._memory = mmap.mmap(descriptor, _SIZE)
        self._serial = self._complete()

    def write(self, call: int, since: float, printed: int, flags: int) -> None:
        """Say what is being worked on from now on."""
        self._serial += 1
        _PLACE.pack_into(self._memory, _PLACES[self._serial % 2], call, since, printed, flags)
        self._memory[: _SERIAL.size] = _SERIAL.pack(self._serial)

    def read(self) -> State:
        """What the other process is working on. Its place is written anew only after the serial number has moved on."""
        serial = self._complete()
        while True:
            state = State(serial, *_PLACE.unpack_from(self._memory, _PLACES[serial % 2]))
            now = self._complete()
            if now == serial:
                return state
            serial = now

    def _complete(self) -> int:
        (serial,) = _SERIAL.unpack(self._memory[: _SERIAL.size])
        return int(serial)

    def close(self) -> None:
        """Let go of the memory."""
        self._memory.close()
        os.close(self.descriptor)


def new_record() -> Record:
    """A record that a worker can be given: its descriptor refers to a file without a name."""
    with tempfile.TemporaryFile() as file:
        file.truncate(_SIZE)
        record = Record(os.dup(file.fileno()))
    # What code that writes into every descriptor it finds writes here goes to the end, and not over the record.
    fcntl.fcntl(record.descriptor, fcntl.F_SETFL, fcntl.fcntl(record.descriptor, fcntl.F_GETFL) | os.O_APPEND)
    record.write(NOTHING, 0.0, 0, 0)
    return record
