"""A judge that is away in the middle of a training: it is waited for, and asked again about what is left."""

from __future__ import annotations

import contextlib
import datetime
import json
import random
import re
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import training_projects as projects
from command_line import rewardkit
from several_processes import ended, start

from rewardkit import Sample, Score, collect, reward
from rewardkit.chat_server import ChatServer, Reply, say
from rewardkit.checking import lock
from rewardkit.collecting import collect_grader
from rewardkit.errors import GuardStop
from rewardkit.runs.reading import read_metrics, read_results, read_times
from rewardkit.scoring import Item, Scorer
from rewardkit.trainer import run
from rewardkit.trainer.ranks import Ranks
from rewardkit.trainer.reward.outages import Patience, PatientScorer, left_to_ask

pytest.importorskip("trl")


class Heard:
    """A reporter that keeps the lines and the clocks, and may do something at a step."""

    def __init__(self, at: dict[int, Any] | None = None) -> None:
        self.lines: list[str] = []
        self.clocks: list[int] = []
        self._at = at or {}

    def say(self, text: str) -> None:
        self.lines.append(text)

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        if stage == "waiting for the judge":
            self.clocks.append(done)
        if stage == "rft" and done in self._at:
            self._at.pop(done)()


class Time:
    """A clock that only sleeping moves on."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self.slept: list[float] = []

    def now(self) -> float:
        return self.seconds

    def sleep(self, seconds: float) -> None:
        self.seconds += seconds
        self.slept.append(seconds)


@reward
def judged(completion: str) -> float:
    """Its scores are made up below."""
    return 0.0


@reward(group=True)
def compared(completions: list[str]) -> list[float]:
    """Likewise, of groups."""
    return [0.0] * len(completions)


AWAY = Score.unscored("judge_unavailable", "no connection to judge.example")
GOOD = Score(1.0)


def waited(
    told: Sequence[Score], answers: Sequence[Sequence[Score]], wait: float = 600
) -> tuple[Any, Heard, Time]:
    """What comes of a generation whose judge gives these answers one after the other, the last for ever."""
    heard, clock, left = Heard(), Time(), list(answers)
    patience = Patience(wait, 0.25, heard, clock.now, clock.sleep)

    def again() -> list[Score]:
        return list(left.pop(0) if len(left) > 1 else left[0])

    try:
        return patience.until_back("step 3", judged, [list(told)], again, Ranks())[0], heard, clock
    except GuardStop as error:
        return error, heard, clock


def test_it_asks_again_with_growing_pauses_until_the_judge_is_back() -> None:
    scores, heard, clock = waited([AWAY] * 4, [[AWAY] * 4, [AWAY, AWAY, GOOD, GOOD], [GOOD] * 4])
    assert scores == [GOOD] * 4
    assert clock.seconds == 1 + 2 + 4
    assert heard.clocks == [0, 1, 2, 3, 4, 5, 6, 7]
    assert heard.lines == [
        "warning: step 3: no judge answers (4 of 4 completions wait): no connection to judge.example; waiting for it, 600 s at most",
        "step 3: the judge answers again, after 7 s; the run goes on",
    ]


def test_it_stops_when_the_judge_does_not_come_back() -> None:
    error, _, clock = waited([AWAY] * 4, [[AWAY] * 4], wait=100)
    assert re.match(
        r"stopped at step 3: no judge has answered for 100 s \(4 of 4 completions wait\)", str(error)
    )
    assert "the same command goes on once it is back" in str(error)
    assert clock.seconds == 100


def test_a_few_that_were_not_judged_are_not_waited_for_nor_are_other_faults() -> None:
    few, broken = [AWAY, GOOD, GOOD, GOOD], [Score.unscored("error", "bug")] * 4
    for told in (few, broken):
        scores, heard, _ = waited(told, [[GOOD] * 4])
        assert (scores, heard.lines) == (told, [])


def test_without_patience_nothing_is_waited_for() -> None:
    scores, heard, _ = waited([AWAY] * 4, [[GOOD] * 4], wait=0)
    assert (scores, heard.lines) == ([AWAY] * 4, [])


def test_a_grader_of_groups_is_asked_about_whole_groups() -> None:
    items = [Item("a", {}, group=group) for group in "xxyy"]
    scores = [GOOD, GOOD, GOOD, AWAY]
    assert left_to_ask(judged, items, scores) == [3]
    assert left_to_ask(compared, items, scores) == [2, 3]


TWO = """
import json, os
from rewardkit import Sample, collect
from rewardkit.trainer.ranks import joined
from rewardkit.trainer.reward.outages import Patience
from rewardkit.trainer.reward.rewards import TrainingReward

with joined(timeout=60) as ranks:
    reward = TrainingReward(
        collect(["graders.py:away_on_rank_1"])[0], [Sample("q", "say", {})], ranks=ranks, patience=Patience(60)
    )
    rewards = reward(completions=["a", "b"], sample_index=[0, 0])
    calls = [line.split() for line in open("calls")] if ranks.rank == 0 else []
print(json.dumps([rewards, reward.window.unscored, sorted(calls)]))
"""
AWAY_ON_RANK_1 = """
import os
from rewardkit import Unscored, reward

@reward
def away_on_rank_1(completion: str) -> float:
    rank = os.environ["RANK"]
    with open("calls", "a") as calls:
        print(rank, completion, file=calls)
    asked = [line for line in open("calls") if line.split() == [rank, completion]]
    if rank == "1" and completion == "b" and len(asked) < 3:
        raise Unscored("no judge here", cause="judge_unavailable")
    return 1.0
"""


@pytest.mark.slow
def test_processes_wait_together_and_only_what_is_left_is_asked_about(tmp_path: Path) -> None:
    (tmp_path / "graders.py").write_text(AWAY_ON_RANK_1)
    (tmp_path / "two.py").write_text(TWO)
    both = ended(start(2, ["two.py"], tmp_path))
    assert [one.code for one in both] == [0, 0], [one.err for one in both]
    first, second = (json.loads(one.out) for one in both)
    assert first[:2] == second[:2] == [[1.0, 1.0], 0]
    assert first[2] == [["0", "a"], ["0", "b"], ["1", "a"], ["1", "b"], ["1", "b"], ["1", "b"]]


# a whole training on a rubric, whose judge goes away in the middle

CHOICES = ("none", "few", "many")
RUBRIC = """
task = "Grade a row of letters."
judge = "gpt-test"
min_kappa = 0.6
shortest = 0

[[criteria]]
id = "a"
text = "Has several letters a."
choices = ["none", "few", "many"]
"""
RUN = (
    projects.RUN.replace('grader = "graders.py:letters"', 'grader = "letters.toml"')
    .replace("[sft]\nlearning_rate = 1e-3\nnum_train_epochs = 2\n", "")
    .replace("max_steps = 6", "max_steps = 16")
    .replace("save_steps = 2", "save_steps = 4")
)


def of_people(answer: str) -> str:
    """What people say of a row of letters."""
    count = answer.count("a")
    return "many" if count > 3 else "few" if count else "none"


def of_judge(answer: str) -> str:
    """What the judge says: as people do, but for one answer in about thirty."""
    said = of_people(answer)
    wrong = random.Random(answer).random() < 1 / 30
    return CHOICES[(CHOICES.index(said) + 1) % 3] if wrong else said


def question(request: dict[str, Any]) -> tuple[str, str]:
    """The prompt and the answer that a request is about."""
    text = "\n".join(message["content"] for message in request["messages"])
    answer = re.search(r"ANSWER BEGINS =====\n(.*)\n=====", text, re.DOTALL)
    prompt = re.search(r"say \d*", text)
    assert answer is not None
    return prompt[0] if prompt else "", answer[1]


def judge(request: dict[str, Any]) -> Reply:
    return say(json.dumps({"a": of_judge(question(request)[1])}))


def labels(count: int) -> list[dict[str, Any]]:
    draw = random.Random(1)
    texts = ["".join(draw.choice("abc" if i % 3 else "aab") for _ in range(6)) for i in range(count)]
    return [
        {
            "id": f"l{i}",
            "prompt": "say",
            "completion": text,
            "rater": "ana",
            "verdicts": {"a": of_people(text)},
        }
        for i, text in enumerate(texts)
    ]


def rubric_project(
    home: Path, model: Path, server: ChatServer, monkeypatch: pytest.MonkeyPatch, guard: str = ""
) -> Path:
    """A project whose rubric is locked and whose judge agrees with people: the gate of the training is on."""
    monkeypatch.chdir(home)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    config = projects.project(home, model, run=RUN + guard)
    (home / "letters.toml").write_text(RUBRIC)
    projects.rows(home / "labels.jsonl", labels(90))
    calibrated = rewardkit("calibrate", "letters.toml", "labels.jsonl")
    assert calibrated.code == 0, calibrated.out + calibrated.err
    lock.update([collect_grader("letters.toml")], [], today=datetime.date(2026, 3, 1))
    return config


def away_for(server: ChatServer, seconds: float) -> threading.Thread:
    """The judge is gone when this returns, and back after so long."""
    gone = threading.Event()

    def stay_away() -> None:
        with server.down():
            gone.set()
            time.sleep(seconds)

    thread = threading.Thread(target=stay_away)
    thread.start()
    assert gone.wait(10)
    return thread


@pytest.mark.slow
@pytest.mark.parametrize("seconds", [6.0, pytest.param(30.0, marks=pytest.mark.soak)])
def test_a_training_on_a_rubric_outlasts_an_outage_of_its_judge(
    seconds: float, tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(judge) as server:
        config = rubric_project(tmp_path, model, server, monkeypatch)
        asked = len(server.requests)
        heard = Heard({6: lambda: away_for(server, seconds)})
        folder = run(config, reporter=heard)
        answered = [question(body) for body in server.requests[asked:]]
    assert len(set(answered)) == len(answered)  # nothing was asked about twice
    told = [line for line in heard.lines if "judge answers" in line]
    assert [line.partition(": ")[0] for line in told] == ["warning", "step 7"], heard.lines
    assert re.search(
        r"warning: step 7: no judge answers \(\d+ of 16 completions wait\): no connection to 127", told[0]
    )
    assert max(heard.clocks) >= 2

    steps = read_metrics(folder)
    assert [step.unscored for step in steps] == [0.0] * 16  # the outage has left no trace in the training
    rewards = [step.reward or 0.0 for step in steps]
    assert sum(rewards[-4:]) / 4 > sum(rewards[:4]) / 4 + 0.15
    assert [line.step for line in read_times(folder) if line.waiting > 0.1] == [7]
    held = [line for line in read_results(folder) if line.grader == "letters"]
    agree = [line.components[0].value == CHOICES.index(of_people(line.completion)) / 2 for line in held]
    assert sum(agree) / len(agree) > 0.85
    by_people = {
        stage: [CHOICES.index(of_people(line.completion)) for line in held if line.stage == stage]
        for stage in ("base", "rft")
    }
    assert sum(by_people["rft"]) > sum(by_people["base"])


@pytest.mark.slow
def test_a_judge_that_stays_away_stops_the_training_which_goes_on_when_it_is_back(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with ChatServer(judge) as server:
        config = rubric_project(tmp_path, model, server, monkeypatch, "\n[guard]\nwait = 2\n")
        gone = threading.Event()
        back = threading.Event()

        def stay_away() -> None:
            with server.down():
                gone.set()
                assert back.wait(120)

        thread = threading.Thread(target=stay_away)

        def leave() -> None:
            thread.start()
            assert gone.wait(10)

        with pytest.raises(GuardStop, match=r"stopped at step 7: no judge has answered for \d+ s"):
            run(config, reporter=Heard({6: leave}))
        back.set()
        thread.join()
        config.write_text(config.read_text().replace("wait = 2", "wait = 60"))  # it is the same run
        heard = Heard()
        folder = run(config, reporter=heard)
    assert "resuming rft from step 4 of 16" in heard.lines
    assert [step.step for step in read_metrics(folder)] == list(range(1, 17))
    assert (folder / "checkpoints/final").is_dir()


AWAY_ONCE = """
from pathlib import Path
from rewardkit import Unscored, reward

@reward(isolation="inline")
def away_once(completion: str) -> float:
    with open("asked", "a") as asked:
        print(completion, file=asked)
    if completion == "b" and Path("asked").read_text().count("b") == 1:
        raise Unscored("away", cause="judge_unavailable")
    return 1.0
"""


def test_the_reward_asks_again_through_the_scorer(write: Any) -> None:
    path = write("graders_away.py", AWAY_ONCE)
    from rewardkit.trainer.reward.rewards import TrainingReward

    clock = Time()
    patience = Patience(60, 0.0, Heard(), clock.now, clock.sleep)
    made = TrainingReward(collect([f"{path}:away_once"])[0], [Sample("q", "say", {})], patience=patience)
    state = SimpleNamespace(global_step=0, max_steps=1)
    assert made(completions=["a", "b"], sample_index=[0, 0], trainer_state=state) == [1.0, 1.0]
    assert (made.window.unscored, clock.seconds) == (0, 1.0)


AWAY_AT_FIRST = """
from pathlib import Path
from rewardkit import Unscored, reward

@reward(isolation="inline")
def away_at_first(completion: str) -> float:
    with open("asked", "a") as asked:
        print(completion, file=asked)
    times = Path("asked").read_text().split().count(completion)
    if times <= {"b": 1, "c": 2, "long": 99}.get(completion, 0):
        raise Unscored("away", cause="judge_unavailable")
    return 1.0
"""


def evaluated(write: Any, texts: Sequence[str], wait: float = 60) -> tuple[list[float | None], list[str]]:
    """What an evaluation makes of these answers, and what was said."""
    path = write("graders_away.py", AWAY_AT_FIRST)
    clock, heard = Time(), Heard()
    patience = Patience(wait, 0.05, heard, clock.now, clock.sleep)
    with Scorer(workers=1) as scorer:
        patient = PatientScorer(scorer, patience, "base greedy")
        scores = patient.score(collect([f"{path}:away_at_first"])[0], [Item(text, {}) for text in texts])
    return [score.value for score in scores], heard.lines


def test_an_evaluation_waits_until_the_judge_answers_and_asks_about_what_is_left(write: Any) -> None:
    values, lines = evaluated(write, ["a", "b", "c"])
    assert values == [1.0, 1.0, 1.0]
    assert Path("asked").read_text().split() == ["a", "b", "c", "b", "c", "c"]
    assert lines == [
        "warning: base greedy: no judge answers (2 of 3 completions wait): away; waiting for it, 60 s at most",
        "base greedy: the judge answers again, after 3 s; the run goes on",
    ]


def test_few_items_that_nobody_answers_about_stay_unscored_and_many_stop_the_run(write: Any) -> None:
    values, lines = evaluated(write, ["a", "long"])
    assert values == [1.0, None]
    assert lines[-1] == "warning: base greedy: they stay unscored, and the run goes on"
    assert evaluated(write, ["long"], wait=0) == ([None], [])
    with pytest.raises(GuardStop, match="stopped at base greedy: no judge has answered for 60 s"):
        evaluated(write, ["long"] * 8)


class AtStage(Heard):
    """A reporter that does something once when a stage begins."""

    def __init__(self, stage: str, do: Callable[[], object]) -> None:
        super().__init__()
        self._stage = stage
        self._do: Callable[[], object] | None = do

    def progress(self, stage: str, done: int, total: int, note: str = "") -> None:
        super().progress(stage, done, total, note)
        if stage == self._stage and self._do:
            do, self._do = self._do, None
            do()


@pytest.mark.slow
def test_an_evaluation_outlasts_an_outage_and_stops_before_one_that_lasts(
    tmp_path: Path, model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REWARDKIT_JUDGE_RETRY_SECONDS", "0.5")  # the judge's own patience is for minutes
    with ChatServer(judge) as server:
        config = rubric_project(tmp_path, model, server, monkeypatch, "\n[guard]\nwait = 2\n")
        config.write_text(config.read_text().replace("max_steps = 16", "max_steps = 4"))
        with contextlib.ExitStack() as away:
            gone = AtStage("base greedy", lambda: away.enter_context(server.down()))
            with pytest.raises(GuardStop, match="stopped at base greedy: no judge has answered"):
                run(config, reporter=gone)
        config.write_text(config.read_text().replace("wait = 2", "wait = 60"))  # it is the same run
        heard = AtStage("rft sampled", lambda: away_for(server, 5))
        folder = run(config, reporter=heard)
    told = [
        line.removeprefix("warning: ").partition(":")[0] for line in heard.lines if "judge answers" in line
    ]
    assert told == ["rft sampled"] * 2, heard.lines
    held = [line for line in read_results(folder) if line.grader == "letters"]
    assert {(line.stage, line.decoding) for line in held} == {
        (stage, decoding) for stage in ("base", "rft") for decoding in ("greedy", "sampled")
    }
    assert all(line.value is not None for line in held)
