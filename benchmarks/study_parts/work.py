"""Jobs of the study and the processes that do them: bases, settings that are tried, cells; the first that is ready is taken.

Each worker imports torch and TRL once and keeps one thread. The main process alone writes the record.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from dataclasses import dataclass
from itertools import product
from multiprocessing import get_context
from threading import Thread
from typing import Any

from .bases import build, is_built
from .grid import Cell, Choice
from .methods import METHODS, budget_of, choosing_seeds
from .record import Line, Record, cell_line, choice_line, questions_line
from .tasks import task_named
from .training import train_and_measure

SMOKE_BUDGET, SMOKE_QUESTIONS = 96, 40
EXPECTED = {"base": 110.0, "raft": 20.0, "rft": 25.0, "sft": 10.0}
"""CPU seconds of a job before the record has any of its kind."""


@dataclass(frozen=True, slots=True)
class BaseJob:
    """Pre-train a base."""

    task: str
    base: str

    @property
    def kind(self) -> str:
        return "base"


@dataclass(frozen=True, slots=True)
class ChoiceJob:
    """Try one setting on the validation questions."""

    choice: Choice
    point: int
    seed: int

    @property
    def task(self) -> str:
        return self.choice.task

    @property
    def kind(self) -> str:
        return f"choosing {_kind_of(self.choice.method)}"


@dataclass(frozen=True, slots=True)
class CellJob:
    """Train and measure a cell."""

    cell: Cell

    @property
    def task(self) -> str:
        return self.cell.task

    @property
    def kind(self) -> str:
        return _kind_of(self.cell.method)


Job = BaseJob | ChoiceJob | CellJob


def jobs_of(cells: Sequence[Cell], record: Record) -> list[Job]:
    """What is left to do for these cells, each after what it needs; cells that this trainer cannot train are left out."""
    jobs: dict[Job, None] = {}
    for cell in cells:
        if record.is_done(cell):
            continue
        key = cell.settings_key
        for base in dict.fromkeys((key.base, cell.base)):
            if not is_built(cell.task, base):
                jobs[BaseJob(cell.task, base)] = None
        for place, seed in product(range(len(key.points)), choosing_seeds(METHODS[key.method])):
            if (key, place, seed) not in record.choices:
                jobs[ChoiceJob(key, place, seed)] = None
        jobs[CellJob(cell)] = None
    return list(jobs)


def seconds_of(jobs: Sequence[Job], record: Record) -> float:
    """The CPU seconds that they will take, going by what their like took."""
    spent: dict[str, list[float]] = {}
    for (choice, _, _), line in record.choices.items():
        spent.setdefault(f"choosing {_kind_of(choice.method)}", []).append(sum(line["cpu"].values()))
    for cell, line in record.cells.items():
        spent.setdefault(_kind_of(cell.method), []).append(sum(line["cpu"].values()))
    for line in record.bases.values():
        spent.setdefault("base", []).append(line["cpu"])
    return sum(_expected(job.kind, spent) for job in jobs)


def work_through(
    jobs: Sequence[Job], record: Record, *, workers: int, minutes: float | None, say: Callable[[str], None]
) -> list[Job]:
    """Do the jobs and keep what they find; returns those that failed. No job is begun after so many minutes."""
    todo, failed = list(jobs), list[Job]()
    for task in dict.fromkeys(job.task for job in jobs):
        _check_questions(task, record)
    running: dict[Future[Line], Job] = {}
    until = None if minutes is None else time.monotonic() + 60 * minutes
    pool = ProcessPoolExecutor(workers, get_context("spawn"), initializer=_end_with, initargs=(os.getpid(),))
    with pool:
        while True:
            while len(running) < workers and (until is None or time.monotonic() < until):
                job = next((job for job in todo if _is_ready(job, record)), None)
                if job is None:
                    break
                todo.remove(job)
                running[pool.submit(perform, job, _settings(job, record))] = job
            if not running:
                return failed
            for future in wait(running, return_when=FIRST_COMPLETED).done:
                job = running.pop(future)
                if error := future.exception():
                    failed.append(job)
                    say(f"failed: {job}: {type(error).__name__}: {error}")
                    continue
                line = future.result()
                record.append(line)
                say(
                    f"{told(job, line)}; {len(todo)} to go, about {seconds_of(todo, record) / 60 / workers:.0f} min"
                )


def perform(job: Job, settings: Mapping[str, Mapping[str, Any]]) -> Line:
    """One job, in a worker process."""
    if isinstance(job, BaseJob):
        return {"kind": "base", **build(job.task, job.base)}
    if isinstance(job, ChoiceJob):
        choice = job.choice
        cell = Cell(choice.task, choice.base, choice.method, choice.n, False, choice.scaling, job.seed)
        found = train_and_measure(cell, settings, measure_on="validation", **_size(choice.base))
        return choice_line(choice, job.point, job.seed, settings, found)
    found = train_and_measure(job.cell, settings, **_size(job.cell.base))
    return cell_line(job.cell, settings, task_named(job.cell.task).identity(), found)


def told(job: Job, line: Line) -> str:
    """A finished job in a line."""
    if isinstance(job, BaseJob):
        return f"base {job.task}-{job.base}: {line['cpu']:.0f} CPU-s"
    if isinstance(job, ChoiceJob):
        what = f"choosing {job.choice.task}-{job.choice.base} {job.choice.method} {job.choice.scaling} {line['settings']}"
    else:
        cell = job.cell
        few = " few kinds" if cell.few else ""
        what = f"{cell.task}-{cell.base} n={cell.n}{few} {cell.label}, seed {cell.seed}"
    return f"{what}: {line['greedy']:.1%} greedy, {line['sampled']:.1%} sampled, {sum(line['cpu'].values()):.0f} CPU-s"


def _end_with(parent: int) -> None:
    """In a worker: end when the main process does, which a kill would leave waiting for work for ever."""

    def watch() -> None:
        while os.getppid() == parent:
            time.sleep(1)
        os._exit(1)

    Thread(target=watch, daemon=True).start()


def _check_questions(task: str, record: Record) -> None:
    """Draw the questions before the workers ask for them; SystemExit when they are not those that the record was measured on."""
    line, known = questions_line(task), record.questions.get(task)
    if known is None:
        record.append(line)
    elif known["heldout"] != line["heldout"]:
        raise SystemExit(
            f"{record.path}: its {task} questions are {known['heldout']}, those drawn here {line['heldout']}; figures on both do not belong "
            "together. Go on with the commit that made the record, or begin another with --record"
        )  # fmt: skip


def _is_ready(job: Job, record: Record) -> bool:
    """Whether what it needs is there."""
    if isinstance(job, BaseJob):
        return True
    if isinstance(job, ChoiceJob):
        return is_built(job.choice.task, job.choice.base)
    return is_built(job.cell.task, job.cell.base) and record.chosen(job.cell.settings_key) is not None


def _settings(job: Job, record: Record) -> Mapping[str, Mapping[str, Any]]:
    if isinstance(job, ChoiceJob):
        return job.choice.points[job.point]
    return (record.chosen(job.cell.settings_key) or {}) if isinstance(job, CellJob) else {}


def _size(base: str) -> dict[str, Any]:
    return (
        {"budget": SMOKE_BUDGET, "most": SMOKE_QUESTIONS} if base == "smoke" else {"budget": budget_of(base)}
    )


def _kind_of(method: str) -> str:
    chosen = METHODS[method]
    if chosen.raft:
        return "raft"
    return "rft" if chosen.reward else "sft"


def _expected(kind: str, spent: Mapping[str, Sequence[float]]) -> float:
    known = spent.get(kind) or spent.get(kind.removeprefix("choosing "))
    return sum(known) / len(known) if known else EXPECTED[kind.removeprefix("choosing ")]
