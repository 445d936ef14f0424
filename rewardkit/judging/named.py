"""Which judge a rubric asks: the one that it names, or another that `--judge` names in the place of all that are named by a text."""

from __future__ import annotations

import functools
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from ..errors import ConfigError, GraderError, MissingExtra, did_you_mean
from .judges import Judge, ScriptedJudge

if TYPE_CHECKING:
    from ..grader import Grader

_PREFIXES = ("openai", "hf", "script")

JUDGE = "REWARDKIT_JUDGE"
"""The variable by which `--judge` reaches worker processes; it is part of a rubric's fingerprint."""


def judge_of(spec: str | Judge, concurrency: int, where: str, folder: Path) -> Judge:
    """The judge itself. GraderError, at `where`, when no name is given or it is none.

    A script or a model that the rubric names is looked for in `folder`, one that `--judge` names in the current folder.
    """
    if not isinstance(spec, str):
        return spec
    named = os.environ.get(JUDGE)
    name = named or spec
    if not name:
        raise GraderError(
            'it names no judge: declare judge="gpt-4.1-mini" (or openai:MODEL@URL, hf:FOLDER_OR_NAME), or give --judge',
            where=where,
        )
    beside = Path() if named else folder
    try:
        return _named(_at_its_place(name, beside), concurrency, beside)
    except (ConfigError, MissingExtra) as error:
        raise GraderError(error.message, where=where) from None


def hosts_of(graders: Iterable[Grader]) -> dict[str, list[str]]:
    """The hosts that answers are sent to, each with the names of the rubrics and rankings that ask there. GraderError for a judge that is none."""
    hosts: dict[str, list[str]] = {}
    for name, judge in judges_of(graders):
        if judge.host is not None:
            names = hosts.setdefault(judge.host, [])
            if name not in names:
                names.append(name)
    return hosts


def hosts_told(graders: Iterable[Grader]) -> list[str]:
    """A line for each host that answers will be sent to, to be shown before any is."""
    return [
        f"answers are sent to {host}, the judge of {', '.join(names)}"
        for host, names in hosts_of(graders).items()
    ]


def judges_of(graders: Iterable[Grader]) -> Iterator[tuple[str, Judge]]:
    """The judges that graders and their parts ask, each with the grader's name. GraderError for a judge that is none."""
    for grader in judged_of(graders):
        try:
            judges = grader.function.judges()  # type: ignore[union-attr]
        except GraderError as error:
            raise GraderError(
                error.message, where=str(grader)
            ) from None  # one of a factory does not know where it stands
        yield from ((grader.name, judge) for judge in judges)


def asks_a_model(grader: Grader) -> bool:
    """Whether one of its judges is more than a script, so that asking costs something. GraderError for a judge that is none."""
    return any(not isinstance(judge, ScriptedJudge) for _, judge in judges_of([grader]))


def rubrics_of(graders: Iterable[Grader]) -> Iterator[Grader]:
    """The rubrics among graders and their parts."""
    return (grader for grader in judged_of(graders) if grader.kind == "rubric")


def judged_of(graders: Iterable[Grader]) -> Iterator[Grader]:
    """The rubrics and rankings among graders and their parts."""
    from ..grader import JUDGED

    for grader in graders:
        if grader.kind in JUDGED:
            yield grader
        yield from judged_of(part for part, _ in grader.parts)


def _at_its_place(name: str, folder: Path) -> str:
    """`hf:models/judge` with the path of the folder, where there is one: what a relative path names may be another one later."""
    found = folder / Path(name.removeprefix("hf:")).expanduser()
    return f"hf:{found.resolve()}" if name.startswith("hf:") and found.is_dir() else name


def _check_model(name: str, address: str) -> None:
    """ConfigError for a misspelt prefix, a file or an address: as the name of a model it would send answers to another host than was meant."""
    from .openai_judge import OPENAI_URL

    kind, colon, _ = name.partition(":")
    misspelt = did_you_mean(kind, _PREFIXES) if colon else ""
    elsewhere = "://" in name or ".py" in name or name.startswith((".", "/", "~"))
    unknown = (
        colon and kind != "ft" and address == OPENAI_URL
    )  # other endpoints have models such as llama3:8b
    if misspelt or elsewhere or unknown:
        raise ConfigError(
            f"judge {name!r} is no name of a model; write a model (gpt-4.1-mini), openai:MODEL@http://host:port/v1, hf:FOLDER_OR_NAME or "
            f"script:FILE.py:FUNCTION.{misspelt}"
        )


@functools.cache
def _named(name: str, concurrency: int, folder: Path) -> Judge:
    """One judge for each name: its limits hold for all rubrics that name it."""
    if name.startswith("script:"):
        from .scripts import scripted_judge

        return scripted_judge(name, folder)
    from ..evaluating.models import parse_spec
    from .local_judge import LocalJudge
    from .openai_judge import OpenAIJudge

    if name.startswith("hf:"):
        return LocalJudge(name.removeprefix("hf:"), batch=concurrency)
    if not name.startswith("openai:"):
        judge = OpenAIJudge(name, concurrency=concurrency)
        _check_model(name, judge.base_url)
        return judge
    spec = parse_spec(name)
    return OpenAIJudge(spec.name, spec.url if "@" in name and spec.url else "", concurrency=concurrency)
