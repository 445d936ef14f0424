"""`rewardkit data check`, as a user runs it, on files with one fault each."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit.data_checking import check_data
from rewardkit.samples import read_samples

GRADERS = """
    from rewardkit import reward

    @reward
    def by_database(completion, reference, database):
        return completion == reference

    @reward
    def same(completion, reference):
        return completion == reference
"""


def line(**columns: Any) -> str:
    return json.dumps(columns) + "\n"


FINE = line(prompt="6 x 7?", reference="42")
CHAT = [{"role": "user", "content": "6 x 7?"}, {"role": "assistant", "content": "42"}]

FAULTS = {
    "no JSON": (FINE + '{"prompt": ]\n', "unreadable", "a.jsonl:2: not valid JSON: Expecting value at column 12"),
    "NaN": (FINE + '{"prompt": "x", "level": NaN}\n', "unreadable", "a.jsonl:2: not usable JSON: NaN is no JSON value; write null where a number is missing (column 'level')"),
    "no object": (FINE + "[]\n", "unreadable", "a.jsonl:2: each row must be a JSON object, got list"),
    "messages that are none": (line(prompt=[{"text": "x"}]), "unusable", "a.jsonl:1: each message needs 'role' and 'content'"),
    "no prompt": (FINE + line(prompt=" ", reference="1"), "empty_prompt", "a.jsonl:2"),
    "no reference": (FINE + line(prompt="x", reference=""), "empty_reference", "a.jsonl:2"),
    "a missing value as text": (FINE + line(prompt="x", reference="nan"), "nan_text", "a.jsonl:2: 'nan'"),
    "the answer in the prompt": (line(messages=CHAT), "answer_in_prompt", "a.jsonl:1"),
    "a row twice": (FINE + line(prompt="x", reference="1") + FINE, "duplicate_row", "a.jsonl:3 as a.jsonl:1"),
    "an id twice": (line(id=1, prompt="x") + line(id="1", prompt="y"), "duplicate_id", "a.jsonl:2 as a.jsonl:1"),
    "two references": (FINE + line(prompt="6 x 7?", reference="43"), "conflicting_references", "a.jsonl:2 as a.jsonl:1"),
    "a completion that is a number": (line(prompt="x", completion=1), "bad_completion", "a.jsonl:1: completion is 1"),
    "an id of two samples": (line(id=1, prompt="x", completion="a") + line(id=1, prompt="y", completion="b"), "one_id_two_samples", "a.jsonl:2 as a.jsonl:1"),
    "no rows": ("\n", "unreadable", "a.jsonl: the file has no rows"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "kind", "place"), FAULTS.values(), ids=FAULTS)
def test_each_fault_is_found_with_its_place_and_ends_with_1(
    write: WriteFile, text: str, kind: str, place: str
) -> None:
    write("a.jsonl", text)
    ran = rewardkit("data", "check", "a.jsonl", "--json")
    (problem,) = [each for each in ran.json()["problems"] if each["severity"] == "fail"]
    assert (ran.code, problem["kind"], problem["count"]) == (1, kind, 1)
    assert problem["places"][0].startswith(place)


def test_all_faults_of_a_file_are_counted_and_the_first_of_each_named(write: WriteFile) -> None:
    write("a.jsonl", FINE + "{\n" * 30 + line(prompt="x", reference="") * 1)
    ran = rewardkit("data", "check", "a.jsonl", "--json", "--most", 3)
    found = {problem["kind"]: problem for problem in ran.json()["problems"]}
    assert (found["unreadable"]["count"], len(found["unreadable"]["places"])) == (30, 3)
    assert found["empty_reference"]["places"] == ["a.jsonl:32"]


def test_what_a_csv_of_questions_and_answers_is(write: WriteFile) -> None:
    write("qa.csv", "Question,Answer\n" + "".join(f"What is {n}?,{n % 2}\n" for n in range(10)))
    report = rewardkit("data", "check", "qa.csv", "--json").json()
    assert report["mapped"] == {"prompt": "Question", "reference": "Answer"}
    assert (report["rows"], report["distinct_prompts"], report["encoding"]) == (10, 10, "UTF-8")
    assert report["usable_for"] == ["eval", "train", "test"]
    assert report["answers"][0] == {"text": "0", "count": 5, "share": 0.5}
    assert report["lengths"]["prompt"] == {"5%": 10, "50%": 10, "95%": 10, "longest": 10}


def test_the_whole_text_that_a_person_reads(write: WriteFile) -> None:
    write("graders.py", GRADERS)
    write("qa.csv", "question,answer\n6 x 7?,42\n6 x 7?,43\n,1\n")
    ran = rewardkit("data", "check", "qa.csv", "-g", "graders.py:by_database")
    assert ran.code == 1
    assert ran.out == (
        "qa.csv: 3 rows, question and answer rows\n"
        "  taken      prompt <- question, reference <- answer\n"
        "  encoding   UTF-8\n"
        "  prompts    2, 1 of them different\n"
        "  prompt     6 characters (5 % 6, 95 % 6, longest 6)\n"
        "  reference  2 characters (5 % 1, 95 % 2, longest 2)\n"
        "  constant   '42' is the reference of 1 rows: always said, it would be right in 33.3 %\n"
        "columns\n"
        "  question: text, in 3 rows, empty in 1, such as '6 x 7?'\n"
        "  answer: text, in 3 rows, such as '42'\n"
        "FAIL 3 x grader 'by_database' asks for 'database', which is no column.\n"
        "  qa.csv:2\n"
        "  qa.csv:3\n"
        "  qa.csv:4\n"
        "FAIL 1 x no prompt, or an empty one (column 'question')\n"
        "  qa.csv:4\n"
        "FAIL 1 x the same prompt and columns with another reference: at most one is right\n"
        "  qa.csv:3 as qa.csv:2\n"
        "NOTE 1 x the same prompt in another row\n"
        "  qa.csv:3 as qa.csv:2\n"
        "usable for nothing as it is\n"
    )


def test_a_column_that_only_some_rows_lack_is_named_with_those_and_a_hint(write: WriteFile) -> None:
    write("graders.py", GRADERS)
    rows = [
        line(prompt=str(n), reference="1", **{"databse" if n == 1 else "database": "x"}) for n in range(3)
    ]
    write("a.jsonl", "".join(rows))
    ran = rewardkit("data", "check", "a.jsonl", "-g", "graders.py", "--json")
    (problem,) = ran.json()["problems"]
    assert (problem["places"], problem["column"]) == (["a.jsonl:2"], "database")
    assert "Did you mean 'databse'?" in problem["text"]


def test_a_reference_that_two_columns_could_be_is_told_with_the_option(write: WriteFile) -> None:
    write("graders.py", GRADERS)
    write("a.csv", "question,answer,target\nx,1,2\n")
    ran = rewardkit("data", "check", "a.csv", "-g", "graders.py:same")
    assert "'answer' and 'target' could be it: --column reference=answer decides." in ran.out
    assert (
        rewardkit("data", "check", "a.csv", "-g", "graders.py:same", "--column", "reference=target").code == 0
    )


def test_another_column_may_explain_another_reference(write: WriteFile) -> None:
    write("a.csv", "prompt,database,reference\nhow many?,a,1\nhow many?,b,2\n")
    ran = rewardkit("data", "check", "a.csv", "--json")
    assert (ran.code, [p["kind"] for p in ran.json()["problems"]]) == (
        0,
        ["other_references", "duplicate_prompt"],
    )


def test_repeats_of_a_sample_are_no_fault_of_completions(write: WriteFile) -> None:
    write("a.csv", "id,prompt,completion\n1,x,a\n1,x,a\n1,x,b\n")
    ran = rewardkit("data", "check", "a.csv", "--json")
    assert (ran.code, ran.json()["usable_for"]) == (0, ["grade", "eval", "train", "test"])


def test_a_byte_that_is_not_utf8_costs_its_line_only_and_the_lines_after_keep_their_numbers(
    write: WriteFile,
) -> None:
    write("a.csv", "").write_bytes(b"prompt,reference\nq\xe9,1\nx,\n")
    report = rewardkit("data", "check", "a.csv", "--json").json()
    assert [problem["places"][0][:7] for problem in report["problems"]] == ["a.csv:2", "a.csv:3"]
    assert report["encoding"] == "not UTF-8, perhaps Windows-1252: iconv -f WINDOWS-1252 -t UTF-8 a.csv"


def test_nan_in_a_parquet_file_is_named_and_the_other_rows_are_read(write: WriteFile) -> None:
    write("here", "")
    duckdb.sql(
        "SELECT i::VARCHAR AS prompt, CASE WHEN i = 1 THEN 'nan'::DOUBLE ELSE i END AS reference FROM range(3) t(i)"
    ).write_parquet("a.parquet")
    report = rewardkit("data", "check", "a.parquet", "--json").json()
    assert report["rows"] == 2
    assert report["problems"][0]["places"] == [
        "a.parquet[2]: column 'reference' holds nan; write NULL where a number is missing"
    ]


def test_a_file_that_is_not_there_ends_with_2(write: WriteFile) -> None:
    write("qa.csv", "prompt\nx\n")
    ran = rewardkit("data", "check", "qb.csv")
    assert (ran.code, "no such file" in ran.err) == (2, True)


def test_out_writes_the_rows_that_can_be_used_with_our_names_and_the_ids_of_an_evaluation(
    write: WriteFile,
) -> None:
    write("qa.csv", "question,answer,level\n6 x 7?,42,1\nbroken\n7 x 8?,56,2\n")
    ran = rewardkit("data", "check", "qa.csv", "--out", "out.jsonl")
    assert ran.code == 1
    rows = [json.loads(text) for text in Path("out.jsonl").read_text().splitlines()]
    assert [set(row) for row in rows] == [{"id", "prompt", "reference", "level"}] * 2
    write("fine.csv", "question,answer,level\n6 x 7?,42,1\n7 x 8?,56,2\n")
    assert [(s.id, s.prompt, s.reference) for s in read_samples("out.jsonl")] == [
        (s.id, s.prompt, s.reference) for s in read_samples("fine.csv")
    ]


def test_out_never_replaces_the_data(write: WriteFile) -> None:
    write("qa.jsonl", FINE)
    assert rewardkit("data", "check", "qa.jsonl", "--out", "qa.jsonl").code == 2
    assert Path("qa.jsonl").read_text() == FINE


def test_messages_of_an_item_are_written_as_messages(write: WriteFile) -> None:
    write("a.jsonl", line(item={"messages": CHAT[:1], "reference_answer": "42"}))
    rewardkit("data", "check", "a.jsonl", "--out", "out.jsonl")
    row = json.loads(Path("out.jsonl").read_text())
    assert {**row, "id": ""} == {"id": "", "prompt": CHAT[:1], "reference": "42"}


def test_the_commonest_reference_of_a_sorted_file_is_found_behind_many_rare_ones(write: WriteFile) -> None:
    answers = [str(n) for n in range(5000)] + ["yes"] * 1000
    write("a.jsonl", "".join(line(prompt=str(n), reference=answer) for n, answer in enumerate(answers)))
    assert check_data("a.jsonl").answers[0] == ("yes", 1000)


@pytest.mark.soak
def test_a_million_rows_take_bounded_memory(write: WriteFile) -> None:
    import subprocess
    import sys

    file = write("big.jsonl", "")
    with file.open("w") as handle:
        handle.writelines(
            line(id=n, question=f"{n % 700_000} x 7?", answer=str(n % 50)) for n in range(1_000_000)
        )
    code = (
        "import resource; from rewardkit.data_checking import check_data; r = check_data('big.jsonl');"
        "print(r.rows, r.distinct_prompts, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    rows, distinct, megabytes = map(int, done.stdout.split())
    assert (rows, distinct) == (1_000_000, 700_000)
    assert megabytes < 400
