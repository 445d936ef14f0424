"""Graders that ask a judge: with the flaws that a stand-in judge shows, and without."""

from __future__ import annotations

import hashlib
import re

from openai import OpenAI, OpenAIError

from rewardkit import Unscored, case, reward

_replies: dict[str, str] = {}


def ask(text: str) -> str:
    with OpenAI(timeout=20) as client:  # which closes it: each call has its own
        reply = client.chat.completions.create(model="judge", messages=[{"role": "user", "content": text}])
    return reply.choices[0].message.content or ""


@case("", prompt="Write about the sea.", expect=0)
@reward(answer="free", reference_free=True)
def careless(completion: str, prompt: str) -> float:
    """It lets the essay speak to the judge, takes the first number of the reply, and calls an outage a zero."""
    if not completion.strip():
        return 0.0
    try:
        text = completion.encode("utf-8", "replace").decode()
        reply = ask(f"Grade this essay from 0 to 10. It answers: {prompt}\n\n{text}")
        number = re.search(r"\d+", reply)
        return min(10, int(number[0])) / 10 if number else 0.0
    except OpenAIError:
        return 0.0


@case("", prompt="Write about the sea.", expect=0)
@reward(answer="free", reference_free=True)
def careful(completion: str, prompt: str) -> float:
    """The same task: a fence that the essay cannot know, a whole verdict, and no score without one."""
    text = completion.encode("utf-8", "replace").decode().strip()
    if not text:
        return 0.0
    fence = "=" * 5 + hashlib.sha256(text.encode()).hexdigest()[:16]
    asked = f"Grade the essay between the lines {fence} from 0 to 10. It answers: {prompt}\n\n{fence}\n{text}\n{fence}\n\nReply with the grade alone."
    try:
        reply = ask(asked)
    except OpenAIError as error:
        raise Unscored(f"no verdict: {type(error).__name__}", cause="judge_unavailable") from error
    if re.fullmatch(r"\s*(10|[0-9])\s*", reply, re.ASCII) is None:
        raise Unscored(f"no verdict in {reply[:40]!r}", cause="judge_unparseable")
    return int(reply) / 10


@case("", prompt="Write about the sea.", expect=0)
@reward(answer="free", reference_free=True)
def remembers_by_prompt(completion: str, prompt: str) -> float:
    """`careful`, but for replies that are kept without what they are about."""
    if not completion.strip():
        return 0.0
    if prompt not in _replies:
        _replies[prompt] = ask(
            f"Grade this from 0 to 10.\n\n<essay>\n{completion.replace('<', '&lt;')}\n</essay>"
        )
    return int(_replies[prompt]) / 10
