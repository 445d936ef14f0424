"""Other surroundings for a worker process, in which a grader must give the same scores: another clock, hash seed, or thread; or under watch.

    pool = WorkerPool(1, surroundings="clock")     # every call in it happens 400 days from now, in another time zone

`rewardkit test` compares what a grader says there with what it says at home. The watched ones do not change anything: they tell what a
call did that no grader should do, as an unscored result whose reason begins with `NOTICED`. In a "sequence" all is as it is here: it is one
process for calls that are made one after the other. "fenced" ones are for graders that nobody has written, changed versions of one: they
cannot reach the network, start a process or change a file outside the temporary folder. In all of them a grader that asks a judge asks a
stand-in: what is tried there is made up, and no answer of a real judge to it is known or paid for. In "judge" the stand-in misbehaves.
"""

from __future__ import annotations

import datetime
import os
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Literal, TypeAlias

from ..arguments import own_copy
from ..grader import Grader
from ..scores import Score
from . import stand_in_judge
from .items import Values

Surroundings: TypeAlias = Literal["hash", "clock", "threads", "watched", "sequence", "fenced", "judge"]
Make: TypeAlias = Callable[[Values], tuple[Score, ...]]

_THREADS = 8
_SHIFT = datetime.timedelta(days=400, hours=13, minutes=7, seconds=31)
_ZONE = "RKT-5:45"  # east of Greenwich by 5 h 45 min; needs no table of time zones
_ENVIRONMENT: Mapping[Surroundings, Mapping[str, str]] = {
    "hash": {"PYTHONHASHSEED": "20261126"},
    "clock": {"LC_ALL": "C.UTF-8", "LANG": "C.UTF-8", "PYTHONUTF8": "1"},
}


def environment_of(surroundings: Surroundings | None) -> Mapping[str, str]:
    """The variables that a worker process is started with on top of those of this process."""
    return _ENVIRONMENT.get(surroundings, {}) if surroundings else {}


def enter(surroundings: Surroundings | None) -> None:
    """In a worker, before it loads its first grader."""
    if surroundings == "clock":
        import time_machine

        there = datetime.datetime.now(datetime.UTC) + _SHIFT
        time_machine.travel(there, tick=True).start()
        os.environ["TZ"] = _ZONE  # it has set another one
        time.tzset()
    if surroundings == "fenced":
        from .fence import put_up

        put_up()
    if surroundings == "judge":
        stand_in_judge.lead_clients()


def settle(surroundings: Surroundings | None, grader: Grader) -> None:
    """In a worker, when it has loaded a grader."""
    if surroundings is not None:
        stand_in_judge.lead_functions(grader)


def within(surroundings: Surroundings | None, make: Make) -> Make:
    """In a worker: how a call is made in these surroundings."""
    if surroundings == "threads":
        return _in_threads(make)
    if surroundings == "watched":
        from .watched import watched

        return watched(make)
    if surroundings == "fenced":
        from .fence import fenced

        return fenced(make)
    return make


def _in_threads(make: Make) -> Make:
    """The call in eight threads at a time; of their scores one that differs from the first, where there is one."""
    threads = ThreadPoolExecutor(_THREADS)

    def made(values: Values) -> tuple[Score, ...]:
        copies = [own_copy(dict(values)) for _ in range(_THREADS)]
        first, *others = threads.map(make, copies)
        return next((scores for scores in others if scores != first), first)

    return made
