from __future__ import annotations

from overlap_rows import RIVER, row, unlike

from rewardkit.overlap import clean_ids, find_overlap, told


def test_clean_are_the_rows_without_a_contaminating_kind() -> None:
    rows = [row(RIVER, "a"), row("What is it?", "b", database="zoo"), row("And now?", "c")]
    overlap = find_overlap([row(RIVER, "t", database="zoo")], rows)
    assert clean_ids(overlap) == {"b", "c"}
    assert clean_ids(overlap, kinds={"database"}) == {"a", "c"}


def test_kinds_of_a_row_are_in_the_order_of_reports() -> None:
    overlap = find_overlap([row(RIVER, "t", reference="3")], [row(RIVER, "a", reference="3")])
    assert overlap.kinds() == {"a": ("exact", "ngrams", "prompt_and_reference")}


def test_what_is_told_of_findings() -> None:
    rows = [row(RIVER, "a"), row("What then?", "b")]
    assert told(find_overlap([row(RIVER.upper(), "t")], rows)) == [
        "1 of 2 evaluation rows (50 %) is contaminated: training has the same, or nearly (against 1 training row).",
        "1 row: the same prompt; for example a.jsonl:1 and t.jsonl:1.",
        "1 row: 80 % or more of the prompt's 13-grams in one training prompt (of 8 to 12 words: the whole of it); "
        "for example a.jsonl:1 and t.jsonl:1.",
    ]


def test_what_is_told_of_nothing() -> None:
    assert told(find_overlap(unlike(20, "t", 1), unlike(3, "e", 2))) == [
        "None of 3 evaluation rows is contaminated (against 20 training rows)."
    ]


def test_text_of_the_task_that_was_left_out_is_told() -> None:
    preamble = "You are given the schema of a shop and a question. " * 10
    rows = [row(preamble + one.prompt, one.id) for one in unlike(8, "e", 2, words=12)]
    (_, note) = told(find_overlap(unlike(3, "t", 1), rows))
    assert "of the evaluation's n-grams stand in many" in note
