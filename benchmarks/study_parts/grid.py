"""Which trainings the study has, in order of importance: each prefix of the list is a smaller study of the same questions.

A cell is (task, base, prompts, n, method, scaling, seed). Regimes share cells: RFT never sees a gold answer, so the training that stands beside SFT on
answers in the model's own style is the same as that beside SFT on bare answers.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from itertools import product
from typing import Any

from .methods import FEW, METHODS, candidates

Blocks = Iterator["Cell"]


@dataclass(frozen=True, slots=True)
class Cell:
    """One training, measured once. `scaling` is that of GRPO's loss, empty where there is none."""

    task: str
    base: str
    method: str
    n: int = 12
    few: bool = False
    scaling: str = ""
    seed: int = 0

    @property
    def label(self) -> str:
        """The method as tables name it."""
        return f"{self.method} (TRL's scaling)" if self.scaling == "trl" else self.method

    @property
    def group(self) -> Cell:
        """The cell without its seed: what is averaged over seeds."""
        return replace(self, seed=0)

    @property
    def settings_key(self) -> Choice:
        """The choice of settings that it trains with: one for both usual bases, and for SFT one for many labels."""
        method = METHODS[self.method]
        many = self.n > FEW and method.reward is None
        base = {"b": "a"}.get(self.base, self.base)
        return Choice(self.task, base, method.chooses, self.scaling, 50 if many else FEW)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Choice:
    """Settings that are chosen together on validation questions."""

    task: str
    base: str
    method: str
    scaling: str
    n: int

    @property
    def points(self) -> list[dict[str, dict[str, Any]]]:
        """The settings that are tried."""
        return candidates(METHODS[self.method], self.n, quick=self.base == "smoke")


def cell_of(row: dict[str, Any]) -> Cell:
    """The cell of a line of the record."""
    return Cell(**row)


def core() -> list[Cell]:
    """What answers the study's questions on text-to-SQL with ten seeds, and looks at the second task: about an hour on two cores."""
    return _unique([*_core(range(3)), *_core(range(3, 5)), *_core(range(5, 10))])


def rest() -> list[Cell]:
    """What runs on after the core: the other ways, other numbers of labels, the second task whole."""
    blocks = [
        *_others(range(5)),
        *_near_zero_again(range(5)),
        *_numbers("sql", range(3)),
        *_near_zero("orders", range(5)),
        *_few_kinds("sql", range(5)),
        *_orders("a", range(5)),
        *_orders("b", range(5)),
        *_orders("a", range(10)),
        *_orders("b", range(10)),
        *_numbers("orders", range(3)),
        *_few_kinds("orders", range(5)),
        *_orders_again(range(10)),
    ]
    done = set(core())
    return [cell for cell in _unique(blocks) if cell not in done]


def smoke() -> list[Cell]:
    """A minute or two: every kind of cell once, on a base of a few steps."""
    made = [Cell("orders", "smoke", name) for name in ("base", "sft-answer", "sft-majority")]
    return [*made, *_rft("orders", "smoke", ("rft-partial", "sft-own+rft"), [0], ("ours",), n=6)]


def _core(seeds: Iterable[int]) -> Blocks:
    seeds = list(seeds)
    for base in ("a", "b"):
        yield from _primary("sql", base, seeds)
    early = [seed for seed in seeds if seed < 5]
    yield from _near_zero("sql", early)
    yield from _few_kinds("sql", [seed for seed in seeds if seed < 3])
    yield from _orders("a", [seed for seed in seeds if seed < 3])


def _primary(task: str, base: str, seeds: Iterable[int]) -> Blocks:
    """n = 12, labels in every hand, both scalings, the controls."""
    seeds = list(seeds)
    yield Cell(task, base, "base")
    for seed in seeds:
        yield from _sft(task, base, ("sft-own", "sft-expert", "sft-answer", "sft-majority"), [seed])
        yield from _rft(task, base, ("rft-exact", "rft-partial"), [seed], ("ours", "trl"))
        yield Cell(task, base, "raft", seed=seed)
        yield from _rft(task, base, ("sft-own+rft", "sft-expert+rft"), [seed], ("ours",))
        if seed < 5 and base == "a":
            yield from _rft(task, base, ("control-random", "control-shuffled"), [seed], ("ours",))


def _near_zero(task: str, seeds: Iterable[int]) -> Blocks:
    """A base that is hardly ever right."""
    yield Cell(task, "low", "base")
    for seed in seeds:
        yield from _rft(task, "low", ("rft-exact", "rft-partial"), [seed], ("ours", "trl"))
        yield from _sft(task, "low", ("sft-own", "sft-expert"), [seed])
        yield Cell(task, "low", "raft", seed=seed)
        yield from _rft(task, "low", ("sft-own+rft",), [seed], ("ours",))


def _few_kinds(task: str, seeds: Iterable[int]) -> Blocks:
    """Prompts of three kinds; what counts are the other kinds."""
    for seed in seeds:
        yield from _sft(task, "a", ("sft-own", "sft-expert"), [seed], few=True)
        yield from _rft(task, "a", ("rft-exact", "rft-partial", "sft-own+rft"), [seed], ("ours",), few=True)
        yield Cell(task, "a", "raft", few=True, seed=seed)


def _orders(base: str, seeds: Iterable[int]) -> Blocks:
    """The primary cells of the second task, with our scaling."""
    yield Cell("orders", base, "base")
    for seed in seeds:
        yield from _sft("orders", base, ("sft-own", "sft-expert", "sft-answer", "sft-majority"), [seed])
        yield from _rft(
            "orders", base, ("rft-exact", "rft-partial", "sft-own+rft", "sft-answer+rft"), [seed], ("ours",)
        )
        yield Cell("orders", base, "raft", seed=seed)
        if seed < 3:
            yield from _rft("orders", base, ("control-random", "control-shuffled"), [seed], ("ours",))


def _orders_again(seeds: Iterable[int]) -> Blocks:
    """TRL's scaling, and other partial credit where that for fields alone is behind exact rewards."""
    for seed, base in product(seeds, ("a", "b")):
        yield from _rft("orders", base, ("rft-exact", "rft-partial"), [seed], ("trl",))
        yield from _rft("orders", base, ("rft-steep", "rft-anneal"), [seed], ("ours",))


def _numbers(task: str, seeds: Iterable[int]) -> Blocks:
    """Other numbers of labels."""
    for seed, n in product(seeds, (50, 6, 200)):
        yield from _sft(task, "a", ("sft-own", "sft-expert", "sft-answer"), [seed], n=n)
        yield from _rft(task, "a", ("rft-exact", "rft-partial", "sft-own+rft"), [seed], ("ours",), n=n)
        yield Cell(task, "a", "raft", n=n, seed=seed)


def _others(seeds: Iterable[int]) -> Blocks:
    """The other ways, where partial credit should help most and where prompts are of few kinds."""
    ways = ("rft-reused", "rft-large-groups", "rft-difficulty", "rft-anneal", "rft-mixed")
    for seed in seeds:
        yield from _rft("sql", "low", ways, [seed], ("ours",))
        yield from _rft("sql", "a", ways, [seed], ("ours",), few=True)
        yield from (Cell("sql", base, "raft-replay", few=base == "a", seed=seed) for base in ("low", "a"))


def _near_zero_again(seeds: Iterable[int]) -> Blocks:
    """Partial credit against exact rewards near 0 once more: paid for form, and where most steps meet no success."""
    for seed in seeds:
        yield from _rft("sql", "low", ("rft-form", "rft-form-small-steps"), [seed], ("ours", "trl"))
        yield from _rft("sql", "low", ("rft-exact-small-steps", "rft-partial-small-steps"), [seed], ("ours", "trl"))  # fmt: skip


def _sft(task: str, base: str, methods: Iterable[str], seeds: Iterable[int], *, n: int = 12, few: bool = False) -> Blocks:  # fmt: skip
    for seed, method in product(seeds, methods):
        yield Cell(task, base, method, n, few, seed=seed)


def _rft(
    task: str, base: str, methods: Iterable[str], seeds: Iterable[int], scalings: Iterable[str], *, n: int = 12, few: bool = False
) -> Blocks:  # fmt: skip
    for seed, scaling, method in product(seeds, scalings, methods):
        yield Cell(task, base, method, n, few, scaling, seed)


def _unique(cells: Iterable[Cell]) -> list[Cell]:
    return list(dict.fromkeys(cells))
