"""Judges that are functions of a file: found beside the rubric, asked again when the file changes, and named when they are none."""

from __future__ import annotations

from pathlib import Path

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit import Item, Scorer, collect
from rewardkit.errors import GraderError
from rewardkit.judging.named import hosts_of

RUBRIC = """
task = "Grade a reply."
judge = "script:by_words.py:verdict"

[[criteria]]
id = "sorry"
text = "Says sorry."

[[criteria]]
id = "refund"
text = "Offers a refund."
"""
SCRIPT = """
def verdict(criterion, answer):
    if criterion.id in answer:
        return "met", f"it says {criterion.id}"
    return "unmet"
"""
ANSWERS = ["we are sorry indeed", "a refund is due", "we are sorry, a refund is due", "nothing at all"]


def test_a_script_beside_a_rubric_judges_in_a_worker(
    write: WriteFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write("rubrics/reply.toml", RUBRIC).parent
    write("rubrics/by_words.py", SCRIPT)
    (grader,) = collect([str(folder / "reply.toml")])
    with Scorer(workers=1) as scorer:
        scores = scorer.score(grader, [Item(answer, {}) for answer in ANSWERS])
    assert [score.value for score in scores] == [0.5, 0.5, 1.0, 0.0]
    assert [part.reason for part in scores[0].components] == ["it says sorry", "as the script says"]
    write(
        "rubrics/graders.py",
        """
        from rewardkit import Criterion, rubric

        @rubric(judge="script:by_words.py:verdict")
        def reply() -> list[Criterion]:
            "Grade a reply."
            return [Criterion("refund", "Offers a refund.")]
        """,
    )
    (grader,) = collect([str(folder / "graders.py")])
    assert [grader.score(answer).value for answer in ANSWERS] == [0.0, 1.0, 1.0, 0.0]


def test_a_script_given_on_the_command_line_is_one_of_the_current_folder(write: WriteFile) -> None:
    rubric = write("rubrics/reply.toml", RUBRIC)
    write("strict.py", "def none(criterion, answer):\n    return 'unmet'\n")
    write("answers.jsonl", '{"prompt": "p", "completion": "we are sorry indeed"}\n')
    ran = rewardkit("grade", "answers.jsonl", "-g", rubric, "--judge", "script:strict.py:none", "--run", "a")
    assert ran.code == 0
    assert '"value":0.0' in Path("runs/a/results.jsonl").read_text().replace(" ", "")


@pytest.mark.parametrize(
    ("judge", "said"),
    [
        ("script:by_words.py", "write script:FILE.py:FUNCTION"),
        ("script:by_wards.py:verdict", "no such file.*by_words.py"),
        ("script:by_words.py:verdicts", "no function 'verdicts'"),
        ("script:broken.py:verdict", "broken.py"),
    ],
)
def test_a_script_that_is_none_is_named(write: WriteFile, judge: str, said: str) -> None:
    write("by_words.py", SCRIPT)
    write("broken.py", "import nothing_of_that_name\n")
    path = write("reply.toml", RUBRIC.replace("script:by_words.py:verdict", judge))
    (grader,) = collect([str(path)])
    with pytest.raises(GraderError, match=said):
        hosts_of([grader])  # which every verb asks first
    assert grader.score("some words here").cause == "error"
