import pytest

from rewardkit.graders.sql.engines.refused_functions import refusal_of


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("random", "it gives another result each time"),
        ("nextval", "it gives another result each time"),
        ("current_database", "it tells of the session, not of the data"),
        ("ago", "it reads the real clock; now() and current_date stand still here"),
        ("pg_sleep", "it only waits"),
        ("write_log", "only functions that compute a value from their arguments are"),
    ],
)
def test_a_refused_function_says_plainly_what_is_wrong(name: str, why: str) -> None:
    assert refusal_of(name) == f"{name}() is not allowed: {why}"
