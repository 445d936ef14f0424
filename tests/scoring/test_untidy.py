"""What a call leaves behind in its process is not charged to the calls after it."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from collections.abc import Callable
from pathlib import Path

import pytest

from rewardkit import Item, Score, Scorer, collect
from rewardkit.errors import GraderError

FIXTURE = Path(__file__).with_name("untidy_graders.py")
GRADERS = {grader.name: grader for grader in collect(str(FIXTURE))}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(
    "what", ["bomb", "virtual timer", "profiling timer", "hog", "folder", "memory", "clock"]
)
def test_the_calls_after_it_get_their_own_scores(what: str, workers: int) -> None:
    completions = ["tidy", what, *["tidy"] * 6]
    with Scorer(workers=workers) as scorer:
        items = [Item(text, {"here": str(Path.cwd())}) for text in completions]
        scores = scorer.score(GRADERS["leaves"], items, fresh=True)
    assert scores == [Score(1.0), Score(0.5), *[Score(1.0)] * 6]


def test_a_completion_is_not_blamed_for_memory_that_another_has_kept() -> None:
    with Scorer(workers=1) as scorer:
        kept, *others = scorer.score(
            GRADERS["climbs"], [Item("memory"), Item("one"), Item("two")], fresh=True
        )
    assert kept.value == 0.0
    assert [(score.value, score.cause) for score in others] == [(1.0, None)] * 2


def test_a_grader_that_stops_the_clock_cannot_switch_off_the_deadline() -> None:
    with Scorer(workers=1) as scorer:
        items = [Item(text, {"here": "."}) for text in ("clock", "hang", "tidy")]
        stopped, hung, _ = scorer.score(GRADERS["leaves"], items)
    assert stopped == Score(0.5)
    assert (hung.value, hung.cause) == (None, "timeout")


@pytest.mark.parametrize("name", ["takes_one", "takes_one_here", "both_take"])
@pytest.mark.parametrize("workers", [1, 2])
def test_what_a_grader_does_to_a_list_of_its_row_does_not_reach_the_next_call(
    name: str, workers: int
) -> None:
    options = list("abcdefgh")  # the rows of a sample share it
    with Scorer(workers=workers) as scorer:
        scores = scorer.score(GRADERS[name], [Item(f"{n}", {"options": options}) for n in range(12)])
    assert [score.value for score in scores] == [0.8] * 12
    assert len(options) == 8


def test_a_file_that_scores_when_it_is_imported_is_refused_and_starts_no_chain(tmp_path: Path) -> None:
    script = tmp_path / "nomain.py"
    script.write_text(
        textwrap.dedent("""
            from rewardkit import Item, Scorer, reward

            @reward
            def same(completion, reference):
                return completion == reference

            with Scorer(workers=1) as scorer:
                print(scorer.score(same, [Item("7", {"reference": "7"})]))
        """)
    )
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert ran.returncode != 0
    assert "if __name__ == '__main__'" in ran.stderr


def test_a_column_that_an_item_lacks_is_an_error_before_anything_runs(write: Callable[..., Path]) -> None:
    write("g.py", "from rewardkit import reward\n@reward\ndef same(completion, reference): return True\n")
    (grader,) = collect("g.py")
    with Scorer(workers=1) as scorer, pytest.raises(GraderError, match="asks for 'reference'"):
        scorer.score(grader, [Item("7", {"ref": "7"})])
    with pytest.raises(GraderError, match="asks for 'reference'"):
        grader.score("7", ref="7")


def test_a_text_is_no_list_of_completions() -> None:
    with pytest.raises(TypeError, match="a list of completions"):
        GRADERS["takes_one"].score_group("abc", options=["a"])
