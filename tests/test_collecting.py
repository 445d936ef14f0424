from __future__ import annotations

from pathlib import Path

import pytest
from writing import WriteFile

from rewardkit import Grader, Sample, collect, reward, weighted
from rewardkit.collecting import check_columns, collect_grader
from rewardkit.errors import GraderError
from rewardkit.loading import Ref, load_grader, ref_of

TWO = """
from rewardkit import reward, weighted
@reward
def exact(completion, reference): return completion == reference
@reward(name="brief")
def is_short(completion): return len(completion) < 9
both = weighted((exact, 1), (is_short, 1))
"""


def names(*targets: str) -> list[str]:
    return [grader.name for grader in collect(list(targets))]


def test_a_file_gives_its_graders_in_source_order(write: WriteFile) -> None:
    write("graders.py", TWO)
    assert names("graders.py") == ["exact", "brief", "both"]


def test_a_combination_is_named_after_its_variable(write: WriteFile) -> None:
    write("graders.py", TWO)
    assert collect_grader("graders.py:both").kind == "weighted"


def test_a_grader_is_found_by_its_name_and_by_its_variable(write: WriteFile) -> None:
    write("graders.py", TWO)
    assert names("graders.py:brief") == names("graders.py:is_short") == ["brief"]


def test_a_folder_is_scanned_like_pytest_scans(write: WriteFile) -> None:
    grader = "from rewardkit import reward\n@reward\ndef {}(completion): return 1\n"
    write("graders/a.py", grader.format("first"))
    write("graders/deep/b.py", grader.format("second"))
    write("graders/.hidden/c.py", grader.format("third"))
    write("graders/_private.py", grader.format("fourth"))
    write("graders/test_a.py", grader.format("fifth"))
    assert names("graders") == ["first", "second"]


def test_an_imported_grader_belongs_to_the_file_it_comes_from(write: WriteFile) -> None:
    write("proj/common.py", "from rewardkit import reward\n@reward\ndef exact(completion): return True\n")
    write(
        "proj/graders.py",
        "from common import exact\nfrom rewardkit import reward\n@reward\ndef other(completion): return exact(completion)\n",
    )
    assert names("proj/graders.py") == ["other"]


def test_one_name_in_two_files_names_both(write: WriteFile) -> None:
    write("one.py", TWO)
    write("two.py", TWO)
    with pytest.raises(GraderError, match=r"two graders are named 'exact': one\.py:\d+ and two\.py:\d+"):
        collect(["one.py", "two.py"])


def test_the_same_file_twice_is_no_clash(write: WriteFile) -> None:
    write("one.py", TWO)
    assert names("one.py", "one.py:exact") == ["exact", "brief", "both"]


def test_a_package_with_relative_imports_loads(write: WriteFile) -> None:
    write("pack/__init__.py", "")
    write("pack/rules.py", "def rule(text): return True\n")
    write(
        "pack/graders.py",
        "from .rules import rule\nfrom rewardkit import reward\n@reward\ndef ruled(completion): return rule(completion)\n",
    )
    assert names("pack/graders.py") == ["ruled"]


@pytest.mark.parametrize(
    ("target", "message"),
    [
        ("grader.py", r"grader\.py: no such file\. Did you mean 'graders\.py'"),
        ("nowhere/graders.py", "the folder nowhere does not exist"),
        ("graders.py:exakt", r"no grader 'exakt' there; found: exact, brief, both\. Did you mean 'exact'"),
        ("no_such_module:exact", "no module named 'no_such_module'"),
        ("empty.py", r"no graders found in empty\.py; a grader is a function under @reward"),
        ("broken.py", r"broken\.py:2: importing it failed: ZeroDivisionError: division by zero"),
        ("syntax.py", r"syntax\.py:1: importing it failed: SyntaxError"),
        ("leaves.py", r"leaves\.py:1: importing it failed: SystemExit: 5"),
        ("labl", r"'labl' is no file, folder, module, package\.module:name or installed grader"),
        ("data.csv", "a grader file is a .py or .toml file"),
    ],
)
def test_what_cannot_be_collected_says_why(write: WriteFile, target: str, message: str) -> None:
    write("graders.py", TWO)
    write("empty.py", "x = 1\n")
    write("broken.py", "x = 0\ny = 1 / x\n")
    write("syntax.py", "def (:\n")
    write("leaves.py", "raise SystemExit(5)\n")
    write("data.csv", "a\n1\n")
    with pytest.raises(GraderError, match=message):
        collect([target])


def test_naming_one_grader_of_several_is_asked_for(write: WriteFile) -> None:
    write("graders.py", TWO)
    with pytest.raises(
        GraderError, match=r"holds 3 graders: exact, brief, both; name one: graders\.py:exact"
    ):
        collect_grader("graders.py")


def test_a_grader_can_be_loaded_again_from_its_ref(write: WriteFile) -> None:
    write("graders.py", TWO)
    for grader in collect(["graders.py"]):
        ref = ref_of(grader)
        assert ref is not None
        assert load_grader(ref).name == grader.name


def test_a_changed_grader_is_refused(write: WriteFile) -> None:
    write("graders.py", TWO)
    ref = ref_of(collect_grader("graders.py:exact"))
    assert ref is not None
    with pytest.raises(GraderError, match="it has changed since it was loaded"):
        load_grader(Ref(ref.source, ref.attribute, "0" * 16))


def test_a_grader_inside_a_function_has_no_ref() -> None:
    @reward
    def local(completion: str) -> bool:
        return True

    assert ref_of(local) is None


@reward
def exact(completion: str, refrence: str) -> bool:
    return completion == refrence


SAMPLES = [Sample("1", "p", {"reference": "r", "database": "d"}, where="data.jsonl:1")]


@pytest.mark.parametrize("grader", [exact, weighted((exact, 1))])
def test_an_unknown_column_is_an_error_before_anything_runs(grader: Grader) -> None:
    with pytest.raises(GraderError) as caught:
        check_columns(exact, SAMPLES)
    message = str(caught.value)
    assert "asks for 'refrence', which is no column in data.jsonl:1" in message
    assert (
        "available: completion, prompt, messages, seed, sample, id, reference, database. Did you mean 'reference'?"
        in message
    )


def test_a_parameter_with_a_default_may_be_missing() -> None:
    @reward
    def lenient(completion: str, dialect: str = "duckdb") -> bool:
        return True

    check_columns(lenient, SAMPLES)


def test_a_misspelt_grader_of_an_absolute_target_is_told_with_a_path_from_here(write: WriteFile) -> None:
    path = write("graders.py", TWO)
    with pytest.raises(GraderError, match=r"^graders\.py: no grader 'exakt' there"):
        collect([f"{path}:exakt"])


def test_a_module_or_a_package_gives_what_it_offers(
    write: WriteFile, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(tmp_path / "site")
    write("site/offering/__init__.py", "from .inner import exact\n")
    write("site/offering/inner.py", TWO)
    write("site/empty/__init__.py", "")
    write("site/empty/rules.py", TWO)
    assert names("offering") == ["exact"]
    assert names("offering.inner") == names("empty") == ["exact", "brief", "both"]


def test_the_bundled_sql_package_gives_its_grader() -> None:
    assert names("rewardkit.graders.sql") == ["text_to_sql"]
