"""What verbs that ask judges share: which judge, whether anybody is asked, what it may cost, and to whom answers are sent."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Annotated

import typer

from .common import err, out

if TYPE_CHECKING:
    from ..grader import Grader
    from ..judging.spending import Spent

JudgeName = Annotated[
    str | None,
    typer.Option(
        "--judge",
        help="Another judge for all rubrics that name one: a model (gpt-4.1-mini) or openai:MODEL@http://host:port/v1, with the key in "
        "OPENAI_API_KEY, or hf:FOLDER_OR_NAME on this machine.",
        show_default=False,
    ),
]
ReplayVerdicts = Annotated[
    bool,
    typer.Option(
        "--replay-verdicts",
        help="Ask no judge: use the verdicts kept in .rewardkit/verdicts.sqlite, and leave unscored what has none. For CI without a key.",
    ),
]
JudgeBudget = Annotated[
    str | None,
    typer.Option(
        "--judge-budget",
        metavar="DOLLARS|TOKENS",
        help="The most that judges may cost in this run: 2.50 (dollars, with --judge-price) or '500k tokens'. Once it is spent the run stops "
        "with code 3, and goes on with a larger one. Requests that are under way are still paid for.",
        show_default=False,
    ),
]
JudgePrice = Annotated[
    str | None,
    typer.Option(
        "--judge-price",
        metavar="IN,OUT",
        help="Dollars for a million tokens of questions and of replies: 0.40,1.60. For judges that do not say so themselves.",
        show_default=False,
    ),
]


def ask_judges(
    context: typer.Context,
    judge: str | None,
    replay: bool,
    budget: str | None = None,
    price: str | None = None,
    *,
    engine: str = "process",
) -> None:
    """Until the verb ends, in this process and those that it starts: which judge is asked, whether any is, and for how much.

    ConfigError for a budget or a price that is none, and for any of these with Ray, whose processes would not hear of it.
    """
    from ..errors import ConfigError
    from ..judging.terms import terms

    for option, value in (("--judge", judge), ("--replay-verdicts", replay), ("--judge-budget", budget)):
        if value and engine == "ray":
            raise ConfigError(
                f"{option} does not reach the processes of a Ray cluster; leave --engine ray out: one process asks a judge for all"
            )

    replaying = "replay" if replay else None
    context.with_resource(terms(judge=judge, verdicts=replaying, budget=budget, price=price))


@contextmanager
def counting(graders: Sequence[Grader], ledger: Path | None = None) -> Iterator[Callable[[], Spent | None]]:
    """For the length of a `with`, what judges cost is noted: in that file, else in one that is thrown away.

    Gives a function that says what has been spent; None where no grader asks a judge. ConfigError for a budget in dollars where a judge has
    no price.
    """
    from ..judging.spending import Ledger, check_prices
    from ..judging.terms import terms

    if not any(grader.asks_a_judge for grader in graders):
        yield lambda: None
        return
    check_prices(graders)
    with TemporaryDirectory() as folder:
        path = ledger or Path(folder) / "judge_calls.jsonl"
        with terms(ledger=path):
            yield Ledger(path).spent


def print_spent(spent: Spent | None) -> None:
    """A line on what was asked of judges, where any was."""
    if spent is not None and spent.requests:
        out().print(f"judges   {spent}", highlight=False, markup=False, soft_wrap=True)


def say_hosts(graders: Sequence[Grader], *, replay: bool) -> None:
    """One line on standard error for each host that answers will be sent to, before anything is."""
    from ..judging.named import hosts_told

    for line in [] if replay else hosts_told(graders):
        err().print(line, markup=False, soft_wrap=True)
