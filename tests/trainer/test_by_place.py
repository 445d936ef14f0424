"""A token is drawn by one number: which one, how often, and that nothing else has a part in it."""

from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from rewardkit.trainer.methods.by_place import ByNumber, NoProbabilities, numbers_of  # noqa: E402

CHANCES = [0.0, 0.2, 0.35, 0.0, 0.4, 0.05, 0.0]


def drawn(numbers: list[float]) -> list[int]:
    """The token of each row, all of which have the same chances."""
    scores = torch.tensor([CHANCES] * len(numbers)).log()
    left = ByNumber(torch.tensor(numbers, dtype=torch.float64)[:, None])(None, scores)
    assert (left.isfinite().sum(dim=1) == 1).all()
    return left.argmax(dim=1).tolist()


def test_each_token_is_drawn_as_often_as_its_probability_says() -> None:
    count = 10_000
    tokens = drawn([(place + 0.5) / count for place in range(count)])
    shares = [tokens.count(token) / count for token in range(len(CHANCES))]
    assert shares == pytest.approx(CHANCES, abs=1e-4)


def test_a_token_without_probability_is_never_drawn() -> None:
    edges = [0.0, 0.2, 0.55, 0.95, 1 - 1e-12]
    assert {0, 3, 6}.isdisjoint(drawn(edges))


def test_a_row_has_the_same_numbers_whatever_its_process_draws_beside_it() -> None:
    whole = numbers_of((7, 3), range(8), (8, 5))
    parts = [numbers_of((7, 3), range(start, start + 2), (8, 5)) for start in (0, 2, 4, 6)]
    assert [row.tolist() for part in parts for row in part] == whole.tolist()


def test_another_seed_or_generation_gives_other_numbers() -> None:
    draws = [
        numbers_of((seed, generation), range(4), (4, 5)).tolist() for seed in (0, 1) for generation in (0, 1)
    ]
    assert len({str(draw) for draw in draws}) == 4
    rows = [str(row) for row in draws[0]]
    assert len({*rows}) == len(rows)


def test_each_token_of_a_row_has_a_number_of_its_own() -> None:
    processor = ByNumber(torch.tensor([[0.1, 0.9]], dtype=torch.float64))
    scores = torch.tensor([[0.5, 0.5]]).log()
    assert [processor(None, scores).argmax().item() for _ in range(2)] == [0, 1]


def test_probabilities_that_are_not_finite_are_told_at_the_end() -> None:
    processor = ByNumber(torch.tensor([[0.1, 0.5], [0.9, 0.5]], dtype=torch.float64))
    processor(None, torch.tensor([[0.5, 0.5], [0.5, 0.5]]).log())
    processor.check()
    processor(None, torch.tensor([[0.5, 0.5], [float("nan"), 0.5]]))
    with pytest.raises(NoProbabilities):
        processor.check()
