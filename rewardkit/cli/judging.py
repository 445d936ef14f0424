"""What verbs that ask judges share: which judge, whether anybody is asked, and to whom answers are sent."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING, Annotated

import typer

from .common import err

if TYPE_CHECKING:
    from ..grader import Grader

JudgeName = Annotated[
    str | None,
    typer.Option(
        "--judge",
        help="Another judge for all rubrics that name one: a model (gpt-4.1-mini) or openai:MODEL@http://host:port/v1. The key is in "
        "OPENAI_API_KEY.",
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


def ask_judges(context: typer.Context, judge: str | None, replay: bool) -> None:
    """Until the verb ends, in this process and those that it starts: which judge is asked, and whether any is."""
    from ..judging.applying import VERDICTS
    from ..judging.named import JUDGE

    for name, value in ((JUDGE, judge), (VERDICTS, "replay" if replay else None)):
        if value is not None:
            context.call_on_close(partial(_set, name, os.environ.get(name)))
            os.environ[name] = value


def _set(name: str, value: str | None) -> None:
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = value


def say_hosts(graders: Sequence[Grader], *, replay: bool) -> None:
    """One line on standard error for each host that answers will be sent to, before anything is."""
    from ..judging.named import hosts_of

    for host, names in ({} if replay else hosts_of(graders)).items():
        text = f"answers are sent to {host}, the judge of {', '.join(names)}"
        err().print(text, markup=False, soft_wrap=True)
