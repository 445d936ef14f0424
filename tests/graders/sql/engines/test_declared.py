import pytest

from rewardkit.graders.sql.engines.declared import note_constraints
from rewardkit.graders.sql.engines.schema import ForeignKey, TableSchema


def declared(*statements: str, table: str = "t") -> TableSchema:
    found: dict[str, TableSchema] = {}
    for statement in statements:
        note_constraints(statement, found)
    return found.get(table, TableSchema(table, "", ()))


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        ("CREATE TABLE t (a INT PRIMARY KEY, b INT UNIQUE, c INT)", (("a",), ("b",))),
        ("CREATE TABLE t (a INT, b INT, UNIQUE (b), CONSTRAINT p PRIMARY KEY (a, b))", (("a", "b"), ("b",))),
        ("ALTER TABLE ONLY public.t ADD CONSTRAINT t_pkey PRIMARY KEY (a)", (("a",),)),
        ("ALTER TABLE t ADD CONSTRAINT u UNIQUE (a, b)", (("a", "b"),)),
        ("CREATE UNIQUE INDEX i ON public.t USING btree (a, b DESC)", (("a", "b"),)),
        ("CREATE UNIQUE INDEX i ON t (lower(a))", ()),
        ("CREATE UNIQUE INDEX i ON t (a) WHERE b > 0", ()),
        ("CREATE INDEX i ON t (a)", ()),
        ("ALTER TABLE t OWNER TO admin", ()),
        ("COMMENT ON TABLE t IS 'of PRIMARY KEY (a)'", ()),
    ],
)
def test_keys_of_tables_and_of_what_is_added_to_them(
    statement: str, keys: tuple[tuple[str, ...], ...]
) -> None:
    assert declared(statement).keys == keys


def test_the_primary_key_is_the_first_although_it_is_added_last() -> None:
    found = declared("CREATE TABLE t (a INT, b INT UNIQUE)", "ALTER TABLE t ADD PRIMARY KEY (a)")
    assert found.keys == (("a",), ("b",))


def test_columns_of_the_primary_key_and_those_set_so_are_never_null() -> None:
    found = declared("ALTER TABLE t ADD PRIMARY KEY (a)", "ALTER TABLE t ALTER COLUMN b SET NOT NULL")
    assert [(column.name, column.nullable) for column in found.columns] == [("a", False), ("b", False)]


def test_foreign_keys_with_and_without_the_columns_they_point_to() -> None:
    found = declared(
        "CREATE TABLE t (a INT REFERENCES p, b INT)",
        "ALTER TABLE ONLY t ADD CONSTRAINT f FOREIGN KEY (a, b) REFERENCES public.P (c, d)",
    )
    assert found.foreign == (ForeignKey(("a",), "p", ()), ForeignKey(("a", "b"), "p", ("c", "d")))


def test_checks_that_are_added_later() -> None:
    assert declared("ALTER TABLE t ADD CONSTRAINT c CHECK (a > 0)").checks == ("a > 0",)
