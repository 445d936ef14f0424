"""What a dozen answers buy, with a grader and without: SFT, RAFT and RFT on two tasks, over seeds, bases, numbers of labels and ways to write them.

    python benchmarks/study.py --core                 # the core grid: about an hour on two cores
    python benchmarks/study.py                        # all of it, the core first
    python benchmarks/study.py --status               # what is done, and how long the rest will take
    python benchmarks/study.py --report [FOLDER]      # tables to the screen, figures into FOLDER (docs/study), from the record alone

Every finished training is one line of the record (benchmarks/records/study.jsonl), so the same command goes on after a kill, and in another checkout
that has the record. Settings are chosen for each method on validation questions with other training prompts; the held-out questions, over a thousand a task, are
answered once by each trained model. What each part does stands in its file in study_parts/.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from study_parts import grid
from study_parts.record import Record
from study_parts.tasks import ROOT
from study_parts.work import CellJob, Job, jobs_of, seconds_of, work_through

THREADS = {
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "PASSIVE",
    "TOKENIZERS_PARALLELISM": "false",
    "HF_HUB_OFFLINE": "1",
}
"""For the workers, which import torch: idle threads spin otherwise, and starve the other worker."""

RECORD = ROOT / "benchmarks" / "records" / "study.jsonl"
FIGURES = ROOT / "docs" / "study"


def main() -> int:
    """Do what is left of the grid, or tell of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)  # fmt: skip
    size = parser.add_mutually_exclusive_group()
    size.add_argument("--core", action="store_true", help="the core grid only")
    size.add_argument(
        "--smoke",
        "--quick",
        action="store_true",
        help="a few trainings on a base of a few steps, a minute or two",
    )
    parser.add_argument("--status", action="store_true", help="what is done and what the rest will take")
    parser.add_argument("--report", type=Path, nargs="?", const=FIGURES, metavar="FOLDER", help=f"tables, and figures into FOLDER (default {FIGURES.relative_to(ROOT)})")  # fmt: skip
    parser.add_argument(
        "--json", action="store_true", help="print last what is done and which targets hold, as JSON"
    )
    parser.add_argument("--record", type=Path, default=RECORD, help=f"default {RECORD.relative_to(ROOT)}")
    parser.add_argument("--workers", type=int, default=2, help="processes of one thread each (default 2)")
    parser.add_argument("--minutes", type=float, help="begin no training after so many minutes")
    options = parser.parse_args()
    record_path = options.record.resolve()
    for name, value in THREADS.items():
        os.environ.setdefault(name, value)
    os.chdir(ROOT)  # the rows of text-to-SQL name their database from here
    record = Record(record_path)
    whole = grid.core() if options.core else [*grid.core(), *grid.rest()]
    cells = grid.smoke() if options.smoke else whole
    failed = act(options, cells, record)
    if options.json:
        print(json.dumps(as_json(cells, record)))
    return int(failed)


def act(options: argparse.Namespace, cells: list[grid.Cell], record: Record) -> bool:
    """Report, tell or train; whether a training failed."""
    if options.report is not None:
        from study_parts.report import write_report

        write_report(record, options.report)
        return False
    jobs = jobs_of(cells, record)
    if options.status:
        tell_status(cells, jobs, record, options.workers)
        return False
    return bool(work_through(jobs, record, workers=options.workers, minutes=options.minutes, say=say))


def as_json(cells: list[grid.Cell], record: Record) -> dict[str, object]:
    """How many trainings are done, and every comparison of every target."""
    from study_parts.findings import Findings
    from study_parts.targets import findings

    targets = [
        {
            "target": each.target,
            "where": each.where,
            "what": each.what,
            "difference": each.found.both.mean,
            "low": each.found.both.low,
            "high": each.found.both.high,
            "verdict": each.verdict,
        }
        for each in findings(Findings(record))
    ]
    return {"done": sum(cell in record.cells for cell in cells), "of": len(cells), "targets": targets}


def tell_status(cells: list[grid.Cell], jobs: list[Job], record: Record, workers: int) -> None:
    """Done and left, of cells and of everything that they need."""
    done = sum(cell in record.cells for cell in cells)
    left = [job for job in jobs if isinstance(job, CellJob)]
    say(f"{done} of {len(cells)} trainings done, {len(left)} to do")
    seconds = seconds_of(jobs, record)
    say(f"bases and settings first: {len(jobs) - len(left)} jobs; {seconds:.0f} CPU-s in all, about {seconds / 60 / workers:.0f} minutes with {workers} workers")  # fmt: skip


def say(text: str) -> None:
    print(text, flush=True)


if __name__ == "__main__":
    sys.exit(main())
