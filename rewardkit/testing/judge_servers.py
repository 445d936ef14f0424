"""`judge_server`: a judge's endpoint for tests, on this machine, that answers as a script says.

    with judge_server(verdict=lambda criterion, answer: "met" if criterion in answer else "unmet") as server:
        monkeypatch.setenv("REWARDKIT_JUDGE", server.judge)
        assert support_reply.score("it cites section 2").value == 1.0
        assert server.asked == {"cites": 1}

It is a real HTTP server with real connections, so that time-outs, tries and broken connections are what they are in practice. It understands
the questions of rubrics and rankings; any other client of the OpenAI API may talk to it as well. It does not stream.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Callable, Sequence
from hashlib import blake2b
from typing import TypeAlias

from ..chat_server import ApiServer, Reply, Request, fail, say
from ..errors import ConfigError
from . import replies as made
from .asked import asked, compared

Replies: TypeAlias = Callable[[Request, int], Reply | str] | Sequence[Reply | str]

_RANGE = 2.0**64


class JudgeServer(ApiServer):
    """A running server; see `judge_server`.

    url: its base URL. judge: what `--judge` or REWARDKIT_JUDGE takes. log: every request with headers, JSON and time; requests: the JSON
    alone. counts: how often it answered what, by status or fault (`{"200": 12, "429": 3, "drops": 1}`). asked: how often it was asked about
    each criterion. `down()`: a block during which nobody answers. `close()` ends it.
    """

    def __init__(
        self,
        replies: Replies,
        faults: Sequence[Reply],
        share: float,
        streak: int,
        seed: int,
        latency: float,
        port: int,
        models: tuple[str, ...],
    ) -> None:
        self._replies = replies
        self._faults = faults
        self._share = share
        self._streak = streak
        self._seed = seed
        self._tries: dict[str, tuple[int, int]] = {}
        # Kept verdicts are known by the address too: those of another server at this port must not be taken for this one's.
        prefix = "" if port else f"/{secrets.token_hex(4)}"
        super().__init__(self._reply_to, latency=latency, port=port, prefix=prefix, models=models)

    @property
    def judge(self) -> str:
        """The name by which a rubric, `--judge` or REWARDKIT_JUDGE calls it."""
        return f"openai:{self._models[0]}@{self.url}"

    @property
    def asked(self) -> Counter[str]:
        """How often it was asked about each criterion."""
        counts: Counter[str] = Counter()
        for request in list(self.log):
            try:
                counts.update(asked(request).criteria.keys())
            except ValueError:  # no question of a rubric
                continue
        return counts

    def _reply_to(self, request: Request) -> Reply:
        """A fault, if it is the request's turn, else what the script says."""
        if request.body.get("stream"):
            return fail(400, "judge_server does not stream")
        fault = self._fault(request)
        if fault is not None:
            return fault
        reply = self._scripted(request)
        return say(reply) if isinstance(reply, str) else reply

    def _scripted(self, request: Request) -> Reply | str:
        if callable(self._replies):
            return self._replies(request, request.number)
        if request.number < len(self._replies):
            return self._replies[request.number]
        return fail(410, f"all {len(self._replies)} replies of the list have been given")

    def _fault(self, request: Request) -> Reply | None:
        """Drawn by what is asked, which try it is, and the seed: the order in which requests arrive does not matter."""
        if not self._faults:
            return None
        what = _what(request)
        with self._lock:
            tries, faults = self._tries.get(what, (0, 0))
            drawn = blake2b(
                f"{self._seed} {tries} {what}".encode("utf-8", "replace"), digest_size=16
            ).digest()
            strikes = faults < self._streak and int.from_bytes(drawn[:8]) / _RANGE < self._share
            self._tries[what] = (tries + 1, faults + 1 if strikes else 0)
        return self._faults[int.from_bytes(drawn[8:]) % len(self._faults)] if strikes else None


def judge_server(
    replies: Replies | None = None,
    *,
    verdict: made.Verdict | None = None,
    better: made.Better | None = None,
    faults: Sequence[Reply] = (),
    share: float = 0.5,
    streak: int = 1,
    seed: int = 0,
    latency: float = 0.0,
    port: int = 0,
    models: tuple[str, ...] = ("judge",),
) -> JudgeServer:
    """Start a server on 127.0.0.1 that speaks the OpenAI API: chat completions, responses, models. It ends with the `with` block.

    replies: a function of a request and its number (from 0) that returns a `Reply` or a text; or a list of them, given in the order in
    which requests arrive, and HTTP 410 after the last. verdict: instead, a function of a criterion's id and the answer (see `replies.verdicts`),
    and better: for rankings, a function of the answers A and B (see `replies.preference`).
    faults: in the place of a `share` (0 to 1) of the replies, drawn by `seed`, at most `streak` times in a row for one question.
    latency: seconds before each answer. port: a certain one; with 0 a free one, and an address under which no verdict was ever kept.
    An exception of the function is answered with HTTP 410 and raised where the `with` block ends. ConfigError for what is not allowed.
    """
    scripted = verdict is not None or better is not None
    if (replies is not None) == scripted:
        raise ConfigError(
            "judge_server needs either replies (a function or a list), or verdict= or better=, and not both"
        )
    if not 0 <= share <= 1 or streak < 1 or latency < 0 or not models:
        raise ConfigError(
            f"judge_server with share={share!r}, streak={streak!r}, latency={latency!r}, models={models!r}: share lies in 0 to 1, streak is "
            "1 or more, latency 0 or more seconds, and there is one model at least"
        )
    return JudgeServer(
        _by_script(verdict, better) if replies is None else replies,
        tuple(faults),
        share,
        streak,
        seed,
        latency,
        port,
        models,
    )


def _by_script(verdict: made.Verdict | None, better: made.Better | None) -> Replies:
    def reply(request: Request, number: int) -> Reply:
        if better is not None and (verdict is None or compared(request) is not None):
            return made.preference(request, better)
        assert verdict is not None
        return made.verdicts(request, verdict)

    return reply


def _what(request: Request) -> str:
    """What is asked, without the mark that is another one each time."""
    answers = compared(request)
    if answers is not None:
        return "\n".join(answers)
    try:
        question = asked(request)
    except ValueError:
        return request.text
    return f"{question.prompt}\n{question.answer}\n{dict(question.criteria)}"
