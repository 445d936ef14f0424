"""graders.lock: who may drive training."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import collect
from rewardkit.checking.lock import read_lock, update, verify
from rewardkit.errors import ConfigError

DAY = datetime.date(2026, 3, 1)
SOURCE = "from rewardkit import reward\n\nLIMIT = 3\n\n@reward\ndef short(completion):\n    return len(completion) < LIMIT\n"


def test_only_a_grader_that_passed_is_verified(write: WriteFile) -> None:
    write("graders/a.py", SOURCE)
    graders = collect(["graders"])
    assert verify(graders) == [
        "reward 'short' (graders/a.py:5) has not passed its tests; run: rewardkit test graders/a.py"
    ]
    update(graders, [], today=DAY)
    assert verify(graders) == []


def test_a_changed_grader_is_named_with_the_day_it_passed(write: WriteFile) -> None:
    write("a.py", SOURCE)
    graders = collect(["a.py"])
    update(graders, [], today=DAY)
    lock = Path("graders.lock")
    lock.write_text(lock.read_text().replace(graders[0].fingerprint, "0" * 16))
    assert verify(graders) == [
        "reward 'short' (a.py:5) has changed since it passed its tests on 2026-03-01; run: rewardkit test a.py"
    ]


def test_the_command_names_the_file_as_seen_from_the_current_folder(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    write("demo/a.py", SOURCE)
    (problem,) = verify(collect(["demo/a.py"]), Path("demo/graders.lock"))
    assert problem.endswith("run: rewardkit test demo/a.py")
    (tmp_path / "elsewhere").mkdir()
    graders = collect(["demo/a.py"])
    monkeypatch.chdir("elsewhere")
    (problem,) = verify(graders, tmp_path / "demo" / "graders.lock")
    assert problem.endswith(f"run: rewardkit test {tmp_path}/demo/a.py")


def test_a_failing_grader_loses_its_entry_and_the_others_keep_theirs(write: WriteFile) -> None:
    write("a.py", SOURCE + "\n@reward\ndef other(completion):\n    return True\n")
    short, other = collect(["a.py"])
    update([short, other], [], today=DAY)
    assert [entry.name for entry in update([], [short], today=DAY)] == ["other"]


def test_passing_again_unchanged_keeps_the_date(write: WriteFile) -> None:
    write("a.py", SOURCE)
    graders = collect(["a.py"])
    update(graders, [], today=DAY)
    (entry,) = update(graders, [], today=DAY + datetime.timedelta(days=9))
    assert entry.passed == DAY


def test_an_installed_grader_is_locked_by_its_module(write: WriteFile) -> None:
    write("unused", "")
    (entry,) = update(collect(["rewardkit.graders.choice:choice"]), [], today=DAY)
    assert entry.file == "rewardkit.graders.choice"


def test_the_file_is_what_was_written(write: WriteFile) -> None:
    write("graders/a.py", SOURCE)
    written = update(collect(["graders"]), [], today=DAY)
    assert read_lock() == written
    assert written[0].file == "graders/a.py"


def test_nothing_is_written_when_nothing_passed(write: WriteFile) -> None:
    write("a.py", SOURCE)
    update([], collect(["a.py"]), today=DAY)
    assert not Path("graders.lock").exists()


def test_a_malformed_lock_is_an_error_that_says_what_to_do(write: WriteFile) -> None:
    write("graders.lock", '[[grader]]\nname = "x"\n')
    with pytest.raises(ConfigError, match=r"graders\.lock: grader\.0\.file: .*delete the file"):
        read_lock()
