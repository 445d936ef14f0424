"""What judges cost: each reply is noted in a file, and the budget is looked up there before the next question.

    spent = Ledger("runs/demo/judge_calls.jsonl").spent()
    spent.requests, spent.tokens_in, spent.dollars        # 1204, 812_350, 0.44; dollars is None where a price is not known

The file is named by a variable, so that all worker processes of a run write into the same one: a line for each reply, appended in one
write. A budget ends the asking, never an answer: what was not asked about is unscored with the cause judge_budget, which stops the
run at once, and the same command with a larger budget goes on. Requests that are under way at that moment are still paid for.

In a dry run nobody is asked: each question without a kept verdict is noted with the tokens that it would take.
"""

from __future__ import annotations

import functools
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from ..errors import ConfigError
from ..scoring.stand_in_judge import is_stood_in
from .judges import Judge, NoVerdict, Reply, ScriptedJudge
from .named import judges_of
from .questions import Question

if TYPE_CHECKING:
    from ..grader import Grader

LEDGER = "REWARDKIT_JUDGE_LEDGER"
BUDGET = "REWARDKIT_JUDGE_BUDGET"
PRICE = "REWARDKIT_JUDGE_PRICE"
"""The variables by which a run's file, its budget and the price of judges without one of their own reach worker processes."""

CHARACTERS_A_TOKEN = 4
TOKENS_A_VERDICT = 60  # a sentence or two of reason, and the verdict
"""What an estimate reckons with."""

Price: TypeAlias = tuple[float, float]
"""Dollars for a million tokens, those of questions and those of replies."""

_MILLION = 1_000_000
_TOKENS = re.compile(r"(\d+(?:\.\d+)?)\s*([kKM]?)\s*tokens?")
_DOLLARS = re.compile(r"\$?\s*(\d+(?:\.\d+)?)")


@dataclass(frozen=True, slots=True)
class Budget:
    """The most that judges may cost: tokens of questions and replies together, or dollars. One of them is None."""

    tokens: float | None = None
    dollars: float | None = None

    def __str__(self) -> str:
        return f"{self.tokens:,.0f} tokens" if self.dollars is None else f"${self.dollars:,.2f}"

    def allows(self, spent: Spent) -> bool:
        """Whether anything is left. What has no price takes nothing from a budget in dollars."""
        if self.tokens is not None:
            return spent.tokens_in + spent.tokens_out < self.tokens
        return self.dollars is None or spent.priced < self.dollars


@dataclass(frozen=True, slots=True)
class Spent:
    """What has been asked so far. `priced`: dollars for all of it but `unpriced` requests, whose price nobody knows."""

    requests: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    priced: float = 0.0
    unpriced: int = 0

    @property
    def dollars(self) -> float | None:
        """What it cost; None where some of it has no price that is known."""
        return None if self.unpriced else self.priced

    def __str__(self) -> str:
        paid = "" if self.dollars is None else f", ${self.dollars:,.2f}"
        return f"{self.requests:,} requests, {self.tokens_in:,} tokens in, {self.tokens_out:,} out{paid}"

    def as_json(self) -> dict[str, Any]:
        """What `--json` prints of it."""
        return {
            "requests": self.requests,
            "tokens_in": self.tokens_in,
            "tokens_out": self.tokens_out,
            "dollars": self.dollars,
        }


def parse_budget(text: str) -> Budget:
    """`2.50` and `$2.50` are dollars, `500k tokens` are tokens. ConfigError for anything else."""
    if found := _TOKENS.fullmatch(text.strip()):
        budget = Budget(tokens=float(found[1]) * {"": 1, "k": 1e3, "K": 1e3, "M": 1e6}[found[2]])
    elif found := _DOLLARS.fullmatch(text.strip()):
        budget = Budget(dollars=float(found[1]))
    else:
        raise ConfigError(
            f"a judge's budget of {text!r}: write dollars (2.50) or tokens ('500k tokens', '2M tokens')"
        )
    if not (budget.tokens or budget.dollars):
        raise ConfigError(
            f"a judge's budget of {text!r}: it must be above 0; --replay-verdicts asks nobody at all"
        )
    return budget


def parse_price(text: str) -> Price:
    """`0.40,1.60`: dollars for a million tokens of questions and of replies. ConfigError for anything else."""
    try:
        asked, answered = (float(part) for part in text.split(","))
    except ValueError:
        asked = answered = -1.0
    if not (0 <= asked < _MILLION and 0 <= answered < _MILLION):
        raise ConfigError(
            f"a judge's price of {text!r}: write dollars for a million tokens in and a million out, as 0.40,1.60"
        )
    return asked, answered


class Ledger:
    """A file of what was asked. Several processes may append to it; `spent` reads what was added since it was last asked."""

    def __init__(self, path: str | Path) -> None:
        self._path = Path(path)
        self._read = 0
        self._spent = Spent()

    def note(self, tokens_in: int, tokens_out: int, dollars: float | None) -> None:
        """One reply. A file that cannot be written raises OSError: a budget that nobody keeps is none."""
        line = json.dumps({"tokens_in": tokens_in, "tokens_out": tokens_out, "dollars": dollars}) + "\n"
        self._path.parent.mkdir(parents=True, exist_ok=True)
        file = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o644)
        try:
            os.write(file, line.encode())
        finally:
            os.close(file)

    def spent(self) -> Spent:
        """The sum of all lines; one that is still being written counts the next time."""
        for line in self._new_lines():
            total, dollars = self._spent, line["dollars"]
            self._spent = Spent(
                total.requests + 1,
                total.tokens_in + line["tokens_in"],
                total.tokens_out + line["tokens_out"],
                total.priced + (dollars or 0.0),
                total.unpriced + (dollars is None),
            )
        return self._spent

    def _new_lines(self) -> Iterator[Mapping[str, Any]]:
        try:
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
        except FileNotFoundError:
            return
        whole = new[: new.rfind(b"\n") + 1]
        self._read += len(whole)
        for line in whole.splitlines():
            try:
                yield _entry(json.loads(line))
            except (ValueError, TypeError, KeyError):
                continue  # the rest of a write that was cut off


async def paid(judge: Judge, question: Question) -> Reply:
    """The judge's reply, noted where the run keeps a ledger. NoVerdict, with the cause judge_budget, when the run's budget is spent."""
    path = os.environ.get(LEDGER)
    if path is None or isinstance(judge, ScriptedJudge):  # a script costs nothing
        return await judge.ask(question)
    check_budget()
    try:
        reply = await judge.ask(question)
    except NoVerdict as error:
        if error.reply is not None:
            _note(path, judge, question, error.reply)
        raise
    _note(path, judge, question, reply)
    return reply


def check_budget() -> None:
    """NoVerdict with the cause judge_budget when the budget of this run is spent. A judge that lets requests wait asks before each of them."""
    path, text = os.environ.get(LEDGER), os.environ.get(BUDGET)
    if path is None or text is None or is_stood_in():
        return
    budget, spent = _budget(text), _ledger(path).spent()
    if not budget.allows(spent):
        raise NoVerdict("judge_budget", f"the judge's budget of {budget} is spent ({spent})")


def _note(path: str, judge: Judge, question: Question, reply: Reply) -> None:
    """What a reply has cost; about what it has, where it does not say so."""
    tokens = (reply.tokens_in, reply.tokens_out)
    if judge.host is not None and not any(tokens):
        tokens = _about(question)
    _ledger(path).note(*tokens, _dollars(judge, *tokens))


def note_estimate(judge: Judge, question: Question) -> None:
    """Note about what a question would cost, where the run keeps a ledger."""
    if path := os.environ.get(LEDGER):
        tokens = _about(question)
        _ledger(path).note(*tokens, _dollars(judge, *tokens))


def _about(question: Question) -> tuple[int, int]:
    """The tokens of a question and of its reply, estimated."""
    written = sum(len(message["content"]) for message in question.messages())
    return -(-written // CHARACTERS_A_TOKEN), TOKENS_A_VERDICT * len(question.criteria)


def check_prices(graders: Iterable[Grader]) -> None:
    """ConfigError where there is a budget in dollars and a judge whose price nobody knows: that budget would never be spent."""
    text = os.environ.get(BUDGET)
    if not text or _budget(text).dollars is None or os.environ.get(PRICE):
        return
    for name, judge in judges_of(graders):
        if judge.host is not None and getattr(judge, "price", None) is None:
            raise ConfigError(
                f"a budget of {_budget(text)} needs the price of the judge of '{name}' at {judge.host}: give --judge-price IN,OUT in dollars for "
                "a million tokens, or a budget in tokens ('500k tokens')"
            )


def _dollars(judge: Judge, tokens_in: int, tokens_out: int) -> float | None:
    """None where the judge has no price; what stays on this machine is free."""
    if judge.host is None:
        return 0.0
    named = os.environ.get(PRICE)
    price: Price | None = getattr(judge, "price", None) or (_price(named) if named else None)
    return None if price is None else (tokens_in * price[0] + tokens_out * price[1]) / _MILLION


def _entry(line: Mapping[str, Any]) -> Mapping[str, Any]:
    dollars = line["dollars"]
    return {
        "tokens_in": int(line["tokens_in"]),
        "tokens_out": int(line["tokens_out"]),
        "dollars": None if dollars is None else float(dollars),
    }


_budget = functools.lru_cache(8)(parse_budget)
_price = functools.lru_cache(8)(parse_price)
_ledger = functools.lru_cache(8)(Ledger)
