"""Whether another process is writing a run now, asked without touching it.

Taking the lock to see whether it is free would stop a run that starts at that moment, and opening it for writing would change the
folder; so the system is asked who holds it (F_GETLK). On systems where that is not known the answer is None.
"""

from __future__ import annotations

import fcntl
import os
import struct
import sys
from pathlib import Path

# The fields of C's `struct flock`, whose order differs: see fcntl(2) of each system.
_LAYOUTS = {
    "linux": ("hhqqi4x", ("type", "whence", "start", "len", "pid")),
    "darwin": ("qqihh", ("start", "len", "pid", "type", "whence")),
}


def is_being_written(folder: Path) -> bool | None:
    """Whether another process has the run open; None where it cannot be told. A lock of this very process does not count."""
    layout = _LAYOUTS.get(sys.platform)
    if layout is None:
        return None
    form, names = layout
    asked = {"type": fcntl.F_WRLCK, "whence": os.SEEK_SET, "start": 0, "len": 0, "pid": 0}
    try:
        with (folder / ".lock").open("rb") as handle:
            told = fcntl.fcntl(handle, fcntl.F_GETLK, struct.pack(form, *(asked[name] for name in names)))
    except FileNotFoundError:
        return False
    except OSError:
        return None
    return bool(struct.unpack(form, told)[names.index("type")] != fcntl.F_UNLCK)
