"""Folders of data sets, as `save_to_disk` and repositories of the hub have them, and packed files."""

from __future__ import annotations

import gzip
from pathlib import Path

import duckdb
import pytest
from command_line import rewardkit
from writing import WriteFile

from rewardkit.errors import DataError
from rewardkit.rows import iter_rows, read_rows
from rewardkit.samples import read_samples

datasets = pytest.importorskip("datasets")

ROWS = [{"question": f"{n} x 7?", "answer": str(n * 7)} for n in range(2500)]


@pytest.fixture
def saved(write: WriteFile) -> Path:
    """A DatasetDict of two splits, written by the package itself."""
    folder = write("here", "").parent / "sums"
    train, test = datasets.Dataset.from_list(ROWS), datasets.Dataset.from_list(ROWS[:3])
    datasets.DatasetDict({"train": train, "test": test}).save_to_disk(
        str(folder), num_shards={"train": 2, "test": 1}
    )
    return folder


def parquet(path: str, first: int, last: int) -> None:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    duckdb.sql(
        f"SELECT i || ' x 7?' AS question, (i * 7)::VARCHAR AS answer FROM range({first}, {last}) t(i)"
    ).write_parquet(path)


def test_a_split_of_a_saved_data_set_is_read_with_its_row_numbers(saved: Path) -> None:
    rows = read_rows("sums:train")
    assert [row.values for row in rows] == ROWS
    assert rows[2000].where == "sums:train[2001]"


def test_the_folder_of_a_split_is_read_too(saved: Path) -> None:
    assert len(read_rows("sums/test")) == len(read_rows("sums:test")) == 3


def test_rows_that_were_chosen_before_saving_are_read_in_their_order(write: WriteFile) -> None:
    write("here", "")
    datasets.Dataset.from_list(ROWS).select([5, 3]).save_to_disk("two")
    assert [row.values["answer"] for row in read_rows("two")] == ["35", "21"]


def test_several_splits_without_one_named_are_listed(saved: Path) -> None:
    with pytest.raises(DataError, match=r"sums: it has 2 splits: test, train; name one: sums:train"):
        iter_rows("sums")


def test_a_misspelt_split_gets_a_hint(saved: Path) -> None:
    with pytest.raises(DataError, match=r"no split 'trian'; it has: test, train\. Did you mean 'train'"):
        iter_rows("sums:trian")


def test_parquet_files_of_a_repository_are_one_split_in_order(write: WriteFile) -> None:
    write("README.md", "")
    parquet("repo/data/train-00000-of-00002.parquet", 0, 1500)
    parquet("repo/data/train-00001-of-00002.parquet", 1500, 2500)
    parquet("repo/data/test-00000-of-00001.parquet", 0, 3)
    assert [row.values for row in read_rows("repo:train")] == ROWS
    assert read_rows("repo:test")[2].where == "repo:test[3]"


def test_a_split_of_a_configuration_is_named_with_it(write: WriteFile) -> None:
    write("README.md", "")
    for name in ("main", "socratic"):
        parquet(f"gsm/{name}/train-00000-of-00001.parquet", 0, 2)
    assert len(read_rows("gsm:main/train")) == 2
    with pytest.raises(DataError, match="main/train, socratic/train"):
        iter_rows("gsm")


def test_a_folder_without_data_says_what_it_has(write: WriteFile) -> None:
    Path("plain").mkdir()
    Path("plain/train.jsonl").write_text("{}")
    with pytest.raises(
        DataError, match=r"plain: this folder has no Parquet files.* it has: train\.jsonl\. Name a file"
    ):
        iter_rows("plain")


def test_a_damaged_arrow_file_is_named(saved: Path) -> None:
    (file,) = (saved / "test").glob("*.arrow")
    file.write_bytes(file.read_bytes()[:100])
    with pytest.raises(DataError, match="sums:test: not readable as a saved data set"):
        read_rows("sums:test")


def test_packed_files_hold_the_same_rows(write: WriteFile) -> None:
    write("here", "")
    for name, text in (("a.csv.gz", "prompt,x\np,1\n"), ("a.jsonl.gz", '{"prompt": "p", "x": "1"}\n')):
        Path(name).write_bytes(gzip.compress(text.encode()))
        assert [row.values for row in read_rows(name)] == [{"prompt": "p", "x": "1"}]


def test_a_packed_file_that_was_cut_off_is_refused(write: WriteFile) -> None:
    packed = gzip.compress(b"".join(b'{"prompt": "%d"}\n' % n for n in range(9999)))
    write("here", "").with_name("a.jsonl.gz").write_bytes(packed[:-2000])
    with pytest.raises(DataError, match=r"a\.jsonl\.gz: not readable as gzip after line .*cut off"):
        read_rows("a.jsonl.gz")


def test_grade_reads_a_folder_and_goes_on_with_the_same_run(write: WriteFile) -> None:
    write(
        "g.py",
        "from rewardkit import reward\n\n@reward\ndef same(completion, reference):\n    return completion == reference\n",
    )
    parquet("repo/train-00000-of-00001.parquet", 0, 20)
    command = (
        "grade",
        "repo:train",
        "-g",
        "g.py",
        "--column",
        "completion=answer",
        "--column",
        "reference=answer",
    )
    first = rewardkit(*command, "--json")
    assert first.json()["rows"] == 20
    again = rewardkit(*command)
    assert "is complete; nothing left to do" in again.err
    parquet("repo/train-00000-of-00001.parquet", 0, 21)
    assert rewardkit(*command, "--json").json()["run"] != first.json()["run"]


def test_samples_of_a_saved_data_set_have_prompt_and_reference(saved: Path) -> None:
    assert [(s.prompt, s.reference) for s in read_samples("sums:test")][1] == ("1 x 7?", "7")
