"""What the system is asked to hold a worker process to: the end of its parent, and memory."""

from __future__ import annotations

import ctypes
import fcntl
import os
import signal
import sys
import threading
from pathlib import Path

_PR_SET_PDEATHSIG = 1


def end_with_parent(lifeline: int | None) -> None:
    """End this process and its children as soon as the scorer's process is gone, however it died.

    With a `lifeline`, a pipe whose other end the scorer holds: it then closes, and the kernel kills the process group (Linux), or a thread
    does, which a C loop that keeps the interpreter's lock stops too. Somebody else may hold the other end as well, such as a process that
    the scorer's process forked; so, without a `lifeline`, the kernel is asked for its parent-death signal (Linux; it ends this process
    alone and follows the *thread* that started it, which must therefore be the main thread).
    """
    if lifeline is None:
        if sys.platform == "linux":
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        return
    if sys.platform == "linux":
        fcntl.fcntl(lifeline, fcntl.F_SETOWN, -os.getpgrp())
        fcntl.fcntl(lifeline, fcntl.F_SETSIG, signal.SIGKILL)
        fcntl.fcntl(lifeline, fcntl.F_SETFL, fcntl.fcntl(lifeline, fcntl.F_GETFL) | os.O_ASYNC)

    def wait() -> None:
        os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="rewardkit-lifeline", daemon=True).start()


def volunteer_for_the_memory_killer() -> None:
    """When the machine runs out of memory, the kernel ends this process and not the training that started it. Linux only."""
    try:
        Path("/proc/self/oom_score_adj").write_text("1000")
    except OSError:  # another system, or not allowed
        return


def limit_memory(megabytes: int | None) -> None:
    """Allow `megabytes` on top of the address space in use now; None lifts the limit. Linux only: elsewhere it does nothing."""
    if sys.platform != "linux":
        return
    import resource

    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    soft = hard
    used = _pages()[0] * os.sysconf("SC_PAGE_SIZE")
    if megabytes is not None and used:
        soft = used + megabytes * 1024 * 1024
        soft = soft if hard == resource.RLIM_INFINITY else min(soft, hard)
    resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def resident_mb() -> int:
    """Megabytes of memory this process holds; 0 where the system does not say."""
    if sys.platform != "linux":
        return 0
    return _pages()[1] * os.sysconf("SC_PAGE_SIZE") >> 20


def _pages() -> tuple[int, int]:
    """Pages of address space and of resident memory; 0 when the author's code has left no descriptor to look with."""
    try:
        with open("/proc/self/statm", encoding="ascii") as statm:
            total, resident, *_ = statm.read().split()
    except OSError:
        return 0, 0
    return int(total), int(resident)
