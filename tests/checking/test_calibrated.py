"""RK321 and RK322: what `rewardkit test` says of a rubric's calibration, and that one whose bar fails is not trained with."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import pytest
from command_line import rewardkit
from labelled_replies import graders, labels
from writing import WriteFile

from rewardkit import collect
from rewardkit.checking import known_rows, lock
from rewardkit.checking.calibrated import calibrated
from rewardkit.checking.results import Finding
from rewardkit.checking.trials import Material
from rewardkit.errors import GraderError
from rewardkit.grader import Grader
from rewardkit.judging.calibration import calibrate
from rewardkit.judging.calibration_file import write_calibration
from rewardkit.judging.declared import declared_of
from rewardkit.judging.judged_labels import JudgedLabels, criteria_of, labelled_in
from rewardkit.judging.label_file import read_labels
from rewardkit.trainer.jobs import prepare
from rewardkit.trainer.settings.config import load_config

KEPT = "reply.calibration.json"
BAR = "min_kappa=0.6"


def rubric(write: WriteFile, options: str = BAR, file: str = "graders.py") -> Grader:
    write(file, graders(options))
    return next(grader for grader in collect([file]) if grader.kind == "rubric")


def calibrated_on(write: WriteFile, grader: Grader, lines: str) -> None:
    """What `rewardkit calibrate` keeps, without its processes."""
    path = write("labels.jsonl", lines)
    given = read_labels(path).verdicts
    labelled = labelled_in(given)
    criteria, judged = criteria_of(grader, labelled), JudgedLabels()
    for one in labelled:
        judged.add(criteria, one, grader.score(one.completion, **one.sample.columns))
    found = calibrate(criteria, given, judged.verdicts, min_kappa=declared_of(grader).min_kappa)
    write_calibration(grader, found, path, judged.unscored)


def findings(grader: Grader) -> list[Finding]:
    return list(calibrated(Material(grader, known_rows(grader), 0)))


def test_a_missing_or_outdated_calibration_fails(write: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    grader = rubric(write)
    (finding,) = findings(grader)
    assert (finding.id, finding.severity, finding.facts) == ("RK321", "fail", (f"there is no {KEPT}",))
    assert finding.expected == "what `rewardkit calibrate graders.py:reply LABELS` writes"
    calibrated_on(write, grader, labels(60))
    Path("sub").mkdir()
    Path(f"sub/{KEPT}").write_bytes(Path(KEPT).read_bytes())
    for options in ("min_kappa=0.5", "min_kappa=0.6, repeats=3"):
        (finding,) = findings(rubric(write, options, "sub/graders.py"))
        assert (finding.id, finding.severity) == ("RK321", "fail")
        assert finding.facts[0].startswith(f"sub/{KEPT}: it is of another version of the rubric (")
    Path(KEPT).write_text("{}")
    (finding,) = findings(grader)
    assert finding.facts[0].startswith(f"{KEPT}: no calibration: rubric: Field required; delete the file and")


def test_a_rubric_with_a_calibration_that_shows_its_bar_has_no_finding(write: WriteFile) -> None:
    grader = rubric(write)
    calibrated_on(write, grader, labels(60))
    assert findings(grader) == []
    assert findings(rubric(write, "", "free.py")) == []  # without a bar nothing is asked for


def test_another_judge_is_another_calibration(write: WriteFile, monkeypatch: pytest.MonkeyPatch) -> None:
    write(
        "reply.toml",
        "task = 'Grade.'\njudge = 'gpt-test'\nmin_kappa = 0.6\n[[criteria]]\nid = 'a'\ntext = 'A.'\n",
    )
    monkeypatch.setenv("OPENAI_BASE_URL", "http://one.example/v1")
    (grader,) = collect(["reply.toml"])
    one = {"id": "1", "prompt": "", "completion": "x", "rater": "r", "verdicts": {"a": "met"}}
    path = write("labels.jsonl", json.dumps(one) + "\n")
    found = calibrate(criteria_of(grader, labelled_in(read_labels(path).verdicts)), [], {}, min_kappa=0.6)
    write_calibration(grader, found, path, {})
    assert [finding.id for finding in findings(grader)] == ["RK322"]
    monkeypatch.setenv("OPENAI_BASE_URL", "http://two.example/v1")
    (finding,) = findings(grader)
    assert finding.id == "RK321"
    assert "it is of another judge (gpt-test@http://one.example/v1 " in finding.facts[0]
    assert "; now gpt-test@http://two.example/v1 " in finding.facts[0]
    monkeypatch.setenv("REWARDKIT_JUDGE", "other-model")
    (finding,) = findings(grader)
    assert finding.facts == (f"{KEPT} has no calibration with --judge other-model",)
    assert finding.expected == "what `rewardkit calibrate reply.toml LABELS --judge other-model` writes"


def test_labels_that_have_changed_only_warn_and_need_not_be_there(write: WriteFile) -> None:
    grader = rubric(write)
    calibrated_on(write, grader, labels(60))
    write("labels.jsonl", labels(61))
    (finding,) = findings(grader)
    assert (finding.id, finding.severity) == ("RK321", "warn")
    assert finding.facts == (f"{KEPT}: labels.jsonl has changed since",)
    Path("labels.jsonl").unlink()
    assert findings(grader) == []


def test_a_bar_that_is_not_met_fails_and_one_that_is_open_warns(write: WriteFile) -> None:
    grader = rubric(write)
    calibrated_on(write, grader, labels(90, wrong_every=3))
    (finding,) = findings(grader)
    assert (finding.id, finding.severity) == ("RK322", "fail")
    assert len(finding.facts) == 1
    assert finding.facts[0].startswith("cites: kappa 0.3")
    assert finding.facts[0].endswith(" over 90, min_kappa 0.6: not met")
    calibrated_on(write, grader, labels(10))
    (finding,) = findings(grader)
    assert (finding.id, finding.severity, len(finding.facts)) == ("RK322", "warn", 2)


def test_a_rubric_inside_a_combination_is_held_to_its_bar(write: WriteFile) -> None:
    write("graders.py", graders(BAR) + "\nfrom rewardkit import weighted\nboth = weighted((reply, 1.0))\n")
    both = next(grader for grader in collect(["graders.py"]) if grader.name == "both")
    assert [(finding.id, finding.where) for finding in findings(both)] == [("RK321", "graders.py:12")]


RUN = 'name = "r"\nmodel = "m"\ngrader = "graders.py:reply"\n[data]\ntrain = "train.jsonl"\nheldout = "heldout.jsonl"\n[grpo]\nmax_steps = 1\n'


def test_a_rubric_whose_bar_fails_is_not_locked_and_not_trained_with(write: WriteFile) -> None:
    grader = rubric(write)
    calibrated_on(write, grader, labels(60))
    write("run.toml", RUN)
    for place in ("train", "heldout"):
        write(f"{place}.jsonl", f'{{"id": "{place}", "prompt": "{place}", "policy": "P"}}\n')
    assert rewardkit("test", "graders.py", "--workers", "1").code == 0
    assert [entry.name for entry in lock.read_lock()] == ["reply"]
    assert prepare(load_config(Path("run.toml"))).grader.name == "reply"
    write("labels.jsonl", labels(90, wrong_every=3))
    assert rewardkit("calibrate", "graders.py", "labels.jsonl").code == 1
    assert lock.read_lock() == []
    lock.update([grader], [], today=datetime.date(2026, 3, 1))
    with pytest.raises(
        GraderError, match=r"min_kappa 0.6: not met"
    ):  # a lock of another folder, or of a combination
        prepare(load_config(Path("run.toml")))
    failed = rewardkit("test", "graders.py", "--fast")
    assert (failed.code, lock.read_lock()) == (1, [])
    assert "RK322 fail  its judge is not shown to agree with people as far as it must" in failed.out
    with pytest.raises(GraderError, match=r"rubric 'reply' .* has not passed its tests"):
        prepare(load_config(Path("run.toml")))
