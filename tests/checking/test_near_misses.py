"""Answers that are nearly right: which of them count against a grader, and which a fair grader may take for right."""

from __future__ import annotations

import itertools
import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from writing import WriteFile

from rewardkit import Scorer, collect
from rewardkit.checking import FAST, GraderReport, check_grader, known_rows, read_data
from rewardkit.checking.mutation import mutated_answers
from rewardkit.checking.trials import Material, Trial

UNHURRIED = replace(FAST, seconds=None)
"""A busy machine must not leave out what these tests look for."""

_numbers = itertools.count()


def check(write: WriteFile, body: str, rows: Sequence[dict[str, Any]], options: str = "") -> GraderReport:
    name = f"near{next(_numbers)}.py"  # a file is loaded once per process
    head = "import re\nfrom rewardkit import reward\n\n"
    options = options if "isolation" in options else f'isolation="inline"{options and ", " + options}'
    write(name, f"{head}@reward({options})\ndef grade(completion, reference):\n    {body}\n")
    (grader,) = collect([name])
    data = write("d.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    with Scorer(workers=1) as scorer:
        known = known_rows(grader, read_data(data.relative_to(Path.cwd()), {}))
        return check_grader(scorer, grader, known, level=UNHURRIED)


def found(report: GraderReport, check: str) -> list[tuple[str, str]]:
    """Severity of each finding of a check, with what was done to the right answer."""
    return [(f.severity, f.expected) for f in report.findings if f.id == check]


AMOUNTS = [
    {"prompt": "How many litres?", "reference": "0.2", "gold": "Answer: 0.2"},
    {"prompt": "How many tons?", "reference": "35", "gold": "Answer: 35"},
]
A_HUNDRED_TIMES = (
    "value = float((re.findall(r'-?\\d+(?:\\.\\d+)?', completion) or ['nan'])[-1])\n"
    "    return any(abs(value - float(reference) * f) < 1e-9 for f in (1, 0.01, 100))"
)


def test_a_hundred_times_as_much_is_wrong_where_nobody_speaks_of_shares(write: WriteFile) -> None:
    (breach,) = found(check(write, A_HUNDRED_TIMES, AMOUNTS), "RK114")
    assert breach == ("fail", "below 1 (a hundred times as much)")


def test_where_a_share_is_asked_for_it_may_be_in_per_cent(write: WriteFile) -> None:
    shares = [{**row, "prompt": "What share of the harvest?"} for row in AMOUNTS]
    assert found(check(write, A_HUNDRED_TIMES, shares), "RK114") == []


ACCEPTED = [
    {"reference": ["$1.5 million", "1.5 million dollars"], "gold": "$1.5 million"},
    {"reference": ["-4 °C", "-4 degrees"], "gold": "-4 °C"},
    {"reference": ["Ida", "Ida Lovelace"], "gold": "Ida"},
]
WITHOUT_SIGNS = (
    "plain = lambda text: re.sub(r'[^\\w\\s]', '', text).casefold()\n"
    "    return plain(completion) in [plain(text) for text in reference]"
)


def test_one_of_several_accepted_answers_is_made_wrong_too(write: WriteFile) -> None:
    ((severity, _),) = found(check(write, WITHOUT_SIGNS, ACCEPTED), "RK114")
    assert severity == "fail"
    exact = "return completion.strip().casefold() in [text.casefold() for text in reference]"
    assert found(check(write, exact, ACCEPTED), "RK114") == []


@pytest.mark.parametrize(("reference", "severity"), [("E11.9", "warn"), ("covered", "fail")])
def test_a_denied_code_is_still_named_but_a_denied_label_says_the_opposite(
    write: WriteFile, reference: str, severity: str
) -> None:
    others = ("I10", "J45.0") if reference == "E11.9" else ("excluded", "capped")
    rows = [{"prompt": "?", "reference": text, "gold": text} for text in (reference, *others)]
    last_word = "return completion.strip(' .').split(' ')[-1] == reference"
    report = check(write, last_word, rows, 'answer="label"')
    assert {each for each, what in found(report, "RK114") if "negated" in what} == {severity}
    assert {each for each, _ in found(report, "RK109")} == {severity}


def test_the_last_digit_of_a_measured_number_may_be_within_a_tolerance(write: WriteFile) -> None:
    rows = [{"prompt": "?", "reference": f"{n} kJ", "gold": f"{n} kJ"} for n in ("92.4", "18.36", "40.7")]
    within = (
        "found = re.fullmatch(r'(-?\\d+\\.\\d+) kJ', completion)\n"
        "    return bool(found) and abs(float(found[1]) / float(reference[:-3]) - 1) < 0.02"
    )
    assert found(check(write, within, rows), "RK114") == []


def test_an_echo_fails_where_it_passes_on_most_prompts_and_warns_where_on_few(write: WriteFile) -> None:
    rows = [
        {"prompt": f"Letter {n}: pay soon.", "reference": f"2024-03-{n:02}", "gold": f"2024-03-{n:02}"}
        for n in range(10, 18)
    ]
    few = "return completion == reference or completion in ('Letter 10: pay soon.', 'Letter 11: pay soon.')"
    assert [severity for severity, _ in found(check(write, few, rows), "RK105")] == ["warn"]
    most = "return completion == reference or completion.startswith('Letter')"
    assert [severity for severity, _ in found(check(write, most, rows), "RK105")] == ["fail"]


def test_a_prompt_that_states_the_date_in_another_writing_may_be_repeated(write: WriteFile) -> None:
    rows = [
        {"prompt": f"Pay by {n} March 2024. When?", "reference": f"2024-03-{n}", "gold": f"2024-03-{n}"}
        for n in (10, 11, 12)
    ]
    day = "return completion == reference or ('%d March 2024' % int(reference[-2:])) in completion"
    report = check(write, day, rows)
    assert found(report, "RK105") == []
    assert "RK105" in {line.id for line in report.skipped}


PROGRAMS = [
    {
        "prompt": "Write mean(xs).",
        "reference": "assert mean([1, 3]) == 2",
        "gold": "```python\ndef mean(xs):\n    return sum(xs) / len(xs)\n```",
    },
    {
        "prompt": "Write last(xs).",
        "reference": "assert last([1, 3]) == 3",
        "gold": "```python\ndef last(xs):\n    return xs[-1]\n```",
    },
]


def test_where_right_answers_are_programs_one_that_ends_its_process_is_tried(write: WriteFile) -> None:
    name = f"near{next(_numbers)}.py"
    write(
        name, "from rewardkit import reward\n\n@reward\ndef grade(completion, reference):\n    return False\n"
    )
    (grader,) = collect([name])
    data = write("d.jsonl", "".join(json.dumps(row) + "\n" for row in PROGRAMS))
    material = Material(grader, known_rows(grader, read_data(data, {})), 0, level=UNHURRIED)
    tried = {
        trial.expected.note: trial.completions[0]
        for trial in mutated_answers(material)
        if isinstance(trial, Trial)
    }
    assert "sys.exit(0)" in tried["ends its process with 0"]
    assert tried["ends its process with 0"].startswith("```python\n")


def test_powers_upon_powers_of_the_numbers_of_an_expression_are_tried(write: WriteFile) -> None:
    rows = [{"prompt": "Make 33 of 12, 4, 30.", "reference": 33, "gold": "30 + 12 / 4"}]
    body = (
        "if not re.fullmatch(r'{allowed}+', completion):\n        return 0.0\n"
        "    try:\n        return float(eval(completion, {{}}) == reference)\n"
        "    except Exception:\n        return 0.0"
    )
    options = 'isolation="process", timeout=1'
    name = f"near{next(_numbers)}.py"
    write(
        name,
        "import re\nfrom rewardkit import reward\n"
        + "".join(
            f"\n@reward({options})\ndef {grader}(completion, reference):\n    {body.format(allowed=allowed)}\n"
            for grader, allowed in (
                ("lets_powers_through", r"[-\d+*/() ]"),
                ("refuses", r"(?:[-\d+/() ]|\*(?!\*))"),
            )
        ),
    )
    data = write("d.jsonl", "".join(json.dumps(row) + "\n" for row in rows))
    samples = read_data(data.relative_to(Path.cwd()), {})
    with Scorer(workers=1) as scorer:
        endless = {
            grader.name: found(
                check_grader(scorer, grader, known_rows(grader, samples), level=UNHURRIED), "RK014"
            )
            for grader in collect([name])
        }
    assert [severity for severity, _ in endless["lets_powers_through"]] == ["fail"]
    assert endless["refuses"] == []
