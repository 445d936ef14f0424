"""Why a function may not be called, in plain words."""

from __future__ import annotations

_REASONS = (
    (
        "it gives another result each time",
        "random uuid gen_random_uuid uuidv4 uuidv7 randomblob reservoir_quantile setseed nextval currval setval",
    ),
    ("it reads the real clock; now() and current_date stand still here", "ago get_current_time"),
    (
        "it tells of the session, not of the data",
        "current_database current_schema current_schemas current_catalog current_setting current_query getvariable in_search_path "
        "current_connection_id current_query_id current_transaction_id txid_current changes total_changes last_insert_rowid "
        "sqlite_version sqlite_source_id",
    ),
    ("it only waits", "pg_sleep sleep_ms"),
)
_BY_NAME = {name: reason for reason, names in _REASONS for name in names.split()}
_OTHERWISE = "only functions that compute a value from their arguments are"


def refusal_of(name: str) -> str:
    """The reason that the function of this lower-case name is refused."""
    return f"{name}() is not allowed: {_BY_NAME.get(name, _OTHERWISE)}"
