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
    the scorer's process forked; so, without a `lifeline`, the kernel is asked for its parent-death signal (Linux; it
    follows the *thread* that started this process, which must therefore be the main thread).
    """
    if lifeline is None:
        if sys.platform == "linux":
            _end_group_when_told()
        return
    if sys.platform == "linux":
        _kill_group_when_readable(lifeline)

    def wait() -> None:
        os.read(lifeline, 1)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=wait, name="rewardkit-lifeline", daemon=True).start()


def _end_group_when_told() -> None:
    """Have the parent-death signal kill the whole process group.

    The kernel sends it when the scorer's main thread ends, which may be before the last of its threads lets go of the lifeline. Were it
    SIGKILL, it would end this process alone, nobody would hear the lifeline close, and what the author's code had started would go on.
    A C loop may keep the interpreter's lock, so that no handler of Python's runs. So the handler is the C library's `close`: called with the
    signal's number, it closes the pipe that was put at that number.
    """
    number = _free_number()
    if number is None:
        return
    ours, theirs = os.pipe()
    above = os.dup2(
        ours, number + 1, inheritable=False
    )  # close_range lets go of the highest first, and must not be taken for the signal
    os.dup2(theirs, number, inheritable=False)
    os.close(ours)
    os.close(theirs)
    _kill_group_when_readable(above)
    libc = ctypes.CDLL(None)
    libc.signal(number, ctypes.cast(libc.close, ctypes.c_void_p))
    libc.prctl(_PR_SET_PDEATHSIG, number)


def _free_number() -> int | None:
    """A signal nobody uses whose number, and the one above it, are those of no open descriptor."""
    for number in range(int(signal.SIGRTMAX) - 1, int(signal.SIGRTMIN), -1):
        if not any(_is_open(descriptor) for descriptor in (number, number + 1)):
            return number
    return None


def _is_open(descriptor: int) -> bool:
    try:
        os.fstat(descriptor)
    except OSError:
        return False
    return True


def _kill_group_when_readable(pipe: int) -> None:
    """Ask the kernel to kill the process group when something arrives in a pipe, or its other end closes."""
    fcntl.fcntl(pipe, fcntl.F_SETOWN, -os.getpgrp())
    fcntl.fcntl(pipe, fcntl.F_SETSIG, signal.SIGKILL)
    fcntl.fcntl(pipe, fcntl.F_SETFL, fcntl.fcntl(pipe, fcntl.F_GETFL) | os.O_ASYNC)


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
