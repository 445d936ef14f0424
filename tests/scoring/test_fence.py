"""Code that nobody has written cannot change files, start processes or reach the network; what is temporary is its own business."""

from __future__ import annotations

import pytest
from writing import WriteFile

from rewardkit import Item, Score, Scorer
from rewardkit.collecting import collect_grader
from rewardkit.loading import ref_of
from rewardkit.scoring.items import calls_of
from rewardkit.scoring.pool import WorkerPool
from rewardkit.scoring.watched import NOTICED

HEAD = """
import os, shutil, socket, subprocess, tempfile
from pathlib import Path
from rewardkit import reward

KEPT = Path(__file__).with_name("kept")

@reward
def g(completion):
    try:
        {}
    except OSError:
        pass
    return 1.0
"""

HARMFUL = {
    "KEPT.unlink()": "it changes",
    "KEPT.write_text('x')": "it changes",
    "KEPT.rename(KEPT.with_name('other'))": "it changes",
    "os.rename(__file__, KEPT)": "it changes",
    "shutil.rmtree(KEPT.parent)": "it changes",
    "Path('/rewardkit_is_not_here').mkdir()": "it changes files (os.mkdir)",
    "open('/rewardkit_is_not_here', 'w')": "it writes to '/rewardkit_is_not_here'",
    "subprocess.run(['true'])": "it starts a process (subprocess.Popen)",
    "os.kill(os.getppid(), 0)": "it signals another process (os.kill)",
    "socket.create_connection(('127.0.0.1', 9))": "it uses the network (socket.getaddrinfo)",
}

HARMLESS = (
    "open(__file__).read()",
    "open('/dev/null', 'w').write(completion)",
    "tempfile.NamedTemporaryFile().write(b'x')",
    "with tempfile.TemporaryDirectory() as folder:\n            (Path(folder) / 'x').write_text('x')",
    "os.kill(os.getpid(), 0)",
)


def fenced(write: WriteFile, code: str) -> Score:
    write("kept", "as it was")
    grader = collect_grader(str(write("g.py", HEAD.format(code))))
    ref = ref_of(grader)
    assert ref is not None
    pool = WorkerPool(1, "fenced")
    try:
        ((score,),) = pool.run(grader, ref, calls_of(grader, [Item("x", {})]))
    finally:
        pool.close()
    return score


@pytest.mark.parametrize("code", HARMFUL)
def test_what_could_do_harm_is_refused_and_told(write: WriteFile, code: str) -> None:
    score = fenced(write, code)
    assert score.cause == "invalid"
    assert score.reason.startswith(f"{NOTICED}RK140: {HARMFUL[code]}")
    assert (write("g.py", "").parent / "kept").read_text() == "as it was"


def test_reading_and_files_of_its_own_are_allowed(write: WriteFile) -> None:
    assert fenced(write, "\n        ".join(HARMLESS)).value == 1


def test_a_temporary_folder_is_nothing_to_notice_on_watch(write: WriteFile) -> None:
    grader = collect_grader(str(write("g.py", HEAD.format(HARMLESS[3]))))
    with Scorer(workers=1) as scorer:
        (score,) = scorer.score(grader, [Item("x", {})], surroundings="watched")
    assert score.value == 1
