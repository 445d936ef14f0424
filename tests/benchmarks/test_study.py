"""The seed study of benchmarks/study.py: its questions do not leak, its record survives a kill, and its verdicts follow the figures."""

from __future__ import annotations

import contextlib
import json
import os
import random
import subprocess
import sys
import time
import tomllib
import xml.etree.ElementTree as ElementTree
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from benchmarks.study_parts import graders, grid
from benchmarks.study_parts.figures import write_figures
from benchmarks.study_parts.findings import SETTINGS, Findings, Way
from benchmarks.study_parts.grid import Cell
from benchmarks.study_parts.measured import packed, unpacked
from benchmarks.study_parts.methods import BUDGET, METHODS, Tables, candidates, choosing_seeds, tables_of
from benchmarks.study_parts.orders import FLAWS, KINDS, applicable, write
from benchmarks.study_parts.record import Record, cell_line, choice_line
from benchmarks.study_parts.targets import RFT, findings
from benchmarks.study_parts.tasks import CHOOSING_SEEDS, Pool, task_named
from benchmarks.study_parts.training import toml_of
from benchmarks.study_parts.work import BaseJob, CellJob, ChoiceJob, jobs_of
from rewardkit import Grader
from rewardkit.calling import call

ROOT = Path(__file__).resolve().parents[2]
STUDY = ROOT / "benchmarks" / "study.py"
TASKS = [
    "orders",
    pytest.param("sql", marks=[pytest.mark.slow, pytest.mark.soak]),
]  # sql draws its questions for a minute


@pytest.mark.parametrize("name", TASKS)
def test_a_thousand_questions_are_held_out_and_no_prompt_is_in_two_pools(name: str) -> None:
    task = task_named(name)
    pools: dict[Pool, list[Any]] = task._pools()
    prompts = [question.prompt for pool in pools.values() for question in pool]
    assert len(pools["heldout"]) >= 1000
    assert len(prompts) == len(set(prompts)) == len(task.prompts())


@pytest.mark.parametrize("name", TASKS)
def test_settings_are_chosen_with_prompts_that_no_measured_training_has(name: str) -> None:
    task = task_named(name)
    measured = {q.prompt for seed in range(10) for q in task.train(200, seed)}
    chosen = {q.prompt for seed in range(CHOOSING_SEEDS, CHOOSING_SEEDS + 3) for q in task.train(50, seed)}
    held = {q.prompt for q in [*task.heldout(), *task.validation()]}
    assert not measured & chosen
    assert not (measured | chosen) & held


@pytest.mark.parametrize("name", TASKS)
def test_what_a_base_reads_asks_none_of_the_questions(name: str) -> None:
    task = task_named(name)
    pairs = task.pairs(3000, seed=1, harm="usual", forbidden=task.prompts())
    assert not {prompt for prompt, _ in pairs} & task.prompts()


def test_twelve_prompts_are_spread_over_the_kinds_and_those_of_few_kinds_are_not() -> None:
    task = task_named("orders")
    assert {q.kind for q in task.train(12, 0)} == set(KINDS)
    assert {q.kind for q in task.train(12, 0, few=True)} == set(task.few_kinds)
    assert [q.prompt for q in task.train(12, 0)] != [q.prompt for q in task.train(12, 1)]


@pytest.mark.parametrize("hand", ["own", "expert", "answer"])
def test_an_order_in_every_hand_earns_full_marks(hand: str) -> None:
    questions = task_named("orders").train(40, 0)
    assert {_value(graders.order, completion=q.golds[hand], reference=q.reference) for q in questions} == {
        1.0
    }


@pytest.mark.parametrize("flaw", FLAWS)
def test_every_mistake_of_the_teacher_costs_an_order_its_full_marks(flaw: str) -> None:
    rng = random.Random(0)
    orders = [make(rng, kind) for kind, make in KINDS.items() for _ in range(20)]
    hurt = [order for order in orders if flaw in applicable(order)]
    scores = [_value(graders.order, completion=write(order, frozenset({flaw})), reference=order.reference) for order in hurt]  # fmt: skip
    assert len(hurt) >= 40
    assert max(scores) < 1


def test_bare_rows_are_right_in_any_order_unless_the_question_asks_for_one() -> None:
    def rows(completion: str, ordered: bool) -> float:
        return _value(
            graders.rows_alone, completion=completion, reference=[["a", 1], ["b", 2]], ordered=ordered
        )

    assert (rows('[["b",2],["a",1]]', False), rows('[["b",2],["a",1]]', True)) == (1, 0)
    assert (rows('[["a",1]]', False), rows("a, 1", False), rows("7", False)) == (0, 0, 0)


def test_exact_sql_pays_for_right_rows_alone() -> None:
    def paid(sql: str) -> float:
        columns = {"reference": [["Pelican"]], "database": str(ROOT / "examples/text_to_sql/bikeshare.sql"), "ordered": False}  # fmt: skip
        return _value(graders.query_exact, completion=sql, **columns)

    right = "SELECT DISTINCT model FROM bikes WHERE kind = 'cargo'"
    assert paid(right) == 1
    assert (
        paid("SELECT model FROM bikes WHERE kind = 'cargo' AND 1 = 0"),
        paid("SELECT kind FROM bikes"),
        paid("bikes"),
    ) == (0, 0, 0)


@pytest.mark.parametrize("name", [name for name, method in METHODS.items() if method.reward])
@pytest.mark.parametrize("n", [6, 12, 50, 200])
def test_whatever_learns_from_completions_generates_equally_many(name: str, n: int) -> None:
    method = METHODS[name]
    for point in candidates(method) or [{}]:
        tables = tables_of(method, "ours", point, n, tokens=64)
        if method.raft:
            raft = tables["raft"]
            assert raft["rounds"] * raft["prompts"] * raft["num_generations"] == BUDGET
        else:
            grpo = tables["grpo"]
            used = grpo.get("num_iterations", 1)  # steps that are taken on a generation
            assert grpo["max_steps"] * grpo["per_device_train_batch_size"] == used * BUDGET


def test_the_tables_are_written_as_toml() -> None:
    tables = {
        "grpo": {"learning_rate": 5e-4, "max_steps": 16, "loss_type": "dr_grpo"},
        "raft.sft": {"packing": False},
    }
    read = tomllib.loads(toml_of({"name": 'a "b"'}, tables))
    assert read == {"name": 'a "b"', "grpo": tables["grpo"], "raft": {"sft": {"packing": False}}}


def test_bits_come_back_as_they_were_packed() -> None:
    bits = [random.Random(3).random() < 0.3 for _ in range(1064)]
    assert unpacked(packed(bits), 1064).tolist() == [float(bit) for bit in bits]


def test_every_prefix_of_the_core_has_all_methods_on_equally_many_seeds() -> None:
    cells = grid.core()
    assert len(cells) == len(set(cells))
    primary = [
        cell
        for cell in cells
        if cell.task == "sql" and cell.base in "ab" and not cell.few and cell.method != "base"
    ]
    seeds = {
        method: {c.seed for c in primary if c.method == method and c.base == "b"}
        for method in ("sft-own", "raft", "rft-partial")
    }
    assert all(found == set(range(10)) for found in seeds.values())
    assert max(cell.seed for cell in cells[: len(cells) // 4]) <= 2


def test_what_a_cell_needs_comes_before_it_and_what_is_done_is_not_asked_for_again(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.jsonl")
    cell = Cell("orders", "a", "sft-own")
    jobs = jobs_of([cell], record)
    points = candidates(METHODS["sft-own"])
    if isinstance(jobs[0], BaseJob):  # not built here yet
        del jobs[0]
    assert [type(job) for job in jobs] == [*[ChoiceJob] * 2 * len(points), CellJob]
    for place, point in enumerate(points):
        for seed in choosing_seeds(METHODS["sft-own"]):
            record.append(_tried(cell, place, seed, point, greedy=0.5 + 0.01 * place))
    record.append(_done(cell, greedy=[True] * 4, settings=points[0]))  # chosen before all were tried
    assert [job for job in jobs_of([cell], record) if not isinstance(job, BaseJob)] == [CellJob(cell)]
    record.append(_done(cell, greedy=[True] * 4, settings=points[-1]))
    assert not [job for job in jobs_of([cell], Record(record.path)) if not isinstance(job, BaseJob)]


def test_the_settings_that_are_chosen_did_best_on_validation(tmp_path: Path) -> None:
    record, cell = Record(tmp_path / "record.jsonl"), Cell("orders", "a", "sft-own")
    points, (first, second) = candidates(METHODS["sft-own"]), choosing_seeds(METHODS["sft-own"])
    for place, point in enumerate(points):
        assert record.chosen(cell.settings_key) is None
        record.append(_tried(cell, place, first, point, greedy=1.0 if place == 2 else 0.5))  # by luck
        record.append(_tried(cell, place, second, point, greedy=0.9 if place == 4 else 0.1))
    assert record.chosen(cell.settings_key) == points[4]
    assert record.chosen(replace(cell, base="b").settings_key) == points[4]  # both usual bases have the same
    assert record.chosen(replace(cell, base="low").settings_key) is None


def test_a_line_that_a_kill_cut_off_is_dropped_and_the_next_one_is_whole(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.jsonl")
    first, second = Cell("orders", "a", "sft-own"), Cell("orders", "a", "sft-own", seed=1)
    record.append(_done(first, greedy=[True]))
    with record.path.open("a") as file:
        file.write('{"kind": "cell", "cel')
    again = Record(record.path)
    assert list(again.cells) == [first]
    again.append(_done(second, greedy=[False]))
    assert list(Record(record.path).cells) == [first, second]


@pytest.mark.parametrize(
    ("partial", "exact", "verdict"), [(0.9, 0.5, "holds"), (0.757, 0.5, "on average"), (0.6, 0.5, "missed")]
)
def test_a_target_holds_where_the_interval_reaches_it(
    tmp_path: Path, partial: float, exact: float, verdict: str
) -> None:
    study = _study(tmp_path, "low", {"rft-partial": partial, "rft-exact": exact})
    (found,) = [each for each in findings(study) if each.what == "partial - exact, our scaling"]
    assert found.found.both.mean == pytest.approx(partial - exact, abs=0.02)
    assert found.verdict == verdict


def test_differences_are_taken_question_by_question_within_a_seed(tmp_path: Path) -> None:
    study = _study(tmp_path, "low", {"rft-partial": 0.9, "rft-exact": 0.9})
    setting = SETTINGS[4]
    found = study.difference(setting, RFT, RFT)
    assert found is not None
    assert (found.both.low, found.both.high) == (0, 0)


def test_only_kinds_that_were_not_trained_on_count_where_prompts_are_of_few_kinds(tmp_path: Path) -> None:
    record = Record(tmp_path / "record.jsonl")
    record.append(
        {"kind": "questions", "task": "orders", "heldout": "x", "kinds": [["plain", 6], ["voucher", 4]]}
    )
    for seed in range(3):
        record.append(
            _done(Cell("orders", "a", "sft-own", few=True, seed=seed), greedy=[True] * 6 + [False] * 4)
        )
    found = Findings(record).shares(SETTINGS[5], Way("sft-own"))
    assert found is not None
    assert found.means == (0, 0, 0)


def test_figures_stand_alone_as_xml(tmp_path: Path) -> None:
    study = _study(tmp_path, "low", {"base": 0.0, "sft-own": 0.4, "rft-partial": 0.9, "rft-exact": 0.5})
    paths = write_figures(study, tmp_path / "figures")
    assert [path.name for path in paths] == ["orders-low.svg"]
    text = "".join(ElementTree.parse(paths[0]).getroot().itertext())
    assert "rft-partial" in text
    assert "91 %" in text


@pytest.mark.slow
@pytest.mark.soak
def test_a_study_that_was_killed_goes_on_and_trains_nothing_twice(tmp_path: Path) -> None:
    record = tmp_path / "record.jsonl"
    command = [sys.executable, str(STUDY), "--smoke", "--workers", "1", "--record", str(record)]
    with subprocess.Popen(command, start_new_session=True) as begun:
        deadline = time.monotonic() + 900
        while not (record.is_file() and record.read_text().count('"kind": "cell"') >= 1):
            assert begun.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.2)
        begun.kill()
    _wait_for_the_end_of(begun.pid, 60)
    before = Record(record)
    subprocess.run(command, check=True, timeout=1800)
    after = Record(record)
    assert set(after.cells) == set(grid.smoke())
    lines = [line for line in map(json.loads, record.read_text().splitlines()) if line["kind"] != "base"]
    assert len(lines) == 1 + len(after.choices) + len(after.cells)  # the questions, and everything once
    assert all(after.cells[cell] == line for cell, line in before.cells.items())
    shown = subprocess.run([*command[:2], "--report", str(tmp_path), "--record", str(record)], check=True, capture_output=True, text=True)  # fmt: skip
    assert "Settings chosen" in shown.stdout


def _wait_for_the_end_of(group: int, seconds: float) -> None:
    """Until no process of the group is left: workers must not outlive the study."""
    deadline = time.monotonic() + seconds
    with contextlib.suppress(ProcessLookupError):
        while time.monotonic() < deadline:
            os.killpg(group, 0)
            time.sleep(0.2)
        pytest.fail(f"processes of the killed study are left after {seconds:g} s")


def _value(grader: Grader, **columns: Any) -> float:
    value = call(grader, columns).value
    assert value is not None
    return value


def _tried(cell: Cell, place: int, seed: int, point: Any, *, greedy: float) -> dict[str, Any]:
    found = {"greedy": greedy, "sampled": 0.1, "partial_greedy": 0.5, "generated": 0, "cpu": {"train": 1.0}}
    return choice_line(cell.settings_key, place, seed, point, found)


def _done(cell: Cell, *, greedy: list[bool], settings: Tables | None = None) -> dict[str, Any]:
    bits = packed(greedy)
    figures = {"greedy": sum(greedy) / len(greedy), "sampled": 0.0, "greedy_bits": bits, "sampled_bits": bits}
    return cell_line(
        cell,
        settings or {},
        "x",
        {**figures, "generated": 0, "steps": [], "cpu": {"train": 1.0, "measure": 1.0}},
    )


def _study(folder: Path, base: str, shares: dict[str, float]) -> Findings:
    """A record in which methods solved these shares of 1,000 orders on five seeds, give or take."""
    record = Record(folder / "made.jsonl")
    record.append({"kind": "questions", "task": "orders", "heldout": "x", "kinds": [["plain", 1000]]})
    rng = random.Random(0)
    for method, share in shares.items():
        scaling = "ours" if method.startswith("rft") else ""
        for seed in range(1 if method == "base" else 5):
            cell = Cell("orders", base, method, scaling=scaling, seed=seed)
            record.append(_done(cell, greedy=[rng.random() < share for _ in range(1000)]))
    return Findings(record)
