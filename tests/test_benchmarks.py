from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any

import pytest

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def run(name: str, *arguments: object, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, BENCHMARKS / name, *map(str, arguments)],
        capture_output=True,
        text=True,
        env={**os.environ, **environment},
        timeout=300,
    )


@pytest.mark.parametrize("path", sorted(BENCHMARKS.glob("*.py")), ids=lambda path: path.name)
def test_every_benchmark_offers_json_and_quick(path: Path) -> None:
    done = run(path.name, "--help")
    assert done.returncode == 0, done.stderr
    assert "--json" in done.stdout
    assert "--quick" in done.stdout


@pytest.fixture(scope="module")
def figures() -> dict[str, Any]:
    done = run("scoring.py", "--quick", "--json", "--peers", "none")
    assert done.returncode == 0, done.stderr
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


@pytest.mark.soak
@pytest.mark.parametrize(
    "key",
    [
        "inline_us_64",
        "floor_us_64",
        "process_parent_us_4096",
        "parallel_efficiency_50ms",
        "parallel_efficiency_50ms_sleep",
        "first_answer_s",
    ],
)
def test_scoring_measures(figures: dict[str, Any], key: str) -> None:
    assert 0 < figures[key] < 1000


@pytest.mark.soak
def test_scoring_without_peers_says_which_were_left_out(figures: dict[str, Any]) -> None:
    assert list(figures["peers_us_64"]) == ["trl"]
    assert {"verifiers", "verifiers_v1", "inspect_ai", "eval_protocol", "openevals", "pebble", "loky"} == set(
        figures["left_out"]
    )


@pytest.mark.slow
def test_a_missing_peer_is_named_and_nothing_is_measured(tmp_path: Path) -> None:
    # environments that claim to be complete and are empty, as after someone removed a package
    for requirements in (BENCHMARKS / "peers").glob("*.txt"):
        folder = tmp_path / f"peers-{requirements.stem}"
        venv.create(folder, symlinks=True)
        (folder / "requirements.txt").write_bytes(requirements.read_bytes())
    done = run("scoring.py", "--quick", "--json", "--environments", tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "peer 'verifiers' cannot be measured" in done.stderr
    assert "No module named 'verifiers'" in done.stderr


@pytest.mark.slow
def test_without_a_network_the_peers_are_named(tmp_path: Path) -> None:
    done = run("scoring.py", "--json", "--environments", tmp_path, PIP_NO_INDEX="1", PIP_FIND_LINKS="")
    assert done.returncode == 2
    assert done.stdout == ""
    assert "verifiers==0.1.14, inspect-ai" in done.stderr
    assert "cannot be made" in done.stderr
    assert "--peers none" in done.stderr
    assert list(tmp_path.iterdir()) == []  # half an environment is no environment


def test_a_folder_without_the_questions_is_named(tmp_path: Path) -> None:
    done = run("sql.py", tmp_path, "--json", "--quick", "--parts", "golds")
    assert done.returncode == 2
    assert f"{tmp_path / 'databases'} is not there" in done.stderr


def test_the_sql_benchmark_measures_questions_in_the_form_of_the_public_ones(tmp_path: Path) -> None:
    (tmp_path / "databases").mkdir()
    (tmp_path / "databases" / "pets.sql").write_text(
        "CREATE TABLE pets (id INTEGER PRIMARY KEY, kind TEXT, age INTEGER);"
        "INSERT INTO pets VALUES (1, 'cat', 3), (2, 'dog', 9), (3, 'cat', 12);"
    )
    for name in ("instruct_advanced", "instruct_basic", "questions_gen"):
        (tmp_path / f"{name}_postgres.csv").write_text(
            "db_name,query_category,question,query\npets,x,Which are old?,SELECT id FROM pets WHERE age > 5\n"
        )
    done = run("sql.py", tmp_path, "--json", "--parts", "golds,gaming")
    assert done.returncode == 0, done.stderr + done.stdout
    figures = json.loads(done.stdout)
    assert figures["golds"]["counts"]["full marks against itself"] == 3
    assert figures["gaming"]["table"]["SELECT 1"]["mean"] < 0.06


def test_the_overlap_benchmark_finds_what_it_planted_and_accuses_no_other() -> None:
    done = run("overlap.py", "--quick", "--json")
    assert done.returncode == 0, done.stderr
    ours = json.loads(done.stdout.splitlines()[-1])["rewardkit"]
    assert ours["accused"] == 0
    assert ours["found"] == {"exact": "5 of 5", "near": "1 of 1", "inside": "5 of 5"}
