"""`row_rubric`: criteria that each row of the data brings along, as the published files of HealthBench do.

What it rewards
    Points earned over the sum of the row's positive points, within 0 and 1. A row's column `rubrics` is a list of criteria:
    {"criterion": "Tells the user to see a doctor today.", "points": 7, "tags": ["axis:completeness"]}
    Negative points are for a harm, 0 counts for nothing. For each tag there is a component: the share of that tag's points.

How it can be gamed
    Whatever sways the judge; see docs/judges.md. An answer that lists everything meets many criteria of a kind that asks for things to be
    named, so a file needs criteria that take points away.

Known problems
    A judge reads one criterion at a time, and rows are as good as whoever wrote them. Each answer is kept within 0 and 1; a benchmark that
    only keeps its mean there comes to a lower figure from the same verdicts wherever answers earn less than nothing.

Example
    quality = row_rubric_grader(judge="gpt-4.1-mini")              # Python

    [quality]                                                      # TOML
    use = "row_rubric"
    judge = "gpt-4.1-mini"
    column = "rubrics"
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import Any, Unpack, cast

from rewardkit import Component, Criterion, Grader, Score, Unscored
from rewardkit.errors import GraderError
from rewardkit.grader import BUILT_IN, grader_of, made_here
from rewardkit.judging.applying import Ask, Manner, applied
from rewardkit.judging.criteria import check_criteria
from rewardkit.judging.declared import Declared
from rewardkit.judging.judged_functions import USUALLY, Call, Spec, at_home, judged
from rewardkit.options import OptionArgs, options_of

from .settings import check_one_of, check_text, with_options, wrong

TASK = """Grade the last answer of a conversation by a criterion that was written for this conversation.

A criterion that asks for several things is met only when all of them are there. Where it gives examples ("such as", "including"), they
need not all be there."""

_UNTAGGED = "untagged"
_WORDS = re.compile(r"[a-z0-9]+")
_LONGEST_NAME = 40
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True)
class RowCriterion:
    """A criterion of a row with the tags that it counts for."""

    criterion: Criterion
    tags: tuple[str, ...]


def row_rubric_grader(
    *,
    judge: Spec = "",
    column: str = "rubrics",
    task: str = TASK,
    ask: Ask = "each",
    repeats: int = 1,
    shortest: int = 2,
    **options: Unpack[OptionArgs],
) -> Grader:
    """A rubric whose criteria are those of each row; it asks for `completion`, `messages` and the column.

    judge: a model's name, a Judge, or a list of them (see `@rubric`); empty: `--judge` names it. column: where the criteria are.
    task: what the judge is told to do. ask: "each" criterion in a question of its own, or "all" of a row in one.
    repeats: how often each judge is asked; the middle verdict counts. shortest: an answer of fewer words meets nothing, and is sent to nobody.
    Raises GraderError, with the line of the call, for a wrong setting.
    """
    check_text("task", task)
    check_one_of("ask", ask, ("each", "all"))
    if not isinstance(column, str) or not column.isidentifier() or column in (*BUILT_IN, "id"):
        raise wrong("column", column, "the name of a column: letters, digits and _")
    for key, value, least in (("repeats", repeats, 1), ("shortest", shortest, 0)):
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise wrong(key, value, f"a whole number, {least} or more")
    name = options.get("name", "")
    ours = options_of(cast(OptionArgs, USUALLY), where="row_rubric")
    concurrency = options.get("concurrency", ours.concurrency)
    score = functools.partial(_score, column=column, task=task, ask=ask, repeats=repeats, shortest=shortest)
    function = judged(_criteria_in(column), "rubric", judge, concurrency, ("completion", "messages"), score)
    function.declared = Declared(function.judges, functools.partial(_criteria_of, column), None, "")  # type: ignore[attr-defined]
    grader = grader_of(function, "rubric", ours, name=name)
    return at_home(made_here(with_options(grader, options, row_rubric_grader), name))


def criteria_of(rubrics: object, row: str) -> list[RowCriterion]:
    """The criteria in a row's column, without those of 0 points. Unscored, naming the row, for what is no list of them or can earn nothing.

    A criterion's id is made of its first words and a hash of its text, so that it stays the same wherever the criterion stands.
    """
    rubrics = _parsed(rubrics, row)
    if not isinstance(rubrics, Sequence) or isinstance(rubrics, str) or not rubrics:
        raise Unscored(f"{row}: the rubrics must be a list of criteria, got {rubrics!r:.60}")
    found: list[RowCriterion] = []
    names: Counter[str] = Counter()
    for number, given in enumerate(rubrics, 1):
        made = _row_criterion(given, f"{row}, criterion {number}")
        if made is None:
            continue
        name = made.criterion.id
        names[name] += 1
        if names[name] > 1:  # the same text twice
            made = replace(made, criterion=replace(made.criterion, id=f"{name}-{names[name]}"))
        found.append(made)
    if not any(each.criterion.points > 0 for each in found):
        raise Unscored(f"{row}: no criterion has positive points, so nothing can be earned")
    return found


def _criteria_of(column: str, row: Mapping[str, Any]) -> tuple[Criterion, ...]:
    return tuple(each.criterion for each in criteria_of(row.get(column), "the row"))


def _criteria_in(column: str) -> Any:
    """A function that asks for the column, and for the row's id to name it by."""

    def criteria_of_row(**columns: Any) -> list[RowCriterion]:
        """Grade answers by the criteria that their row brings along."""
        ident = columns.get("id")
        return criteria_of(
            columns[column], f"row {str(ident)!r:.60}" if ident not in (None, "") else "the row"
        )

    kinds = inspect.Parameter
    criteria_of_row.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [kinds(column, kinds.KEYWORD_ONLY), kinds("id", kinds.KEYWORD_ONLY, default="")]
    )
    return criteria_of_row


async def _score(call: Call, *, column: str, task: str, ask: Ask, repeats: int, shortest: int) -> Score:
    criteria: list[RowCriterion] = call.returned
    manner = Manner(call.judges, ask, repeats, shortest)
    prompt = conversation(call.given["messages"][:-1]) or call.prompt
    # No columns: the texts are data, and a brace in them is a brace.
    score = await applied(
        task, [each.criterion for each in criteria], call.given["completion"], prompt, {}, manner
    )
    shares = {part.name: part.value or 0.0 for part in score.components}
    return replace(score, components=tuple(by_tag(criteria, shares)))


def conversation(messages: Sequence[Mapping[str, Any]]) -> str:
    """What was said before the answer, turn by turn with who said it; empty for a single turn, which is the request itself."""
    if len(messages) < 2:
        return ""
    return "\n\n".join(f"{message['role']}: {_text(message['content'])}" for message in messages)


def by_tag(criteria: Sequence[RowCriterion], shares: Mapping[str, float]) -> Iterator[Component]:
    """For each tag the share of its points, 0 to 1, and where they were lost; no value where a tag has no positive points."""
    tags = dict.fromkeys(tag for each in criteria for tag in each.tags or (_UNTAGGED,))
    for tag in tags:
        those = [each.criterion for each in criteria if tag in (each.tags or (_UNTAGGED,))]
        possible = sum(max(each.points, 0.0) for each in those)
        earned = sum(each.points * shares[each.id] for each in those)
        lost = [each.id for each in those if max(each.points, 0.0) > each.points * shares[each.id]]
        more = f" and {len(lost) - _MOST_NAMED} more" if len(lost) > _MOST_NAMED else ""
        why = f"lost on {', '.join(lost[:_MOST_NAMED])}{more}" if lost else ""
        yield Component(tag, min(1.0, max(0.0, earned / possible)) if possible else None, reason=why)


def _row_criterion(given: object, where: str) -> RowCriterion | None:
    """One criterion of a row; None for one that counts for nothing."""
    if not isinstance(given, Mapping):
        raise Unscored(f'{where}: it must be {{"criterion": ..., "points": ...}}, got {given!r:.60}')
    text, points = given.get("criterion"), given.get("points")
    if points == 0 and not isinstance(points, bool):
        return None
    criterion = Criterion(_id_of(str(text)), cast(str, text), cast(float, points))
    anything = Criterion("anything", "Anything.")  # alone, one with negative points is no rubric
    try:
        check_criteria((criterion, anything), where)
    except GraderError as error:
        raise Unscored(str(error)) from None
    tags = given.get("tags") or ()
    if (
        not isinstance(tags, Sequence)
        or isinstance(tags, str)
        or not all(isinstance(tag, str) for tag in tags)
    ):
        raise Unscored(f"{where}: tags must be a list of texts, got {tags!r:.60}")
    return RowCriterion(criterion, tuple(dict.fromkeys(tags)))


def _id_of(text: str) -> str:
    """`tells-the-user-to-see-a8f31c`: the first words, and a hash of the whole."""
    words = "-".join(_WORDS.findall(text.casefold()))[:_LONGEST_NAME].strip("-")
    start = words if words[:1].isalpha() else f"c-{words}".strip("-")
    digest = blake2b(text.strip().encode("utf-8", "replace"), digest_size=3).hexdigest()
    return f"{start}-{digest}"


def _parsed(rubrics: object, row: str) -> object:
    """A CSV holds them as JSON in a cell."""
    if not isinstance(rubrics, str):
        return rubrics
    try:
        return json.loads(rubrics)
    except ValueError:
        raise Unscored(f"{row}: the rubrics are a text that is no JSON: {rubrics!r:.60}") from None


def _text(content: object) -> str:
    if isinstance(content, list):  # parts of a multi-part message: the texts among them
        return "".join(str(part.get("text", "")) for part in content if isinstance(part, Mapping))
    return "" if content is None else str(content)


row_rubric = row_rubric_grader()
