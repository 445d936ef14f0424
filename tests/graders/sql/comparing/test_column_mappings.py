"""One mapping of columns for all instances: as written, by name, by what the values tell."""

from datetime import date

from result_tables import Rows, expected, table, verdict

from rewardkit.graders.sql.comparing.equality import Expected, Group
from rewardkit.graders.sql.comparing.rules import DEFAULT_RULES, Rules
from rewardkit.graders.sql.comparing.verdicts import Verdict, judge

LOW_HIGH: list[Rows] = [[(1, 9), (2, 8)], [(3, 7), (4, 6)], [(0, 5), (2, 3)]]
EXTRA = Rules(extra_columns="allow")


def swapped(rows: Rows) -> list[tuple[object, ...]]:
    return [tuple(reversed(row)) for row in rows]


def judged(
    golds: list[Rows], answers: list[Rows], names: tuple[str, str] = ("", ""), rules: Rules = DEFAULT_RULES
) -> Verdict:
    return judge(
        [expected(rows, names[0], rules) for rows in golds], [table(rows, names[1]) for rows in answers]
    )


def test_one_permutation_holds_for_all_rows() -> None:
    assert not verdict([("a", 1), ("b", 2)], [(1, "a"), ("b", 2)]).exact


def test_one_permutation_holds_on_all_instances() -> None:
    assert judged([[("a", 1)], [("b", 2)]], [[(1, "a")], [(2, "b")]]).exact
    assert not judged([[("a", 1)], [("b", 2)]], [[(1, "a")], [("b", 2)]]).exact


def test_an_instance_that_is_right_as_written_is_not_right_by_other_names() -> None:
    golds: list[Rows] = [[(1, 9)], [(1, 9)]]
    assert judged(golds, [[(1, 9)], [(9, 1)]], ("low high", "high low")).equal == (True, False)


def test_columns_of_different_kinds_change_places_on_a_single_instance() -> None:
    gold = [("a", 1, date(2024, 1, 2)), ("b", 2, date(2024, 3, 4))]
    assert verdict(gold, [(row[2], row[0], row[1]) for row in gold]).exact


def test_columns_of_one_kind_need_two_instances_that_fit_no_other_way() -> None:
    for count, right in ((1, False), (2, True), (3, True)):
        golds = LOW_HIGH[:count]
        assert judged(golds, [swapped(rows) for rows in golds]).exact is right


def test_an_instance_on_which_both_orders_fit_does_not_count() -> None:
    both_ways: Rows = [(1, 2), (2, 1)]
    golds: list[Rows] = [LOW_HIGH[0], both_ways, [(5, 5)], []]
    answers = [swapped(rows) for rows in golds]
    answers[3] = []
    assert not judge(
        [expected(rows, "x y") for rows in golds], [table(rows, "a b") for rows in answers]
    ).exact


def test_names_that_map_are_enough_on_one_instance() -> None:
    assert judged(LOW_HIGH[:1], [swapped(LOW_HIGH[0])], ("low high", "HIGH low")).exact


def test_names_that_say_otherwise_forbid_a_swap_of_one_kind_on_any_number_of_instances() -> None:
    assert not judged(LOW_HIGH, [swapped(rows) for rows in LOW_HIGH], ("low high", "low high")).exact


def test_names_that_repeat_never_map() -> None:
    assert not verdict([(1, 2)], [(2, 1)], "x x", "x x").exact
    assert not verdict([(1, 1)], [(1, 2)], "x x", "x x").exact  # taking the first "x" twice would match


def test_wrong_names_do_no_harm_when_the_columns_are_right_as_written() -> None:
    assert verdict([(1, 9)], [(1, 9)], "low high", "high low").exact


def test_columns_that_hold_the_same_may_stand_for_each_other() -> None:
    golds: list[Rows] = [[("x", "x", 1, 5)], [("y", "y", 2, 9)]]
    answers: list[Rows] = [[(5, "x", "x", 1)], [(9, "y", "y", 2)]]
    assert judged(golds, answers).exact


def test_a_column_of_dates_as_text_may_change_places_with_other_texts() -> None:
    assert verdict([("Ann", date(2024, 1, 2))], [("2024-01-02", "Ann")]).exact


def test_a_number_in_text_counts_as_a_number_when_columns_change_places() -> None:
    assert not verdict([("2014", 5)], [(5, 2014)]).exact
    assert not verdict([(5, 2014)], [("2014", 5)]).exact


def test_columns_change_places_within_ordered_results_too() -> None:
    gold, answer = [("a", 2), ("b", 1)], [(2, "a"), (1, "b")]
    assert verdict(gold, answer, ordered=True).exact
    assert not verdict(gold, list(reversed(answer)), ordered=True).exact


def test_columns_change_places_in_rows_cut_by_a_limit() -> None:
    gold = Expected(None, 2, (Group([("a", 1), ("b", 2), ("c", 3)], 2),))
    assert judge([gold], [table([(3, "c"), (1, "a")])]).exact
    assert not judge([gold], [table([(3, "c"), (1, "b")])]).exact


def test_an_extra_column_is_found_anywhere() -> None:
    gold = [("a", 1), ("b", 2)]
    assert verdict(gold, [(True, "a", 7.5, 1), (False, "b", 8.5, 2)], rules=EXTRA).exact


def test_with_extra_columns_one_answer_column_cannot_be_two() -> None:
    assert not verdict([("a", "a"), ("b", "b")], [("a", "x"), ("b", "y")], rules=EXTRA).exact


def test_with_extra_columns_a_swap_of_one_kind_has_to_be_told_apart_too() -> None:
    golds = LOW_HIGH[:2]
    answers = [[(7, *reversed(row)) for row in rows] for rows in golds]
    assert not judged(golds[:1], answers[:1], rules=EXTRA).exact
    assert judged(golds, answers, rules=EXTRA).exact


def test_which_instances_are_equal_is_told_under_one_mapping() -> None:
    golds: list[Rows] = [[("a", 1)], [("b", 2)], [("c", 3)]]
    found = judged(golds, [[(1, "a")], [(5, "b")], [(3, "c")]])
    assert (found.equal, found.instance) == ((True, False, True), 1)


def test_an_instance_with_too_many_rows_does_not_hide_that_others_are_equal() -> None:
    golds: list[Rows] = [[("a", 1)], [("b", 2)]]
    assert judged(golds, [[(1, "a")], [(2, "b"), (2, "b")]]).equal == (True, False)


def test_a_result_whose_width_changes_between_instances_is_compared_as_written() -> None:
    golds: list[Rows] = [[("a", 1)], [("a", 1, 2)]]  # as PIVOT gives
    assert judged(golds, golds).exact
    assert judged(golds, [golds[0], golds[0]]).equal == (True, False)


def test_results_too_wide_to_search_are_compared_as_written() -> None:
    row = tuple(range(200))
    assert verdict([row], [row]).exact
    assert not verdict([row], [tuple(reversed(row))]).exact


def test_the_search_gives_up_on_columns_that_only_rows_tell_apart() -> None:
    prime = 3001  # i * j % prime takes every value once, so all columns hold the same bag
    gold = [tuple(i * j % prime for j in range(1, 13)) for i in range(prime)]
    answer = [tuple((i * j + j * j) % prime for j in range(1, 13)) for i in range(prime)]
    moved = [tuple(reversed(row)) for row in gold]
    assert not verdict(gold, answer).exact
    assert not judged([gold, gold], [moved, moved]).exact  # would be found, given time
