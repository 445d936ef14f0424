"""verifiers 0.4: `Task.score` of a finished trace, all traces of the batch gathered; one `@reward` method."""

from __future__ import annotations

import asyncio
from typing import Any

import verifiers.v1 as vf

from scoring_parts.layers import last_token
from scoring_parts.rows import Row


class _Data(vf.TaskData):
    reference: str


class _LastToken(vf.Task[_Data]):
    @vf.reward
    async def last_token(self, trace: vf.Trace) -> float:
        return last_token(trace.last_reply, self.data.reference)


_loop = asyncio.Runner()
_agent = vf.AgentInfo(config=vf.AgentConfig())


def prepare(rows: list[Row]) -> list[tuple[_LastToken, vf.Trace[Any, Any, Any]]]:
    tasks = [
        _LastToken(_Data(idx=n, prompt=row.prompt, reference=row.reference)) for n, row in enumerate(rows)
    ]
    return [(task, _trace(task, row)) for task, row in zip(tasks, rows, strict=True)]


def _trace(task: _LastToken, row: Row) -> vf.Trace[Any, Any, Any]:
    asked = vf.MessageNode(message=vf.UserMessage(content=row.prompt))
    answered = vf.MessageNode(parent=0, message=vf.AssistantMessage(content=row.completion), sampled=True)
    return vf.Trace(
        task=vf.TraceTask(type="_LastToken", data=task.data), agent=_agent, nodes=[asked, answered]
    )


def score(prepared: list[tuple[_LastToken, vf.Trace[Any, Any, Any]]]) -> list[vf.Trace[Any, Any, Any]]:
    _loop.run(_together(prepared))
    return [trace for _, trace in prepared]


async def _together(prepared: list[tuple[_LastToken, vf.Trace[Any, Any, Any]]]) -> None:
    await asyncio.gather(*(task.score(trace) for task, trace in prepared))


def values(traces: list[vf.Trace[Any, Any, Any]]) -> list[float]:
    return [trace.reward for trace in traces]
