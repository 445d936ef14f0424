"""The pytest plugin as a user's project meets it: plain `pytest` in a process of its own, with a folder of graders and no configuration."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from test_packaging import HEAVY, PROJECT

from rewardkit.cases import Case, Order
from rewardkit.pytest_plugin.names import names_of

ROOT = Path(__file__).resolve().parents[1]

TOTAL = r"""
    import re
    from rewardkit import case, order, probe, reward

    @case("The total is 42.", reference="42", expect=1)
    @case("I make it 41.", reference="42", expect=1)
    @order("no idea", "42", reference="42")
    @order("42", "no idea", reference="42")
    @probe("41, 42 or 43", reference="42")
    @case("raise\x00\ud800 [it]::now", reference="42", expect=0)
    @reward(answer="number")
    def total(completion: str, reference: str) -> bool:
        assert reference
        if "raise" in completion:
            print("about to raise")
            raise ValueError("what now?")
        numbers = re.findall(r"-?\d+(?:\.\d+)?", completion)
        return len(numbers) == 1 and float(numbers[0]) == float(reference)
"""
CASES = """
    {"completion": "7", "reference": "7", "expect": 1}
    {"completion": "8", "reference": "7", "expect": 1}
"""
LOOSE = """
    from rewardkit import case, reward

    @case("It is 42.", reference="42", expect=1)
    @reward(answer="number")
    def loose(completion: str, reference: str) -> bool:
        return reference in completion

    @reward
    def unproved(completion: str, reference: str) -> bool:
        return completion.strip() == reference
"""
LABEL = """
    [label]
    use = "label"
    labels = ["yes", "no"]

    [[label.case]]
    completion = "no"
    reference = "yes"
    expect = 1
"""
TESTS = """
    from rewardkit import Item, case, reward, score

    @case("a", reference="b", expect=1)
    @reward
    def here(completion, reference):
        assert reference
        return completion == reference

    def test_it():
        assert score(here, [Item("a", {"reference": "a"})])[0].value == 1
"""
STRAY = """
    from rewardkit import reward

    raise SystemExit("a file that nobody asked for was imported")

    @reward
    def stray(completion):
        return 1
"""

OTHERS_OFF = [word for name in ("cov", "anyio", "hypothesispytest") for word in ("-p", f"no:{name}")]

Pytest = Callable[..., "Ran"]


class Ran:
    """What a run of pytest said: exit code, text, the tests it named as failed or as erroneous."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.code = done.returncode
        self.out = done.stdout + done.stderr

    def named(self, word: str) -> list[str]:
        """The node ids of the lines of the summary that begin with FAILED or ERROR."""
        return re.findall(rf"^{word} (\S+)", self.out, re.MULTILINE)

    @property
    def totals(self) -> str:
        """`2 failed, 3 passed`, from the last line."""
        return self.out.rstrip().splitlines()[-1].strip("= ").rpartition(" in ")[0]


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Pytest:
    """`pytest ARGS` in a folder, where the plugin is installed as its entry point says."""
    site = tmp_path_factory.mktemp("site")
    info = site / "rewardkit_plugin_under_test-0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: rewardkit-plugin-under-test\nVersion: 0\n")
    points = PROJECT["project"]["entry-points"]["pytest11"]
    lines = [f"{name} = {value}\n" for name, value in points.items()]
    (info / "entry_points.txt").write_text("[pytest11]\n" + "".join(lines))
    path = os.pathsep.join([str(ROOT), str(site)])

    def run_pytest(folder: Path, *args: str) -> Ran:
        command = [sys.executable, "-m", "pytest", *OTHERS_OFF, *args]
        environment = {**os.environ, "PYTHONPATH": path, "COLUMNS": "200"}
        environment.pop("PYTEST_XDIST_WORKER", None)  # of the run that this test is in
        done = subprocess.run(
            command, cwd=folder, env=environment, capture_output=True, text=True, check=False, timeout=120
        )
        return Ran(done)

    return run_pytest


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A user's project; what pytest must leave alone ends it when imported."""
    folder = tmp_path_factory.mktemp("project")
    files = {
        "graders/total.py": TOTAL,
        "graders/total.cases.jsonl": CASES,
        "graders/more/loose.py": LOOSE,
        "graders/more/labels.toml": LABEL,
        "graders/helper.py": 'raise SystemExit("it holds no grader")\n',
        "src/stray.py": STRAY,
        "tests/test_mine.py": TESTS,
    }
    _write(folder, files)
    return folder


@pytest.fixture(scope="module")
def whole(run: Pytest, project: Path) -> Ran:
    """One run of everything, which later ones of `--lf` follow."""
    return run(project, "-v")


FAILING = [
    "graders/more/labels.toml::label::case[1-no]",
    "graders/more/loose.py::loose::checks",
    "graders/total.py::total::case[2-I-make-it-41]",
    "graders/total.py::total::order[2-no-idea]",
    "graders/total.py::total::case[3-raise-it-now]",
    "graders/total.py::total::case[5-8]",
]


def test_each_case_order_and_probe_is_a_test_of_its_own_and_so_are_the_checks_of_each_grader(
    whole: Ran,
) -> None:
    ran = dict(re.findall(r"^(\S+::\S+)(?: <- \S+)? (PASSED|FAILED)", whole.out, re.MULTILINE))
    assert sorted(name for name in ran if ran[name] == "FAILED") == sorted(FAILING)
    assert [name for name in ran if name.startswith("graders/total.py")] == [
        "graders/total.py::total::case[1-The-total-is-42]",
        "graders/total.py::total::case[2-I-make-it-41]",
        "graders/total.py::total::order[1-42]",
        "graders/total.py::total::order[2-no-idea]",
        "graders/total.py::total::probe[1-41-42-or-43]",
        "graders/total.py::total::case[3-raise-it-now]",
        "graders/total.py::total::case[4-7]",
        "graders/total.py::total::case[5-8]",
        "graders/total.py::total::checks",
    ]
    assert (whole.code, whole.totals) == (1, "6 failed, 9 passed, 3 warnings")


def test_a_failure_is_told_in_words_with_its_place_and_without_a_traceback_of_ours(whole: Ran) -> None:
    head, *evidence = _report(whole, "total::case[2-I-make-it-41]")
    assert head == "expected 1, got 0"
    assert evidence == [
        "  at          graders/total.py:5",
        "  reference   '42'",
        "  completion  'I make it 41.'",
        "  expected    1",
        "  got         0",
    ]
    assert "  at          graders/total.cases.jsonl:2" in _report(whole, "total::case[5-8]")
    assert "  against     '42'" in _report(whole, "total::order[2-no-idea]")
    assert "rewardkit/" not in whole.out.replace("rewardkit-", "")


def test_what_a_grader_raised_is_shown_with_what_it_had_printed(whole: Ran) -> None:
    told = _report(whole, "total::case[3-raise-it-now]")
    assert "  got         unscored (error): ValueError: what now? (graders/total.py:15)" in told
    assert "  output      about to raise" in told
    assert r"  completion  'raise\x00\ud800 [it]::now'" in told


def test_the_checks_tell_their_findings_once_each_and_warn_of_what_may_be_a_coincidence(whole: Ran) -> None:
    told = _report(whole, "loose::checks")
    assert told[0] == "RK110 fail  the right answer counts where it was only thought of"
    assert "  `rewardkit test graders/more/loose.py:loose` says the same, with an id to replay each" in told
    assert "--replay " not in "\n".join(told)  # of a run that `rewardkit test` has not made
    assert (
        "graders/total.py::total::checks PASSED" in whole.out
    )  # its broken cases are told by their own tests
    warned = "graders/more/loose.py:8: GraderWarning: 'unproved': RK130 warn  nothing shows that it is right"
    assert warned in whole.out


def test_the_place_of_a_failure_is_in_the_users_file_for_programs_too(run: Pytest, project: Path) -> None:
    ran = run(project, "--tb=line", "--junitxml=../report.xml", "graders/total.py::total::case")
    assert f"{project}/graders/total.py:5: expected 1, got 0" in ran.out
    assert f"{project}/graders/total.cases.jsonl:2: expected 1, got 0" in ran.out
    assert '<failure message="expected 1, got 0">' in (project / "../report.xml").read_text()
    assert ran.totals == "3 failed, 2 passed"


def test_the_last_failures_alone_can_be_run_again(run: Pytest, project: Path, whole: Ran) -> None:
    ran = run(project, "--lf", "--co", "-q")
    assert re.findall(r"^graders\S+", ran.out, re.MULTILINE) == FAILING


@pytest.mark.parametrize(
    ("args", "totals"),
    [
        (["graders/total.py::total::order[1-42]", "-q"], "1 passed"),
        (["-x", "graders/total.py", "-q"], "1 failed, 1 passed"),
        (["-k", "41", "--co", "-q"], "2/15 tests collected (13 deselected)"),
        (["-m", "rewardkit_checks", "--co", "--strict-markers"], "4/15 tests collected (11 deselected)"),
        (["--deselect", "graders/total.py::total", "graders", "--co"], "5/14 tests collected (9 deselected)"),
        (["-p", "no:rewardkit", "--co"], "1 test collected"),
        (
            ["src/stray.py", "--co"],
            "no tests collected, 1 error",
        ),  # asked for by name, so it is one of graders
        (["tests/test_mine.py"], "1 passed"),  # pytest's own, whatever graders it has
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_pytest_chooses_among_them_as_among_other_tests(
    run: Pytest, project: Path, args: list[str], totals: str
) -> None:
    assert run(project, *args).totals == totals


def test_checks_that_run_without_the_cases_tell_those_too(run: Pytest, project: Path) -> None:
    ran = run(project, "graders/more/labels.toml::label::checks", "-rA")
    assert ran.named("FAILED") == ["graders/more/labels.toml::label::checks"]
    assert _report(ran, "label::checks")[0] == "RK100 fail  a case does not hold"
    assert "skipped checks" in ran.out
    assert "RK105: no row has a prompt" in ran.out


def test_several_processes_find_the_same(run: Pytest, project: Path) -> None:
    ran = run(project, "-n", "2", "--dist", "loadfile", "-p", "no:cacheprovider", "graders/more")
    assert sorted(ran.named("FAILED")) == FAILING[:2]
    assert ran.totals == "2 failed, 3 passed, 3 warnings"
    cases = run(project, "-n", "2", "-m", "not rewardkit_checks", "-p", "no:cacheprovider")
    assert sorted(cases.named("FAILED")) == sorted(name for name in FAILING if not name.endswith("checks"))
    assert cases.totals == "5 failed, 6 passed"


def test_what_is_wrong_with_a_file_of_graders_is_an_error_that_names_file_and_line(
    run: Pytest, tmp_path: Path
) -> None:
    files = {
        "graders/unknown.py": "from rewardkit import reward\nx = unknown\n\n@reward\ndef g(completion): ...\n",
        "graders/syntax.py": "from rewardkit import reward\n\n@reward\ndef g(completion) return 1\n",
        "graders/ends.py": "import sys\nfrom rewardkit import reward\n@reward\ndef g(completion): ...\nsys.exit(3)\n",
        "graders/lacks.py": """
            from rewardkit import case, reward

            @case("a", expect=1)
            @reward
            def lacking(completion, reference): ...

            @case("a", reference="a", expect=1)
            @reward
            def sound(completion, reference):
                return completion == reference
        """,
        "graders/level.py": """
            from rewardkit import case, reward

            @case("a", expect="parses")
            @reward
            def g(completion): ...
        """,
        "graders/bad.toml": '[label]\nuse = "lable"\n',
        "graders/empty.py": "from rewardkit import reward\n\n# @reward\nreward (lambda completion: 1)\n",
    }
    _write(tmp_path, files)
    ran = run(tmp_path, "--continue-on-collection-errors", "--tb=native", "-m", "not rewardkit_checks")
    assert "graders/unknown.py:2: importing it failed: NameError: name 'unknown' is not defined" in ran.out
    assert "graders/syntax.py:4: importing it failed: SyntaxError: expected ':'" in ran.out
    assert "graders/ends.py:5: importing it failed: SystemExit: 3" in ran.out
    assert (
        "'lacking' (graders/lacks.py:3) asks for 'reference', which is no column in graders/lacks.py:3"
        in ran.out
    )
    assert "graders/level.py:3: expect='parses' is no level of reward 'g'" in ran.out
    assert "graders/bad.toml:2: use = 'lable' is no installed grader" in ran.out
    assert "Traceback" not in ran.out
    assert "graders/lacks.py::lacking" in ran.named("ERROR")
    assert ran.totals == "1 passed, 1 deselected, 6 errors"


def test_an_ini_option_names_further_places_and_a_test_file_there_stays_one(
    run: Pytest, tmp_path: Path
) -> None:
    both = TESTS + "\n    class TestMore:\n        def test_more(self): ...\n"
    files = {
        "pyproject.toml": """
            [tool.pytest.ini_options]
            rewardkit_graders = ["rewards", "checks/*_rewards.py", "tests/test_both.py"]
            addopts = "--strict-config --strict-markers"
        """,
        "rewards/deep/exact.py": LOOSE,
        "checks/my_rewards.py": LOOSE,
        "checks/others.py": STRAY,
        "tests/test_both.py": both,
        "tests/test_mine.py": TESTS,
    }
    _write(tmp_path, files)
    ran = run(tmp_path, "-v", "-m", "not rewardkit_checks")
    assert re.findall(r"^(\S+::\S+) (PASSED|FAILED)", ran.out, re.MULTILINE) == [
        ("checks/my_rewards.py::loose::case[1-It-is-42]", "PASSED"),
        ("rewards/deep/exact.py::loose::case[1-It-is-42]", "PASSED"),
        ("tests/test_both.py::here::case[1-a]", "FAILED"),
        ("tests/test_both.py::test_it", "PASSED"),
        ("tests/test_both.py::TestMore::test_more", "PASSED"),
        ("tests/test_mine.py::test_it", "PASSED"),
    ]
    wrong = run(tmp_path, "-o", "rewardkit_graders=reward")
    assert wrong.code == pytest.ExitCode.USAGE_ERROR
    assert f"rewardkit_graders = reward: there is no such file or folder in {tmp_path}" in wrong.out


def test_warnings_that_are_errors_fail_the_checks_in_words(run: Pytest, tmp_path: Path) -> None:
    _write(tmp_path, {"graders/loose.py": LOOSE})
    ran = run(tmp_path, "-W", "error", "graders/loose.py::unproved")
    assert _report(ran, "unproved::checks")[0] == "'unproved': RK130 warn  nothing shows that it is right"


def test_a_penalty_is_checked_as_one_also_where_another_file_takes_marks_off_for_it(
    run: Pytest, tmp_path: Path
) -> None:
    """By itself it would fail, since it pays for any wrong answer."""
    files = {
        "graders/exact.py": """
            from rewardkit import case, penalised, reward
            from refusing import refusal

            @case("42", reference="42", expect=1)
            @reward
            def exact(completion, reference):
                return completion == reference

            answered = penalised(exact, by=refusal)
        """,
        "graders/refusing.py": """
            from rewardkit import case, reward

            @case("I cannot say.", reference="42", expect=1)
            @case("I cannot say.", reference="7", expect=1)
            @case("42", reference="42", expect=0)
            @reward
            def refusal(completion, reference):
                return reference not in completion
        """,
    }
    _write(tmp_path, files)
    ran = run(tmp_path, "-k", "refusal and checks")
    assert ran.totals.startswith("1 passed"), ran.out


def test_a_package_of_graders_with_assertions_is_the_same_grader_in_its_worker(
    run: Pytest, tmp_path: Path
) -> None:
    """pytest rewrites the assertions of a file that it was asked for, and a worker process does not."""
    _write(tmp_path, {"graders/__init__.py": "", "graders/total.py": TOTAL})
    ran = run(tmp_path, "graders/total.py::total::order")
    assert ran.totals == "1 failed, 1 passed"


def test_nothing_is_imported_for_the_plugin_before_a_file_of_graders_is_found() -> None:
    code = "import pytest, sys; before = set(sys.modules); import rewardkit.pytest_plugin; print(*set(sys.modules) - before)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    new = set(done.stdout.split())
    assert {name for name in new if name.startswith("rewardkit")} == {
        "rewardkit",
        "rewardkit.paths",
        "rewardkit.pytest_plugin",
        "rewardkit.pytest_plugin.choosing",
    }
    assert new.isdisjoint({*HEAVY, "pydantic", "rich", "asyncio"})


def test_names_are_unique_short_and_safe_in_a_shell() -> None:
    texts = [
        "",
        "$(rm -rf /) `x` 'y' \"z\"",
        "9" * 400,
        "a" * 20 + " " + "b" * 30,
        "\\frac{1}{2}",
        "\ud800",
        "Größe 7",
    ]
    marks = [Case(text, 1.0, {}, "f.py:1") for text in texts]
    names = list(names_of([*marks, Order(("worse", "better one"), {}, "f.py:2")]))
    assert names == [
        "case[1]",
        "case[2-rm-rf-x-y-z]",
        f"case[3-{'9' * 32}]",
        f"case[4-{'a' * 20}]",
        "case[5-frac-1-2]",
        "case[6]",
        "case[7-Größe-7]",
        "order[1-better-one]",
    ]


def _write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text).lstrip("\n"), encoding="utf-8")


def _report(ran: Ran, heading: str) -> Sequence[str]:
    """The lines of a failure below its heading, up to the next one or to what was captured."""
    below = re.split(rf"^_+ {re.escape(heading)} _+$", ran.out, maxsplit=1, flags=re.MULTILINE)[1]
    return (
        re.split(r"^(?:_+ .* _+|-+ .* -+|=+ .* =+)$", below, maxsplit=1, flags=re.MULTILINE)[0]
        .strip("\n")
        .splitlines()
    )
