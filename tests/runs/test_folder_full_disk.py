"""A disk that is full, read-only or limited: the error says so, nothing is half there, and the same call with space goes on."""

from __future__ import annotations

import json
import os
import shutil
import stat
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import recount
from batch_writer import NAME, Nursery

from rewardkit.errors import CannotWrite
from rewardkit.runs import files

ROWS = 24
BATCH = 6
NOBODY = 65534

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with Nursery() as started:
        yield started


@pytest.fixture(scope="module")
def whole(nursery: Nursery, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A run that had all the space it wanted."""
    root = tmp_path_factory.mktemp("whole")
    assert nursery.run(root, ROWS, batch=BATCH, finish=True).code == 0
    return root / NAME


def complete(folder: Path, whole: Path) -> bool:
    lines = ("results.jsonl", "samples.jsonl", "faults.jsonl", "metrics.jsonl", "summary.json")
    same = all((folder / name).read_bytes() == (whole / name).read_bytes() for name in lines)
    return same and (folder / "report.html").is_file() and not list(folder.glob(".*.tmp"))


def sizes(whole: Path) -> list[int]:
    """Limits that hit every file at its start, inside, and one byte before its end; and results.jsonl at 20 places."""
    size = (whole / "results.jsonl").stat().st_size
    limits = set(range(0, size, size // 20))
    for path in whole.iterdir():
        size = path.stat().st_size
        limits |= {limit for limit in (0, 1, size // 2, size - 1) if 0 <= limit < size}
    return sorted(limits)


def test_a_limit_on_file_sizes_hit_anywhere_is_named_and_the_run_goes_on(
    nursery: Nursery, whole: Path, tmp_path: Path
) -> None:
    for limit in sizes(whole):
        root = tmp_path / str(limit)
        stopped = nursery.run(root, ROWS, batch=BATCH, finish=True, limit=limit)
        assert stopped.code == 3, (limit, stopped)
        assert "the file has reached the limit on file sizes" in stopped.said
        assert not [path for path in root.rglob("*.jsonl") if path.stat().st_size and not ends_whole(path)]
        assert not list(root.rglob(".*.tmp"))
        assert nursery.run(root, ROWS, batch=BATCH, finish=True).code == 0
        assert complete(root / NAME, whole), limit


def test_on_the_command_line_a_limit_stops_with_exit_3_and_the_same_command_goes_on(tmp_path: Path) -> None:
    (tmp_path / "graders.py").write_text(
        "from rewardkit import reward\n\n\n@reward(isolation='inline')\n"
        "def exact(completion: str, reference: str) -> bool:\n    return completion == reference\n"
    )
    rows = ({"id": f"q{i}", "prompt": "?", "reference": "a", "completion": "a" * 99} for i in range(400))
    (tmp_path / "answers.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    command = f"{sys.executable} -m rewardkit grade answers.jsonl --grader graders.py --run mine"
    ran = [
        subprocess.run(
            ["bash", "-c", limit + command], cwd=tmp_path, capture_output=True, text=True, check=False
        )
        for limit in ("ulimit -f 80; ", "")
    ]
    assert ran[0].returncode == 3, ran[0].stderr
    assert "the file has reached the limit on file sizes" in " ".join(ran[0].stderr.split())
    assert "Traceback" not in ran[0].stderr
    assert ran[1].returncode == 0, ran[1].stderr
    assert recount.recount(tmp_path / "runs" / "mine")["keys"] == 400


def test_a_full_disk_is_named_and_with_space_the_run_goes_on(
    nursery: Nursery, whole: Path, tmp_path: Path
) -> None:
    stops = 0
    with small_disk(tmp_path / "disk", "size=1m") as disk:
        for pages in range(60):
            with ballast(disk, pages_left=pages):
                stopped = nursery.run(disk, ROWS, batch=BATCH, finish=True)
            if stopped.code == 0:
                break
            stops += 1
            assert stopped.code in (2, 3), stopped
            if pages:
                assert "the disk is full. What was written before is kept: free space and run" in stopped.said
            assert nursery.run(disk, ROWS, batch=BATCH, finish=True).code == 0
            assert complete(disk / NAME, whole), pages
            shutil.rmtree(disk / NAME)
    assert stops > 5


def test_a_read_only_disk_is_a_wrong_choice_of_folder(nursery: Nursery, whole: Path, tmp_path: Path) -> None:
    with small_disk(tmp_path / "disk", "size=2m") as disk:
        assert nursery.run(disk, 12, batch=BATCH).code == 0
        subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
        refused = nursery.run(disk, 12, batch=BATCH)
        other = nursery.run(disk / "new", 12, batch=BATCH)
        subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
        for ended in (refused, other):
            assert ended.code == 2
            assert "a run cannot be written here: the file system is read-only; choose another" in ended.said
        assert nursery.run(disk, 12, batch=BATCH, finish=True).code == 0


def test_a_folder_without_the_right_to_write_is_a_wrong_choice_of_folder(nursery: Nursery) -> None:
    with foreign_folder() as folder:
        refused = nursery.run(folder, 6, user=None if os.getuid() else NOBODY)
    assert refused.code == 2, refused
    assert "a run cannot be written here: this user has no right to write there" in refused.said


def test_a_file_in_place_of_the_folder_is_a_wrong_choice_of_folder(nursery: Nursery, tmp_path: Path) -> None:
    (tmp_path / NAME).write_text("a file")
    refused = nursery.run(tmp_path, 6)
    assert refused.code == 2
    assert "a run cannot be written here" in refused.said


def test_a_device_that_is_always_full_is_named() -> None:
    with pytest.raises(
        CannotWrite, match=r"^/dev/full: the disk is full\. What was written before is kept: free space"
    ):
        files.append_lines(Path("/dev/full"), [{"n": 1}])


def test_a_line_that_could_not_be_taken_back_is_taken_back_by_the_next_append(tmp_path: Path) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_bytes(b'{"n":1}\n{"n":')
    files.append_lines(path, [{"n": 2}])
    assert path.read_bytes() == b'{"n":1}\n{"n":2}\n'


def ends_whole(path: Path) -> bool:
    return path.read_bytes().endswith(b"\n")


@contextmanager
def small_disk(place: Path, options: str) -> Iterator[Path]:
    """A file system of its own, in memory."""
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(place)]
    if os.getuid() or subprocess.run(command, capture_output=True, check=False).returncode:
        pytest.skip("a small disk needs the right to mount; the limit on file sizes is tested above")
    try:
        yield place
    finally:
        subprocess.run(["umount", str(place)], check=True)


@contextmanager
def ballast(disk: Path, *, pages_left: int) -> Iterator[None]:
    """Fill the disk but for some pages of 4 kB."""
    free = os.statvfs(disk)
    path = disk / "ballast"
    path.write_bytes(b"\0" * (free.f_bavail - pages_left) * free.f_bsize)
    try:
        yield
    finally:
        path.unlink()


@contextmanager
def foreign_folder() -> Iterator[Path]:
    """A folder that can be read and not written, by an ordinary user or, in a child, by nobody: root may write anywhere."""
    folder = Path(tempfile.mkdtemp())
    folder.chmod(stat.S_IRUSR | stat.S_IXUSR | stat.S_IRGRP | stat.S_IXGRP | stat.S_IROTH | stat.S_IXOTH)
    try:
        yield folder
    finally:
        folder.chmod(stat.S_IRWXU)
        shutil.rmtree(folder)
