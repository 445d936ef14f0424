"""`rewardkit grade` and `eval` after a file that rows name has changed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit.chat_server import ChatServer, say
from rewardkit.runs import read_results, read_run

GRADERS = """
    import time
    from pathlib import Path

    from rewardkit import reward, weighted

    @reward(files=("database",), cache=True)
    def found(completion: str, database: str) -> bool:
        time.sleep(0.002)
        place = Path(database)
        files = sorted(place.iterdir()) if place.is_dir() else [place]
        with Path("calls.txt").open("a") as calls:
            calls.write("x")
        return any(completion in file.read_text() for file in files)

    both = weighted((found, 1), name="both")
"""


@pytest.fixture
def project(write: WriteFile) -> Path:
    write("graders.py", GRADERS)
    write("clinic.sql", "INSERT INTO people VALUES ('Ann')")
    write("shop/people.csv", "Ann\n")
    rows = [("q1", "Ann", "clinic.sql"), ("q2", "Bob", "clinic.sql"), ("q3", "Bob", "shop")]
    lines = [json.dumps(dict(zip(("id", "completion", "database"), row, strict=True))) for row in rows]
    return write("answers.jsonl", "\n".join(lines) + "\n").parent


def values(ran_out: str) -> list[float | None]:
    return [row.value for row in read_results(Path(json.loads(ran_out)["run"]))]


def calls() -> int:
    return len(Path("calls.txt").read_text())


@pytest.mark.parametrize(
    "grader", ["graders.py:both", pytest.param("graders.py:found", marks=pytest.mark.soak)]
)
def test_a_changed_database_is_graded_anew_in_a_run_of_its_own(project: Path, grader: str) -> None:
    command = ["grade", "answers.jsonl", "-g", grader, "--json"]
    first = rewardkit(*command)
    again = rewardkit(*command)
    assert values(first.out) == values(again.out) == [1, 0, 0]
    assert "is complete; nothing left to do" in again.err
    assert calls() == 6  # 3 for the rows, 3 for the baseline: each text with each database
    (project / "clinic.sql").write_text("INSERT INTO people VALUES ('Bob')")
    third = rewardkit(*command)
    earlier = json.loads(first.out)["run"]
    assert third.err == f"new run: 'clinic.sql' has changed since {earlier}\n"
    assert values(third.out) == [0, 1, 0]
    assert values(first.out) == [1, 0, 0]  # what was found then is still there
    assert calls() == 9  # the row of the other database was not graded again


def test_a_changed_file_in_a_folder_counts_and_a_touched_one_does_not(project: Path) -> None:
    command = ["grade", "answers.jsonl", "-g", "graders.py:found", "--json"]
    first = rewardkit(*command)
    (project / "clinic.sql").touch()
    assert json.loads(rewardkit(*command).out)["run"] == json.loads(first.out)["run"]
    (project / "shop" / "people.csv").write_text("Bob\n")
    changed = rewardkit(*command)
    assert "new run: 'shop' has changed since" in changed.err
    assert values(changed.out) == [1, 0, 1]


def test_a_run_with_a_name_is_not_resumed_on_another_content(project: Path) -> None:
    command = ["grade", "answers.jsonl", "-g", "graders.py:found", "--run", "mine"]
    assert rewardkit(*command).code == 0
    (project / "clinic.sql").unlink()
    (project / "shop" / "people.csv").write_text("Bob\n")
    ran = rewardkit(*command)
    assert ran.code == 2
    assert (
        "run 'mine' was started differently: 'clinic.sql', which rows name, is no longer there; "
        "'shop', which rows name, has changed. Use another --run name" in ran.err
    )


def test_the_run_keeps_what_was_in_the_files_and_the_report_only_their_number(project: Path) -> None:
    rewardkit("grade", "answers.jsonl", "-g", "graders.py:found", "--run", "mine", "--no-texts")
    assert [*read_run(Path("runs/mine")).samples["files"]] == ["clinic.sql", "shop"]
    page = Path("runs/mine/report.html").read_text()
    assert "2, as rows name them" in page
    assert "clinic.sql" not in page


def test_scores_made_while_a_file_changed_are_not_kept(write: WriteFile) -> None:
    source = """
        from pathlib import Path
        from rewardkit import reward

        @reward(files=("database",))
        def spoils(completion, database):
            Path(database).write_text(completion)
            return True
    """
    write("g.py", source)
    write("clinic.sql", "as it was")
    write("answers.csv", "completion,database\nspoilt,clinic.sql\n")
    ran = rewardkit("grade", "answers.csv", "-g", "g.py", "--run", "mine")
    assert (ran.code, read_results(Path("runs/mine"))) == (2, [])
    assert "clinic.sql: it changed while completions were graded; run the command again" in ran.err


def test_a_changed_database_starts_an_evaluation_of_its_own(project: Path, write: WriteFile) -> None:
    write("samples.jsonl", '{"id": "q1", "prompt": "Who?", "database": "clinic.sql"}\n')
    with ChatServer(lambda request: say("Ann", tokens=1)) as server:
        model = f"openai:tiny@{server.url}"
        command = ["eval", "-m", model, "-d", "samples.jsonl", "-g", "graders.py:found", "--greedy", "--json"]
        first, again = rewardkit(*command), rewardkit(*command)
        (project / "clinic.sql").write_text("nobody")
        third = rewardkit(*command)
    assert "complete" in again.err
    assert (values(first.out), values(third.out)) == ([1], [0])
    assert "new run: 'clinic.sql' has changed since" in third.err


SQL = """
    from rewardkit.graders.sql import sql_grader, text_to_sql

    fixed = sql_grader(database="clinic.sql", instances="given")
"""


@pytest.mark.parametrize("grader", ["sql.py:fixed", pytest.param("text_to_sql", marks=pytest.mark.soak)])
def test_the_sql_graders_say_which_column_names_their_database(write: WriteFile, grader: str) -> None:
    write("sql.py", SQL)
    dump = "CREATE TABLE people (name TEXT);\nINSERT INTO people VALUES ('Ann'), ('Bob');\n"
    write("clinic.sql", dump)
    named = {"database": "clinic.sql", "instances": "given"} if grader == "text_to_sql" else {}
    row = {"completion": "SELECT min(name) FROM people", "reference": [["Ann"]], **named}
    write("answers.jsonl", json.dumps(row) + "\n")
    first = rewardkit("grade", "answers.jsonl", "-g", grader, "--json")
    write("clinic.sql", dump.replace("Ann", "Cleo"))
    second = rewardkit("grade", "answers.jsonl", "-g", grader, "--json")
    assert values(first.out) == [1]
    assert values(second.out) != [1]
    assert "new run: 'clinic.sql' has changed since" in second.err
