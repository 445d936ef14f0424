"""Check the settings that a factory was given; every error names the line that called the factory.

check_one_of("percent", percent, ("fraction", "ignore"))
# graders/claims.py:7: percent='%' ; allowed: fraction, ignore
"""

from __future__ import annotations

import math
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from inspect import signature
from typing import cast

from rewardkit import Grader
from rewardkit.errors import GraderError, did_you_mean
from rewardkit.options import OptionArgs, options_of
from rewardkit.paths import display_path


def wrong(key: str, value: object, allowed: str) -> GraderError:
    """The error for a setting: its name and value, what is allowed, and the line of the user that called the factory."""
    return GraderError(f"{key}={value!r:.80}; allowed: {allowed}", where=_called_at())


def check_text(key: str, value: object) -> None:
    """None, or text that is not blank."""
    if value is not None and not (isinstance(value, str) and value.strip()):
        raise wrong(key, value, "text that is not blank")


def check_flag(key: str, value: object) -> None:
    """True or False; 1 and "yes" are errors."""
    if not isinstance(value, bool):
        raise wrong(key, value, "true or false")


def check_share(key: str, value: object) -> None:
    """True or False, or a number from 0 to 1."""
    if not isinstance(value, int | float) or not 0 <= value <= 1:
        raise wrong(key, value, "true, false, or a number from 0 to 1")


def check_one_of(key: str, value: object, allowed: Iterable[str]) -> None:
    """One of a few words."""
    words = tuple(allowed)
    if value not in words:
        raise wrong(key, value, f"{', '.join(words)}.{did_you_mean(str(value), words)}")


def check_number(key: str, value: object, *, above: float | None = None) -> None:
    """A finite number of at least 0, or greater than `above` when that is given."""
    fine = isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    if not fine or not (cast(float, value) >= 0 if above is None else cast(float, value) > above):
        raise wrong(
            key, value, "a finite number, 0 or more" if above is None else f"a finite number above {above:g}"
        )


def check_words(key: str, value: object, *, least: int) -> tuple[str, ...]:
    """A list of at least `least` different texts, none of them blank."""
    words = tuple(value) if isinstance(value, list | tuple) else ()
    if not all(isinstance(word, str) and word.strip() for word in words) or len(set(words)) < max(
        least, len(words)
    ):
        raise wrong(key, value, f"a list of {least} or more different texts, none blank")
    return words


def with_options(grader: Grader, options: OptionArgs, factory: Callable[..., Grader]) -> Grader:
    """The grader with the options that its caller gave over those of the factory; any other name is a setting misspelt."""
    if not options:
        return grader
    settings = [
        name for name, each in signature(factory).parameters.items() if each.kind is each.KEYWORD_ONLY
    ]
    for key in options:
        if key not in OptionArgs.__annotations__:
            hint = did_you_mean(key, [*settings, *OptionArgs.__annotations__])
            raise GraderError(
                f"unknown setting '{key}' of {factory.__name__}; its settings: {', '.join(settings)}.{hint}",
                where=_called_at(),
            )
    merged = cast(OptionArgs, {**asdict(grader.options), **options})
    return replace(grader, options=options_of(merged, where=_called_at()))


def _called_at() -> str:
    """`file:line` of the nearest caller outside the bundled graders."""
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith("rewardkit.graders."):
        frame = frame.f_back
    return f"{display_path(frame.f_code.co_filename)}:{frame.f_lineno}"
