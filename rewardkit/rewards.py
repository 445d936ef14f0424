"""`@reward`: a grader that returns one number.

    @reward(answer="number")
    def final_number(completion: str, reference: str) -> bool:
        \"\"\"Full marks when the last number of the answer equals the reference.\"\"\"
        ...

The author returns a bool, a number in the declared range, a `Score`, or None where `may_abstain=True`, and raises `Unscored("why")` for
a broken reference. The function may be async.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Unpack, overload

from .grader import Grader, grader_of, where_of
from .options import OptionArgs, options_of


@overload
def reward(function: Callable[..., Any], /) -> Grader: ...
@overload
def reward(**options: Unpack[OptionArgs]) -> Callable[[Callable[..., Any]], Grader]: ...


def reward(
    function: Callable[..., Any] | None = None, /, **options: Unpack[OptionArgs]
) -> Grader | Callable[[Callable[..., Any]], Grader]:
    """Declare a verifiable reward, with or without options: `@reward` or `@reward(answer="number", timeout=2)`.

    See `Options` for the options. Raises GraderError, with file and line, for a wrong option or parameter.
    """

    def decorate(function: Callable[..., Any]) -> Grader:
        checked = options_of(options, where=where_of(function, "reward"))
        return grader_of(function, "reward", checked, name=options.get("name"))

    return decorate if function is None else decorate(function)
