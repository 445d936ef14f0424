"""Errors of the openai package that tell of the endpoint, and not of the grader that asked it."""

from __future__ import annotations

_NO_CONNECTION = ("APIConnectionError", "APITimeoutError")
_NOT_SERVED = (401, 403, 408, 409, 429)  # no key, no right, too slow, in conflict, too many requests


def is_an_outage(error: BaseException) -> bool:
    """Whether no judge could be asked: no key, no connection, no quota, a server's error.

    A request that the endpoint rejects as malformed is not: the grader made it. The package is not imported to find out.
    """
    names = [kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] == "openai"]
    if not names:
        return False
    if names == ["OpenAIError"] or any(name in _NO_CONNECTION for name in names):
        return True
    status = getattr(error, "status_code", None)
    return isinstance(status, int) and (status in _NOT_SERVED or status >= 500)
