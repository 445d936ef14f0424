from __future__ import annotations

import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time
import warnings
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rewardkit import Component, Score
from rewardkit.scoring.cache import ScoreCache, default_path
from rewardkit.scoring.score_file import APPLICATION, VERSION, ScoreFile

Scores = tuple[Score, ...]

TEXTS = st.text(st.characters(), max_size=20)  # lone surrogates among them
NUMBERS = st.floats(allow_nan=False, allow_infinity=False)
COMPONENTS = st.builds(Component, TEXTS, st.none() | NUMBERS, st.none() | NUMBERS, st.none() | NUMBERS, TEXTS)
RESULTS = st.lists(
    st.builds(Score, NUMBERS, st.lists(COMPONENTS, max_size=3).map(tuple), reason=TEXTS), max_size=3
).map(tuple)


def key(number: int) -> bytes:
    return number.to_bytes(16, "little")


def result(number: int) -> Scores:
    """The score that every test stores under `key(number)`."""
    return (
        Score(number / 7, (Component("half", 0.5, weight=0.5, reason="é\ud800"),), reason=f"of {number}"),
    )


def results(*numbers: int) -> dict[bytes, Scores]:
    return {key(number): result(number) for number in numbers}


def stored(path: Path, *numbers: int) -> dict[bytes, Scores]:
    """What a new process would find."""
    with ScoreCache(path) as cache:
        return cache.get_many([key(number) for number in numbers])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "scores.sqlite"


@pytest.fixture
def full(path: Path) -> Path:
    """A file with the results 0 to 99, its log already merged into it."""
    with ScoreCache(path) as cache:
        cache.put_many(results(*range(100)))
    assert not Path(f"{path}-wal").exists()
    return path


def test_memory_keeps_what_was_used_last() -> None:
    cache = ScoreCache(most=2)
    cache.put_many(results(1, 2))
    cache.get_many([key(1)])
    cache.put_many(results(3))
    assert cache.get_many([key(1), key(2), key(3)]) == results(1, 3)


def test_memory_is_bounded_in_bytes_too() -> None:
    cache = ScoreCache()
    long = (Score(1.0, reason="x" * 500_000),)
    for number in range(1000):
        cache.put_many({key(number): long})
    kept = cache.get_many([key(number) for number in range(1000)])
    assert 100 < len(kept) < 300
    assert key(999) in kept


def test_a_result_too_large_for_memory_is_kept_on_disk_only(path: Path) -> None:
    long = {key(1): (Score(1.0, reason="x" * 2_000_000),)}
    with ScoreCache(path) as cache:
        cache.put_many(long)
        assert cache.get_many([key(1)], disk=False) == {}
        assert cache.get_many([key(1)]) == long


@pytest.mark.parametrize("cause", ["timeout", "error", "judge_unavailable"])
def test_failures_are_never_kept(path: Path, cause: str) -> None:
    with ScoreCache(path) as cache:
        cache.put_many({key(1): (Score.unscored(cause),), key(2): (Score(1.0), Score(0.5, cause=cause))})  # type: ignore[arg-type]
        assert cache.get_many([key(1), key(2)]) == {}
    assert stored(path, 1, 2) == {}


def test_a_file_serves_a_later_process(full: Path) -> None:
    assert stored(full, *range(200)) == results(*range(100))


@given(RESULTS)
def test_what_comes_back_is_what_was_stored(tmp_path_factory: pytest.TempPathFactory, scores: Scores) -> None:
    path = tmp_path_factory.mktemp("cache") / "scores.sqlite"
    with ScoreCache(path) as cache:
        cache.put_many({key(1): scores})
    assert repr(stored(path, 1)) == repr({key(1): scores})  # repr: -0.0 is not 0.0
    assert stored(path, 1) == {key(1): scores}


def test_thousands_of_keys_are_looked_up_in_one_call(path: Path) -> None:
    with ScoreCache(path, most=10) as cache:
        cache.put_many(results(*range(0, 5000, 2)))
        assert cache.get_many([key(number) for number in range(5000)]) == results(*range(0, 5000, 2))


def test_nothing_happens_on_disk_before_it_is_asked_for(path: Path) -> None:
    with ScoreCache(path) as cache:
        cache.put_many(results(1), disk=False)
        assert cache.get_many([key(1)], disk=False) == results(1)
    assert not path.exists()


def test_a_closed_cache_goes_on_in_memory(path: Path) -> None:
    cache = ScoreCache(path)
    cache.put_many(results(1))
    cache.close()
    cache.close()
    cache.put_many(results(2))
    assert cache.get_many([key(1), key(2)]) == results(1, 2)
    assert stored(path, 1, 2) == results(1)


def test_the_folder_of_a_project_is_kept_out_of_git(tmp_path: Path) -> None:
    path = default_path(tmp_path)
    assert path == tmp_path / ".rewardkit" / "scores.sqlite"
    path.parent.mkdir()  # as another part of the project may have done
    with ScoreCache(path) as cache:
        cache.put_many(results(1))
    assert (path.parent / ".gitignore").read_text() == "*\n"


def test_the_users_own_folder_gets_no_gitignore(full: Path) -> None:
    assert not (full.parent / ".gitignore").exists()


def damaged_by_text(path: Path) -> None:
    path.write_text("not a database, but long enough to be taken for one\n" * 100)


def damaged_by_a_hole(path: Path) -> None:
    with path.open("r+b") as file:
        file.seek(4096)  # all but the first page
        file.write(bytes(path.stat().st_size - 4096))


def damaged_by_another_version(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"PRAGMA user_version={VERSION + 1}")


@pytest.mark.parametrize(
    ("damage", "why"),
    [
        (damaged_by_text, "file is not a database"),
        (damaged_by_a_hole, "database disk image is malformed"),
        (
            damaged_by_another_version,
            f"it has version {VERSION + 1}, and this rewardkit writes version {VERSION}",
        ),
    ],
)
def test_a_file_that_cannot_be_used_is_set_aside_and_begun_anew(full: Path, damage: object, why: str) -> None:
    damage(full)  # type: ignore[operator]
    before = full.read_bytes()
    with ScoreCache(full) as cache:
        with pytest.warns(RuntimeWarning) as warned:
            assert cache.get_many([key(1)]) == {}
        cache.put_many(results(1))
    (warning,) = warned
    assert str(warning.message) == (
        f"score cache {full}: {why}. It was set aside as scores.sqlite.set-aside, and a new file is begun."
    )
    assert full.with_name("scores.sqlite.set-aside").read_bytes() == before
    assert stored(full, 1, 2) == results(1)


def test_a_database_of_something_else_is_left_alone(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE orders (id)")
    before = path.read_bytes()
    with ScoreCache(path) as cache:
        with pytest.warns(RuntimeWarning, match="a database that something else made"):
            cache.put_many(results(1))
        assert cache.get_many([key(1)]) == results(1)
    assert path.read_bytes() == before


def changed_rows(path: Path, statement: str) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE scores SET value = replace(CAST(value AS TEXT), '0.5', '0.7')",
        "UPDATE scores SET value = CAST(replace(CAST(value AS TEXT), '0.5', '0.7') AS BLOB)",
        "UPDATE scores SET value = x'ff'",
        "UPDATE scores SET value = NULL",
        "UPDATE scores SET value = 1",
        "UPDATE scores SET seal = NULL",
        "UPDATE scores SET key = randomblob(16)",
        "UPDATE scores SET seal = CAST(x'ffff' AS TEXT)",
    ],
)
def test_a_row_that_was_changed_is_a_miss(full: Path, statement: str) -> None:
    changed_rows(full, statement)
    assert stored(full, *range(100)) == {}


def test_a_value_under_the_key_of_another_is_a_miss(full: Path) -> None:
    changed_rows(full, f"DELETE FROM scores WHERE key = x'{key(2).hex()}'")
    changed_rows(full, f"UPDATE scores SET key = x'{key(2).hex()}' WHERE key = x'{key(1).hex()}'")
    assert stored(full, 1, 2, 3) == results(3)


def check_damaged(path: Path, whole: bytes, seed: int) -> None:
    """Damage a copy at random: every answer is a miss or the right score, and the cache works afterwards or says it does not."""
    choose = random.Random(seed)
    data = bytearray(whole)
    if choose.random() < 0.3:
        del data[choose.randrange(len(data)) :]
    for _ in range(choose.choice([0, 1, 10, 1000]) if data else 0):
        data[choose.randrange(min(len(data), choose.choice([100, len(data)])))] = choose.randrange(256)
    path.write_bytes(data)
    with warnings.catch_warnings(record=True) as said:
        warnings.simplefilter("always")
        for _ in range(2):
            with ScoreCache(path) as cache:
                assert cache.get_many([key(n) for n in range(100)]).items() <= results(*range(100)).items()
                cache.put_many(results(*range(50, 150)))
                cache.get_many([key(n) for n in range(200)])
        found = stored(path, *range(200))
    assert found.items() <= results(*range(150)).items()
    assert len(said) <= 6
    assert found or said


def test_random_damage_never_gives_a_wrong_score(full: Path, tmp_path: Path) -> None:
    whole = full.read_bytes()
    for seed in range(80):
        check_damaged(tmp_path / f"{seed}.sqlite", whole, seed)


@pytest.mark.soak
def test_much_random_damage_never_gives_a_wrong_score(full: Path, tmp_path: Path) -> None:
    whole = full.read_bytes()
    for seed in range(2_000):
        check_damaged(tmp_path / "copy.sqlite", whole, seed)
        for left in tmp_path.glob("copy.sqlite*"):
            left.unlink()


WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_score_cache import results
from rewardkit.scoring.cache import ScoreCache
first, count = int(sys.argv[2]), int(sys.argv[3])
with ScoreCache(Path(sys.argv[1]), most=0) as cache:
    for start in range(first, first + count, 8):
        cache.put_many(results(*range(start, start + 8)))
        assert cache.get_many(results(*range(start, start + 8))) == results(*range(start, start + 8))
        if start == first:
            print("begun", flush=True)
"""


def writer(path: Path, first: int, count: int) -> subprocess.Popen[str]:
    """A process that stores `count` results in transactions of eight, and reads each back."""
    script = WRITER.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-W", "error", "-c", script, str(path), str(first), str(count)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)


@pytest.mark.slow
def test_processes_write_one_file_at_the_same_time_and_one_is_killed(path: Path) -> None:
    writers = [writer(path, 100_000 * number, 1600) for number in range(4)]
    killed = writer(path, 1_000_000, 800_000)
    assert killed.stdout is not None
    assert killed.stdout.readline() == "begun\n"
    time.sleep(0.3)
    killed.send_signal(signal.SIGKILL)
    killed.communicate()
    errors = [process.communicate()[1] for process in writers]
    assert errors == [""] * 4
    numbers = [100_000 * number + n for number in range(4) for n in range(1600)]
    assert stored(path, *numbers) == results(*numbers)
    partly = stored(path, *range(1_000_000, 1_100_000))
    assert len(partly) % 8 == 0  # whole transactions
    assert partly.items() <= results(*range(1_000_000, 1_100_000)).items()


def begin(path: Path, all_ready: threading.Barrier, problems: list[RuntimeWarning]) -> None:
    with closing(ScoreFile(path)) as file:
        all_ready.wait()
        try:
            file.get([key(1)])
        except RuntimeWarning as warning:
            problems.append(warning)


@pytest.mark.filterwarnings("error::RuntimeWarning")
def test_several_begin_one_file_at_the_same_moment(tmp_path: Path) -> None:
    for number in range(40):
        path = tmp_path / f"{number}.sqlite"
        all_ready = threading.Barrier(4)
        problems: list[RuntimeWarning] = []

        threads = [threading.Thread(target=begin, args=(path, all_ready, problems)) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert problems == []


def test_a_file_that_stays_locked_turns_the_cache_off(full: Path) -> None:
    with closing(sqlite3.connect(full)) as other, closing(ScoreFile(full, busy_seconds=0.1)) as file:
        other.execute("BEGIN IMMEDIATE")
        assert file.get([key(1)]) == results(1)  # readers do not wait
        with pytest.warns(RuntimeWarning, match="database is locked"):
            file.put(results(200))
        assert file.get([key(1)]) == {}


@pytest.mark.parametrize("below", ["a file/scores.sqlite", "."])
def test_a_path_that_cannot_be_made_turns_the_cache_off(tmp_path: Path, below: str) -> None:
    (tmp_path / "a file").write_text("")
    with ScoreCache(tmp_path / below) as cache:
        with pytest.warns(RuntimeWarning, match="grading goes on") as warned:
            cache.put_many(results(1))
        assert cache.get_many([key(1)]) == results(1)
        cache.put_many(results(2))
    assert len(warned) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="a folder that not even root can write")
def test_a_read_only_folder_turns_the_cache_off() -> None:
    with (
        ScoreCache(default_path(Path("/proc"))) as cache,
        pytest.warns(RuntimeWarning, match="grading goes on"),
    ):
        assert cache.get_many([key(1)]) == {}


def put_many_times(file: ScoreFile) -> None:
    for start in range(100, 5000, 100):
        file.put(results(*range(start, start + 100)))


def test_a_file_that_has_grown_enough_is_read_and_no_longer_written(path: Path) -> None:
    with closing(ScoreFile(path, most_bytes=64 * 1024)) as file:
        file.put(results(1))
        with pytest.warns(RuntimeWarning, match="No more scores are stored there") as warned:
            put_many_times(file)
        assert file.get([key(1), key(4999)]) == results(1)
    assert len(warned) == 1
    assert path.stat().st_size <= 64 * 1024


FULL_DISK = """
import resource, signal, sys, warnings
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_score_cache import results
from rewardkit.scoring.cache import ScoreCache
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[2]),) * 2)
with ScoreCache(Path(sys.argv[1])) as cache:
    for start in range(0, 2000, 10):
        cache.put_many(results(*range(start, start + 10)))
    assert cache.get_many(results(*range(2000))) == results(*range(2000))
"""


@pytest.mark.parametrize("size", [0, 1000, 5000, 40_000, 100_000])
def test_writes_that_fail_turn_the_cache_off_and_grading_goes_on(path: Path, size: int) -> None:
    script = FULL_DISK.format(tests=str(Path(__file__).parent))
    command = [sys.executable, "-c", script, str(path), str(size)]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stderr
    assert ran.stderr.count("RuntimeWarning: score cache") == 1
    assert stored(path, *range(2000)).items() <= results(*range(2000)).items()


def test_threads_share_a_cache(path: Path) -> None:
    wrong: list[object] = []

    def work(first: int) -> None:
        for number in range(first, first + 200):
            cache.put_many(results(number))
            if cache.get_many([key(number)]) != results(number):
                wrong.append(number)

    with ScoreCache(path, most=50) as cache:
        threads = [threading.Thread(target=work, args=(1000 * n,)) for n in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert wrong == []
    numbers = [1000 * n + m for n in range(4) for m in range(200)]
    assert stored(path, *numbers) == results(*numbers)


FORKED = """
import os, sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_score_cache import key, results
from rewardkit.scoring.cache import ScoreCache
cache = ScoreCache(Path(sys.argv[1]), most=0)
cache.put_many(results(0))
children = []
for number in range(1, 4):
    child = os.fork()
    if not child:
        cache.put_many(results(number))
        ScoreCache(Path(sys.argv[1])).put_many(results(10 * number))
        assert cache.get_many([key(0)]) == results(0)
        sys.exit()
    children.append(child)
    cache.put_many(results(100 * number))
assert [os.waitpid(child, 0)[1] for child in children] == [0, 0, 0]
cache.close()
"""


def test_a_forked_process_opens_the_file_for_itself(path: Path) -> None:
    script = FORKED.format(tests=str(Path(__file__).parent))
    ran = subprocess.run(
        [sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stderr) == (0, "")
    numbers = [0, 1, 2, 3, 10, 20, 30, 100, 200, 300]
    assert stored(path, *numbers) == results(*numbers)


def test_sqlite_is_loaded_when_a_file_is_used_and_not_before() -> None:
    script = "import sys, rewardkit.scoring.reuse; print('sqlite3' in sys.modules)"
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert ran.stdout == "False\n"


def test_the_file_says_whose_it_is(full: Path) -> None:
    header = full.read_bytes()[:100]
    assert int.from_bytes(header[60:64], "big") == VERSION
    assert int.from_bytes(header[68:72], "big") == APPLICATION
    assert header[18:20] == b"\x02\x02"  # WAL
