"""A rubric with a scripted judge, through the scorer and by hand."""

from __future__ import annotations

from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Criterion, Item, Scorer, collect, rubric
from rewardkit.checking import FAST, check_grader, known_rows
from rewardkit.errors import GraderError
from rewardkit.judging.judges import ScriptedJudge

FILE = Path(__file__).with_name("rubric_graders.py")
GRADERS = {grader.name: grader for grader in collect([str(FILE)])}


@pytest.fixture(autouse=True)
def in_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_verdicts_become_a_score_with_a_component_for_each_criterion() -> None:
    score = GRADERS["apology"].score("we are sorry , you stupid person", word="refund")
    assert score.value == 0.0
    assert [(part.name, part.value, part.weight) for part in score.components] == [
        ("sorry", 1.0, pytest.approx(1 / 3)),
        ("offers", 0.0, pytest.approx(2 / 3)),
        ("blames", 1.0, -1.0),
    ]
    assert score.reason == "blames (met): as the script says"


def test_it_is_graded_in_workers_like_any_other() -> None:
    texts = ["we are sorry and refund it", "we are sorry", "no way", "we refund it"]
    items = [Item(text, {"word": "refund"}) for text in texts]
    with Scorer(workers=2) as scorer:
        values = [score.value for score in scorer.score(GRADERS["apology"], items)]
    assert values == [1.0, pytest.approx(1 / 3), 0.0, pytest.approx(2 / 3)]


def test_its_cases_are_held_like_those_of_any_grader() -> None:
    with Scorer(workers=1) as scorer:
        grader = GRADERS["apology"]
        report = check_grader(scorer, grader, known_rows(grader), level=FAST)
    assert report.counts.cases == 3
    assert not [finding for finding in report.findings if finding.id == "RK100"]


def test_called_directly_it_gives_the_criteria() -> None:
    assert [criterion.id for criterion in GRADERS["apology"](word="x")] == ["sorry", "offers", "blames"]


@pytest.mark.parametrize("completion", ["", "  ", "yes", "<think>we are sorry and refund it</think>"])
def test_an_answer_of_a_word_or_none_is_sent_to_nobody(completion: str) -> None:
    asked: list[str] = []

    def script(criterion: Criterion, answer: str) -> str:
        asked.append(answer)
        return "met"

    @rubric(judge=ScriptedJudge(script))
    def kind() -> list[Criterion]:
        """Grade a reply."""
        return [Criterion("kind", "It is kind."), Criterion("rude", "It is rude.", points=-1)]

    assert kind.score(completion).value == 0.0
    assert asked == []
    assert kind.score("quite a kind reply").value == 0.0  # it meets the harm as well
    assert asked == ["quite a kind reply"] * 2


def test_a_panel_and_repeats_give_the_middle_verdict_and_say_how_many_agree() -> None:
    def says(verdict: str) -> ScriptedJudge:
        return ScriptedJudge(lambda criterion, answer: verdict, identity=verdict)

    @rubric(judge=[says("met"), says("unmet"), says("met")])
    def kind() -> list[Criterion]:
        """Grade a reply."""
        return [Criterion("kind", "It is kind.")]

    score = kind.score("a kind reply")
    assert score.value == 1.0
    assert score.components[0].reason == "(1 unmet, 2 met) as the script says"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("@rubric(judge='x')\ndef g(completion):\n    '''Task.'''\n", "must not ask for 'completion'"),
        ("@rubric(judge='x')\ndef g(policy):\n    pass\n", "needs a docstring: it is the judge's task"),
        ("@rubric(judge='x')\ndef g():\n    '''Task.'''\n    return 1\n", "must return a list of Criterion; got 1"),
        ("@rubric(judge='x', ask='al')\ndef g(a):\n    '''Task.'''\n", "ask='al' must be one of each, group, all. Did you mean 'all'"),
        ("@rubric(judge='x', repeats=0)\ndef g(a):\n    '''Task.'''\n", "repeats=0 must be a whole number, 1 or more"),
        ("@rubric(judge='x', jugde='y')\ndef g(a):\n    '''Task.'''\n", "unknown option 'jugde'"),
        ("@rubric(judge='x')\nasync def g(a):\n    '''Task.'''\n", "is not async"),
        (
            "@rubric(judge='x')\ndef g():\n    '''Task.'''\n    return [Criterion('a', 'x', points=-1)]\n",
            "no criterion has positive points",
        ),
    ],
)  # fmt: skip
def test_what_is_declared_wrongly_is_told_with_its_line(write: WriteFile, source: str, message: str) -> None:
    write("wrong.py", f"from rewardkit import Criterion, rubric\n\n{source}")
    with pytest.raises(GraderError, match=rf"wrong\.py:3\): .*{message}"):
        collect(["wrong.py"])


def test_without_a_judge_it_says_how_to_name_one() -> None:
    @rubric()
    def kind() -> list[Criterion]:
        """Grade a reply."""
        return [Criterion("kind", "It is kind.")]

    assert 'declare judge="gpt-4.1-mini"' in kind.score("a kind reply").reason
