"""A real Ray on this machine: its processes are killed, its cluster goes away, and nothing of it may remain."""

from __future__ import annotations

import os
import re
import secrets
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from writing import WriteFile

from rewardkit import Item, Score, Scorer, collect
from rewardkit.errors import ConfigError, DataError, GraderError, GuardStop
from rewardkit.grader import Grader
from rewardkit.loading import ref_of
from rewardkit.scoring.pool import WorkerPool
from rewardkit.scoring.ray_pool import RayPool

pytest.importorskip("ray")
pytestmark = pytest.mark.slow

HERE = Path(__file__).parent
GRADERS = {
    grader.name: grader
    for grader in collect([str(HERE / "ray_graders.py"), str(HERE / "hostile_graders.py")])
}
Calls = list[dict[str, object]]
SEEDED: Calls = [{"completion": "x" * (index % 89), "seed": index} for index in range(2000)]


PASSWORD = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": secrets.token_hex(32)}


@pytest.fixture(scope="module")
def pool() -> Iterator[RayPool]:
    pool = RayPool(2)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in PASSWORD.items():
            patch.setenv(name, value)
        run(pool, "seeded", SEEDED[:1])
    yield pool
    remaining = ray_processes()
    pool.close()
    assert_gone(remaining)


@pytest.fixture(scope="module")
def local() -> Iterator[WorkerPool]:
    pool = WorkerPool(2)
    yield pool
    pool.close()


def run(
    pool: RayPool | WorkerPool, name: str, calls: Calls, heard: list[int] | None = None
) -> list[tuple[Score, ...]]:
    grader = GRADERS[name]
    told = heard if heard is not None else []
    return pool.run(grader, ref(grader), calls, lambda index, _: told.append(index))


def ref(grader: Grader):  # type: ignore[no-untyped-def]
    found = ref_of(grader)
    assert found is not None
    return found


def ray_processes(of: int | None = None, part: str = "") -> list[psutil.Process]:
    """Ray's driver and everything below it, by a part of the command line."""
    found = []
    for driver in psutil.Process(of).children():
        if "rewardkit.scoring.ray_driver" in command(driver):
            found += [driver, *driver.children(recursive=True)]
    return [process for process in found if part in command(process)]


def command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.NoSuchProcess:
        return ""


def assert_gone(processes: list[psutil.Process], *, within: float = 5) -> None:
    """The processes have ended, and Ray's files are removed. Folders are read off command lines before: call it with what ran."""
    _, alive = psutil.wait_procs(processes, timeout=within)
    assert [process for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def folders(processes: list[psutil.Process]) -> set[str]:
    return {
        found for process in processes for found in re.findall(r"/tmp/rewardkit-ray-\w+", command(process))
    }


def while_it_runs(act: Callable[[], None], when: Callable[[], bool]) -> threading.Thread:
    """Do something in another thread as soon as a condition holds."""

    def wait() -> None:
        deadline = time.monotonic() + 30
        while not when() and time.monotonic() < deadline:
            time.sleep(0.02)
        act()

    thread = threading.Thread(target=wait)
    thread.start()
    return thread


def test_results_are_those_of_the_local_pool_and_each_is_told_once(pool: RayPool, local: WorkerPool) -> None:
    heard: list[int] = []
    assert run(pool, "seeded", SEEDED, heard) == run(local, "seeded", SEEDED)
    assert sorted(heard) == list(range(2000))


@pytest.mark.parametrize("size", [1, 7, 300])
def test_results_do_not_depend_on_how_calls_are_batched(pool: RayPool, local: WorkerPool, size: int) -> None:
    calls = SEEDED[: 4 * size + 3]
    batched = [
        scores
        for start in range(0, len(calls), size)
        for scores in run(pool, "seeded", calls[start : start + size])
    ]
    assert batched == run(local, "seeded", calls)


def test_a_call_that_hangs_or_crashes_is_ended_on_the_node_and_costs_itself_only(
    pool: RayPool, local: WorkerPool
) -> None:
    completions = ["fine", "c loop", "fine", "os exit", "segfault", "sleep", "raise", "nan", "fine", "memory"]
    calls: Calls = [{"completion": completion} for completion in completions]
    found = run(pool, "hostile", calls)
    assert [(score.value, score.cause) for (score,) in found] == [
        (score.value, score.cause) for (score,) in run(local, "hostile", calls)
    ]
    assert (
        found[6] == run(local, "hostile", calls[6:7])[0]
    )  # the reason names the file and line as it does here


def test_a_completion_that_is_stopped_keeps_its_level(pool: RayPool) -> None:
    calls: Calls = [{"completion": text, "reference": "a"} for text in ("a", "loop", "b")]
    (right,), (stopped,), (wrong,) = run(pool, "climbs", calls)
    assert (right.value, stopped.value, stopped.cause, wrong.value) == (1.0, 0.5, "timeout", 0.5)


def test_what_a_grader_printed_comes_with_its_failure(pool: RayPool) -> None:
    ((score,),) = run(pool, "hostile", [{"completion": "os exit"}])
    assert "last words" in score.output + score.reason


def test_a_group_is_one_call_with_a_score_for_each_completion(pool: RayPool) -> None:
    groups = {"q1": ["a", "bb"], "q2": ["hang", "c", "d"], "q3": ["ee", "f"]}
    items = [
        Item(text, {"reference": ""}, group=name, members=len(texts))
        for name, texts in groups.items()
        for text in texts
    ]
    scores = Scorer(pool=pool).score(GRADERS["longest"], items)
    assert [score.value for score in scores] == [0, 1, None, None, None, 1, 0]
    assert {score.cause for score in scores[2:5]} == {"timeout"}


def test_ray_workers_killed_during_the_run_cost_no_result(pool: RayPool, tmp_path: Path) -> None:
    calls: Calls = [{"completion": str(index), "notes": str(tmp_path)} for index in range(120)]
    heard: list[int] = []

    def kill() -> None:
        for process in ray_processes(part="ray::score_chunk"):
            process.kill()

    # In the middle of chunks: some of their calls are made, and not yet told.
    thread = while_it_runs(
        kill, lambda: heard != [] and 3 <= len(list(tmp_path.iterdir())) - len(heard) <= 10
    )
    scores = run(pool, "noted", calls, heard)
    thread.join()
    assert scores == [(Score(index % 10 / 10),) for index in range(120)]
    assert sorted(heard) == list(range(120))
    assert (
        sum(note.stat().st_size for note in tmp_path.iterdir()) > 120
    )  # some were made twice, and told once


def test_a_scoring_worker_killed_during_the_run_costs_at_most_the_call_it_was_on(
    pool: RayPool, tmp_path: Path
) -> None:
    calls: Calls = [{"completion": str(index), "notes": str(tmp_path)} for index in range(40)]
    heard: list[int] = []
    part = "rewardkit.scoring.worker_main"
    thread = while_it_runs(lambda: ray_processes(part=part)[0].kill(), lambda: len(heard) > 3)
    scores = [scores[0] for scores in run(pool, "noted", calls, heard)]
    thread.join()
    lost = [index for index, score in enumerate(scores) if score.cause == "died"]
    assert len(lost) <= 1
    assert all(score.value == index % 10 / 10 for index, score in enumerate(scores) if index not in lost)


def test_a_call_that_keeps_ending_its_ray_worker_is_given_up_and_the_others_are_kept(pool: RayPool) -> None:
    calls: Calls = [{"completion": text} for text in ("fine", "kill", "fine", "fine")]
    scores = [scores[0] for scores in run(pool, "ends_its_ray_worker", calls)]
    assert [score.value for score in scores] == [0.5, None, 0.5, 0.5]
    assert scores[1].cause == "died"
    assert scores[1].reason.startswith("4 Ray workers ended while they scored it")


def test_a_node_with_another_version_of_the_grader_is_refused(pool: RayPool, write: WriteFile) -> None:
    text = "from rewardkit import reward\n\n@reward\ndef exact(completion: str) -> bool:\n    return completion == '{}'\n"
    (grader,) = collect([str(write("changed.py", text.format("a")))])
    write("changed.py", text.format("b"))
    with pytest.raises(
        GraderError, match=rf"on the node {os.uname().nodename}: .*another version"
    ) as refused:
        pool.run(grader, ref(grader), [{"completion": "a"}])
    assert grader.fingerprint in str(refused.value)
    assert len(re.findall(r"\b[0-9a-f]{16}\b", str(refused.value))) == 2
    assert "same code, Python and package versions" in str(refused.value)


def test_a_node_without_the_file_is_refused(pool: RayPool, write: WriteFile) -> None:
    file = write(
        "absent.py",
        "from rewardkit import reward\n\n@reward\ndef one(completion: str) -> float:\n    return 1\n",
    )
    (grader,) = collect([str(file)])
    place = ref(grader)
    file.unlink()
    with pytest.raises(GraderError, match=r"on the node .*absent\.py: no such file.*working_dir"):
        pool.run(grader, place, [{"completion": "a"}])


def test_a_value_that_cannot_be_sent_is_an_error_here(pool: RayPool) -> None:
    with pytest.raises(DataError, match="cannot be sent"):
        run(pool, "hostile", [{"completion": lambda: None}])


def test_standard_output_stays_ours(pool: RayPool, capfd: pytest.CaptureFixture[str]) -> None:
    run(pool, "printer", [{"completion": "a"}])
    assert capfd.readouterr() == ("", "")


def test_ray_leaves_this_process_alone(pool: RayPool) -> None:
    run(pool, "seeded", SEEDED[:1])
    assert "ray" not in sys.modules or not sys.modules["ray"].is_initialized()
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL
    assert not (Path.home() / ".ray" / "auth_token").exists() or "RAY_AUTH_MODE" in os.environ


def test_a_folder_that_nodes_do_not_share_is_sent_to_them(write: WriteFile, tmp_path: Path) -> None:
    file = write(
        "project/graders/lists.py",
        """
        from pathlib import Path

        from helpers import upper
        from rewardkit import reward


        @reward
        def listed(completion: str) -> bool:
            return upper(completion) in Path("data/list.txt").read_text().split()
        """,
    )
    write("project/graders/helpers.py", "def upper(text):\n    return text.upper()\n")
    write("project/data/list.txt", "A B")
    os.chdir(tmp_path / "project")
    (grader,) = collect([str(file)])
    place = ref(grader)
    pool = RayPool(1, working_dir=tmp_path / "project")
    try:
        assert pool.run(grader, place, [{"completion": "a"}]) == [(Score(1.0),)]
        shutil.move(tmp_path / "project", tmp_path / "moved")  # the nodes go on with what they were sent
        found = pool.run(grader, place, [{"completion": "b"}, {"completion": "c"}])
        assert found == [(Score(1.0),), (Score(0.0),)]
    finally:
        pool.close()


def test_a_grader_outside_the_folder_that_is_sent_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"ray_graders\.py is not in working_dir"):
        run(RayPool(1, working_dir=tmp_path), "slow", [{"completion": "0"}])


@pytest.mark.parametrize("part", ["gcs_server", pytest.param("raylet/raylet", marks=pytest.mark.soak)])
def test_a_cluster_that_goes_away_stops_the_run(part: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_gcs_rpc_server_reconnect_timeout_s", "3")
    others = ray_processes()
    pool = RayPool(1)
    run(pool, "slow", [{"completion": "0"}])
    running = [process for process in ray_processes() if process not in others]
    files = folders(running)
    next(process for process in running if part in command(process)).kill()
    with pytest.raises(GuardStop, match=r"the Ray cluster went away .* goes on from there"):
        run(pool, "slow", [{"completion": f"2.{index}"} for index in range(15)])
    assert_gone(running)
    assert files
    assert not any(Path(file).exists() for file in files)


def test_nothing_remains_of_ray_when_its_caller_is_killed(tmp_path: Path) -> None:
    script = tmp_path / "caller.py"
    script.write_text(
        "import sys\nfrom rewardkit import Item, Scorer, collect\nfrom rewardkit.scoring.ray_pool import RayPool\n"
        f"(slow,) = collect(['{HERE / 'ray_graders.py'}:slow'])\n"
        "scorer = Scorer(pool=RayPool(1))\n"
        "scorer.score(slow, [Item('0', {})])\nprint('ready', flush=True)\nscorer.score(slow, [Item('60', {})])\n"
    )
    caller = subprocess.Popen([sys.executable, str(script)], stdout=subprocess.PIPE)
    assert caller.stdout is not None
    assert caller.stdout.readline() == b"ready\n"
    time.sleep(0.5)
    running = ray_processes(caller.pid)
    files = folders(running)
    caller.kill()
    caller.communicate()
    assert_gone(running, within=40)
    assert files
    assert not any(Path(file).exists() for file in files)


def test_without_ray_the_error_says_what_to_install() -> None:
    code = "import sys; sys.modules['ray'] = None\nfrom rewardkit.scoring.ray_pool import RayPool\nRayPool()"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert "MissingExtra: this needs the package 'ray'" in done.stderr
    assert "pip install 'rewardkit-rft[ray]'" in done.stderr


@pytest.fixture
def cluster(pool: RayPool, monkeypatch: pytest.MonkeyPatch) -> str:
    """The address of a cluster that is not its user's to end: the other pool's."""
    for name, value in PASSWORD.items():
        monkeypatch.setenv(name, value)
    run(pool, "seeded", SEEDED[:1])
    (address,) = set(re.findall(r"--gcs-address=(\S+)", command(ray_processes(part="raylet/raylet")[0])))
    return str(address)


def test_a_cluster_that_was_there_is_used_and_left_as_it_was(
    pool: RayPool, cluster: str, local: WorkerPool, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = ray_processes(part="raylet/raylet")
    monkeypatch.setenv("RAY_ADDRESS", cluster)
    for guest in (RayPool(1, cluster), RayPool()):
        assert run(guest, "seeded", SEEDED) == run(local, "seeded", SEEDED)
        guest.close()
    assert run(pool, "seeded", SEEDED[:9]) == run(local, "seeded", SEEDED[:9])
    assert ray_processes(part="raylet/raylet") == before


def test_the_example_of_the_guide_runs(cluster: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAY_ADDRESS", cluster)
    root = HERE.parents[1]
    monkeypatch.chdir(root)
    (code,) = re.findall(r"^```py\n(.*?)^```", (root / "docs/ray.md").read_text(), re.MULTILINE | re.DOTALL)
    exec(compile(code, "ray.md", "exec"), {})


def test_a_cluster_without_news_stops_the_run(cluster: str) -> None:
    guest = RayPool(1, cluster, patience=2)
    with pytest.raises(GuardStop, match="no news from the Ray cluster for 2 s; it has 2 processors"):
        run(guest, "slow", [{"completion": "0"}, {"completion": "30"}])


def test_an_address_where_no_cluster_is_is_an_error() -> None:
    with pytest.raises(ConfigError, match=r"Ray cannot connect to 127\.0\.0\.1:1"):
        run(RayPool(address="127.0.0.1:1"), "seeded", SEEDED[:1])
