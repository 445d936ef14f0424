"""What a calibration looks like in the terminal."""

from __future__ import annotations

import re

import pytest

from rewardkit.cli.calibration import print_calibration
from rewardkit.judging.calibration import calibrate
from rewardkit.judging.criteria import Criterion
from rewardkit.judging.labels import VerdictLabel
from rewardkit.samples import Sample

CRITERIA = (
    Criterion("cites", "Names the section.", points=2),
    Criterion("tone", "How polite.", choices=("rude", "plain", "warm")),
)
BOTH = {"cites": "met", "tone": "warm"}


def label(number: int, verdicts: dict[str, str], rater: str = "ana", note: str = "") -> VerdictLabel:
    sample = Sample(f"t{number}", f"Question {number}", {}, None, f"labels.jsonl:{number}")
    return VerdictLabel(sample, f"Answer\n{number}\x1b[31m [bold]", rater, verdicts, note)


def judged(*answers: dict[str, str]) -> dict[tuple[str, str], list[dict[str, str]]]:
    return {
        (f"t{number}", f"Answer\n{number}\x1b[31m [bold]"): [answer]
        for number, answer in enumerate(answers, 1)
    }


def shown(capsys: pytest.CaptureFixture[str]) -> str:
    return "\n".join(line.rstrip() for line in capsys.readouterr().out.splitlines())


def test_a_few_labels_are_shown_as_too_few_with_the_disagreements_in_full(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    poor = {"cites": "unmet", "tone": "plain"}
    labels = [
        label(1, BOTH),
        label(1, BOTH, "ben", "names section 4"),
        label(2, poor),
        label(3, BOTH),
        label(3, {"cites": "unmet"}, "ben"),
        label(4, poor),
        label(5, BOTH),
    ]
    answers = judged({"cites": "unmet", "tone": "warm"}, poor, BOTH, {**poor, "tone": "warm"})
    reasons = {("t1", "Answer\n1\x1b[31m [bold]"): {"cites": "no section\nis named", "tone": "kind"}}
    print_calibration(calibrate(CRITERIA, labels, answers, min_kappa={"cites": 0.6}, reasons=reasons))
    assert (
        shown(capsys)
        == """\
criterion  n  agreement  constant  kappa (95 %)  alpha  with judge  met  unmet
cites      3       67 %      67 %  0.00           0.00        0.25  0 %  100 %
tone       4       75 %      50 %  0.50              \N{EN DASH}        0.56    \N{EN DASH}      \N{EN DASH}
constant: the agreement of a judge that always gives the people's most common verdict, whose kappa is 0. alpha: among people, then with the judge as one more rater. met, unmet: how much of what people found so the judge finds.
4 of 5 labelled completions judged, of 5 samples; raters: ana, ben
too few to trust: 4 completions are labelled and judged, 50 are needed; the intervals show how little is known
cites  left out: 1 without a majority of the people, 1 without a verdict of the judge
cites  min_kappa 0.6: too few to say
tone  left out: 1 without a verdict of the judge
without a bar, so that nothing is held to agree with people there: tone
score  over 3: off by 0.28 on average, judge minus people -0.17, correlation 0.50
score  people pass 1 (at 1 or more); AUROC of the judge's score 0.75

1. labels.jsonl:1 (t1): people 1.00, judge 0.33
   cites: people met (ana, ben), judge unmet
      judge: no section is named
   prompt: Question 1
   completion: Answer 1\N{SYMBOL FOR ESCAPE}[31m [bold]
   ben: names section 4

2. labels.jsonl:4 (t4): people 0.17, judge 0.33
   tone: people plain (ana), judge warm
   prompt: Question 4
   completion: Answer 4\N{SYMBOL FOR ESCAPE}[31m [bold]"""
    )


def test_enough_labels_have_intervals_and_no_warning(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    poor = {"cites": "unmet", "tone": "rude"}
    labels = [label(number, BOTH if number % 2 else poor) for number in range(1, 61)]
    answers = judged(*(BOTH if number % 2 or number < 10 else poor for number in range(1, 61)))
    print_calibration(calibrate(CRITERIA, labels, answers, min_kappa=0.3, most=0))
    text = shown(capsys)
    assert re.search(r"cites +60 +93 % +50 % +0\.87 \(0\.\d\d to 0\.\d\d\)", " ".join(text.split()))
    assert "too few" not in text
    assert "cites  min_kappa 0.3: met" in text
    assert "labels.jsonl:" not in text


def test_nothing_to_compare_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    print_calibration(calibrate(CRITERIA, [], {}))
    text = shown(capsys)
    assert "0 of 0 labelled completions judged, of 0 samples; raters: none" in text
    assert "score  no completion has every verdict of people and judge" in text
