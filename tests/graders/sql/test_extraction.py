import pytest

from rewardkit.graders.sql.extraction import extract_sql


def test_the_last_sql_block_is_the_answer_even_when_another_block_follows() -> None:
    text = "```sql\nSELECT 1\n```\nbetter:\n```sql\nSELECT 2;\n```\nprints\n```\n2\n```"
    assert extract_sql(text) == "SELECT 2;"


def test_without_a_sql_block_the_last_block_is_the_answer() -> None:
    assert extract_sql("```python\nx\n```\n```\nSELECT 3\n```") == "SELECT 3"


def test_without_a_block_the_whole_text_is_the_answer() -> None:
    assert extract_sql("  SELECT 4;\n") == "SELECT 4;"


def test_a_block_that_the_model_did_not_close_still_counts() -> None:
    assert extract_sql("Here:\n```sql\nSELECT 5") == "SELECT 5"


def test_a_block_on_one_line_counts() -> None:
    assert extract_sql("Answer: ```sql SELECT 6```") == "SELECT 6"


@pytest.mark.parametrize("language", ["SQL", "duckdb", "postgresql"])
def test_the_name_of_a_sql_dialect_marks_a_sql_block(language: str) -> None:
    assert extract_sql(f"```{language}\nSELECT 7\n```\n```text\nSELECT 8\n```") == "SELECT 7"


@pytest.mark.parametrize(
    "text",
    [
        "<think>\n```sql\nSELECT 0\n```\n</think>SELECT 9",
        "```sql\nSELECT 0\n```</think>SELECT 9",  # the opening tag was part of the prompt
        "SELECT 9<think>```sql\nSELECT 0\n```",  # cut off while thinking
    ],
)
def test_sql_inside_reasoning_is_never_the_answer(text: str) -> None:
    assert extract_sql(text) == "SELECT 9"


def test_an_empty_completion_holds_no_sql() -> None:
    assert extract_sql("") == "" == extract_sql("```sql\n```")
