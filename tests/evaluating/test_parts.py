"""Slices and clusters, read off the columns of samples."""

from __future__ import annotations

import pytest

from rewardkit.errors import ConfigError
from rewardkit.evaluating.parts import MOST, parts_of
from rewardkit.samples import Sample

SAMPLES = [
    Sample(f"q{n}", "?", {"kind": "joins" if n % 2 else "sums", "size": n % 3, "base": None}, where=f"a:{n}")
    for n in range(6)
]


def test_a_slice_is_named_by_its_column_and_value() -> None:
    parts = parts_of(SAMPLES, ["kind", "size"])
    assert (parts.slices["kind"]["q1"], parts.slices["size"]["q4"]) == ("kind = joins", "size = 1")


def test_prompts_are_cut_column_by_column_in_the_order_of_their_first() -> None:
    cut = parts_of(SAMPLES, ["kind", "size"]).cut({sample.id: 1 for sample in SAMPLES})
    assert [(part, list(inside)) for part, inside in cut] == [
        ("kind = sums", ["q0", "q2", "q4"]),
        ("kind = joins", ["q1", "q3", "q5"]),
        ("size = 0", ["q0", "q3"]),
        ("size = 1", ["q1", "q4"]),
        ("size = 2", ["q2", "q5"]),
    ]


def test_clusters_count_as_units() -> None:
    parts = parts_of(SAMPLES, cluster="size")
    assert parts.units(sample.id for sample in SAMPLES) == 3


def test_a_missing_value_is_a_part_of_its_own() -> None:
    assert parts_of(SAMPLES, ["base"]).slices["base"]["q0"] == "base = null"


@pytest.mark.parametrize(("slices", "cluster"), [(["knid"], None), ([], "knid")])
def test_a_column_that_is_not_there_is_an_error_with_the_nearest(
    slices: list[str], cluster: str | None
) -> None:
    with pytest.raises(
        ConfigError, match=r"a:0: --(slice|cluster) knid: no such column; .* Did you mean 'kind'"
    ):
        parts_of(SAMPLES, slices, cluster)


def test_a_column_of_many_values_is_no_slice() -> None:
    many = [Sample(f"q{n}", "?", {"text": f"t{n}"}) for n in range(MOST + 1)]
    with pytest.raises(ConfigError, match="more than 100 different values"):
        parts_of(many, ["text"])
