"""Graders written in TOML."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from rewardkit import Grader, Item, Scorer, collect
from rewardkit.cases import Case, Probe
from rewardkit.declaring import is_grader_file
from rewardkit.errors import GraderError

TWO = """
[coverage]
use = "label"
description = "Which way the claim goes."
labels = ["covered", "excluded"]
timeout = 3
isolation = "process"

[[coverage.case]]
completion = "Covered, section 2."
reference = "covered"
expect = 1

[[coverage.probe]]
completion = "covered or excluded"
reference = "covered"
ceiling = 0

[claim]
use = "json_fields"
pass_at = 0.9

[claim.fields]
coverage = { type = "label", labels = ["covered", "excluded"], weight = 3 }
amount.paid = { type = "number", tolerance = 0.5 }
"""

Collect = Callable[[str], list[Grader]]


@pytest.fixture
def declared(tmp_path: Path) -> Collect:
    """Collect the graders of a TOML text."""

    def from_text(text: str) -> list[Grader]:
        path = tmp_path / "graders.toml"
        path.write_text(text, encoding="utf-8")
        return collect([str(path)])

    return from_text


def message(declared: Collect, text: str) -> str:
    with pytest.raises(GraderError) as caught:
        declared(text)
    return str(caught.value)


def test_every_table_is_a_grader_with_its_name_line_and_description(declared: Collect) -> None:
    coverage, claim = declared(TWO)
    assert (coverage.name, coverage.line, coverage.doc) == ("coverage", 2, "Which way the claim goes.")
    assert (claim.name, claim.line) == ("claim", 19)


def test_options_stand_beside_settings(declared: Collect) -> None:
    coverage, claim = declared(TWO)
    assert (coverage.options.timeout, coverage.options.isolation, coverage.options.answer) == (
        3,
        "process",
        "label",
    )
    assert claim.options.pass_at == 0.9


def test_settings_reach_the_grader(declared: Collect) -> None:
    coverage, claim = declared(TWO)
    assert coverage.score("It is covered.", reference="covered").value == 1
    reference = {"coverage": "covered", "amount": {"paid": 10}}
    assert (
        claim.score('{"coverage": "excluded", "amount": {"paid": 10.4}}', reference=reference).value == 0.25
    )


def test_cases_and_probes_carry_their_own_lines(declared: Collect) -> None:
    coverage, _ = declared(TWO)
    case, probe = coverage.marks
    assert (type(case), case.where.rpartition(":")[2]) == (Case, "9")
    assert (type(probe), probe.where.rpartition(":")[2]) == (Probe, "14")


def test_more_cases_are_read_from_the_file_beside(declared: Collect, tmp_path: Path) -> None:
    (tmp_path / "coverage.cases.jsonl").write_text(
        '{"completion": "excluded", "reference": "covered", "expect": 0}\n', encoding="utf-8"
    )
    coverage, _ = declared(TWO)
    assert len(coverage.marks) == 3


def test_a_grader_of_a_toml_file_runs_in_a_worker_process(declared: Collect) -> None:
    coverage, _ = declared(TWO)
    with Scorer(workers=1) as scorer:
        scores = scorer.score(
            coverage, [Item(text, {"reference": "covered"}) for text in ("covered", "excluded")]
        )
    assert [score.value for score in scores] == [1, 0]


def test_one_grader_of_a_file_is_chosen_by_its_name(declared: Collect, tmp_path: Path) -> None:
    declared(TWO)
    assert [grader.name for grader in collect([f"{tmp_path / 'graders.toml'}:claim"])] == ["claim"]


def test_changed_settings_change_the_fingerprint(declared: Collect) -> None:
    before = declared(TWO)[1].fingerprint
    assert declared(TWO.replace("tolerance = 0.5", "tolerance = 0.6"))[1].fingerprint != before
    assert declared(TWO)[1].fingerprint == before


def test_an_installed_grader_without_settings_can_be_named(declared: Collect) -> None:
    (query,) = declared('[query]\nuse = "text_to_sql"\ntimeout = 4\n')
    assert (query.kind, query.options.timeout, query.options.runs_completion) == ("partial_credit", 4, True)


@pytest.mark.parametrize(
    ("text", "line", "said"),
    [
        ('[a]\nuse = "lable"\n', 2, "Did you mean 'label'?"),
        (
            '[a]\nuse = "label"\nlabel = ["x", "y"]\n',
            3,
            "unknown key 'label' for 'label'; its settings: labels, ignore_case",
        ),
        ('[a]\nuse = "label"\nlabels = "x"\n', 3, "labels='x'; allowed: a list of 2 or more"),
        ('[a]\nuse = "number"\ntimeout = -1\n', 3, "timeout=-1 must be a number of seconds above 0"),
        ('[a]\nuse = "json_fields"\n[a.fields]\nx = "text"\ny = "nmber"\n', 5, "fields.y.type='nmber'"),
        ('[a]\nuse = "label"\n[[a.case]]\ncompletion = "x"\n', 3, "a case needs 'completion' and 'expect'"),
        ('[due]\nuse = "number"\n[[deu.case]]\ncompletion = "x"\n', 3, "[deu] declares no grader: it needs"),
        ('[due]\nuse = "number"\n[[deu.case]]\ncompletion = "x"\n', 3, "Did you mean 'due'?"),
        ('[a]\nuse = "number"\n[[a.case]]\ncompletion = "x"\nexpext = 1\n', 3, "Did you mean 'expect'?"),
        ('[a]\nuse = "label"\n[b]\nx = 1\n', 3, "[b] declares no grader"),
        ("[a]\nuse = \n", 2, "not valid TOML"),
    ],
)
def test_a_mistake_names_its_line_and_what_is_allowed(
    declared: Collect, tmp_path: Path, text: str, line: int, said: str
) -> None:
    told = message(declared, text)
    assert told.startswith(f"{tmp_path / 'graders.toml'}:{line}: ")
    assert said in told
    assert told.count("graders.toml") == 1


def test_only_files_with_a_use_are_grader_files(tmp_path: Path) -> None:
    for name, text in {
        "run.toml": "[train]\nsteps = 1\n",
        "broken.toml": "[",
        "graders.toml": '[a]\nuse = "label"\n',
    }.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert [is_grader_file(tmp_path / name) for name in ("run.toml", "broken.toml", "graders.toml")] == [
        False,
        False,
        True,
    ]
    assert [grader.name for grader in collect([str(tmp_path)])] == ["a"]
