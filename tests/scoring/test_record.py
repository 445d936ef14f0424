"""The memory that a worker shares with the scorer: whatever moment it is read at, it holds what was written at one moment."""

from __future__ import annotations

import os
import subprocess
import sys
import time

from rewardkit.scoring.record import NOTHING, Record, State, new_record

WRITER = """
import sys
from rewardkit.scoring.record import Record
record = Record(int(sys.argv[1]))
n = 0
while True:
    n += 1
    record.write(n, float(n), n, n % 8)
"""


def test_a_record_that_is_being_written_is_read_whole() -> None:
    """More writers than processors, so that some are put to sleep in the middle of a write."""
    records = [new_record() for _ in range((os.cpu_count() or 1) + 2)]
    writers = [
        subprocess.Popen([sys.executable, "-c", WRITER, str(record.descriptor)], pass_fds=[record.descriptor])
        for record in records
    ]
    seen = set()
    until = time.monotonic() + 3
    try:
        while time.monotonic() < until or len(seen) < 100:
            for record in records:
                serial, call, since, printed, flags = record.read()
                if call != NOTHING:
                    assert (since, printed, flags, serial) == (float(call), call, call % 8, call + 1)
                    seen.add(call)
    finally:
        for writer in writers:
            writer.kill()
            writer.wait()
    for record in records:
        state = record.read()
        assert state == record.read()
        assert state == State(state.call + 1, state.call, float(state.call), state.call, state.call % 8)
        record.close()


def test_who_opens_a_record_goes_on_with_its_serial_numbers() -> None:
    first = new_record()
    second = Record(os.dup(first.descriptor))
    assert first.read() == second.read() == State(1, NOTHING, 0.0, 0, 0)
    second.write(7, 1.5, 20, 3)
    assert first.read() == State(2, 7, 1.5, 20, 3)
    first.close()
    second.close()
