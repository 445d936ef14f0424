"""Async graders: some wait, some do what an async grader must not; the completion says how."""

from __future__ import annotations

import asyncio
import contextvars
import itertools
import json
import os
import time
from pathlib import Path
from typing import Any

from rewardkit import Score, reward, weighted

secret: contextvars.ContextVar[str] = contextvars.ContextVar("secret", default="")


def note(file: str, what: str) -> None:
    """One line, written at once: several processes write to the file."""
    with open(file, "a") as notes:
        notes.write(f"{what} {time.monotonic()} {os.getpid()}\n")


@reward(timeout=5)
async def in_flight(completion: str, notes: str) -> float:
    """Writes down when it begins and ends."""
    note(notes, "+")
    await asyncio.sleep(0.05)
    note(notes, "-")
    return 1.0


@reward(timeout=5, concurrency=3)
async def in_flight_of_three(completion: str, notes: str) -> float:
    note(notes, "+")
    await asyncio.sleep(0.05)
    note(notes, "-")
    return 1.0


@reward(timeout=5, concurrency=1)
async def one_by_one(completion: str, notes: str) -> float:
    note(notes, "+")
    await asyncio.sleep(0.02)
    note(notes, "-")
    return 1.0


@reward(timeout=0.8, concurrency=4)
async def queues(completion: str) -> float:
    await asyncio.sleep(0.1)
    return 1.0


async def misbehave(how: str) -> float:
    match how:
        case "raise":
            raise ValueError("on purpose")
        case "exit":
            raise SystemExit(2)
        case "exit in a task":
            await asyncio.create_task(misbehave("exit"))
        case "cancel":
            raise asyncio.CancelledError
        case "cancel itself":
            task = asyncio.current_task()
            assert task is not None
            task.cancel()
            await asyncio.sleep(60)
        case "nan":
            return float("nan")
        case "hang":
            await asyncio.sleep(60)
        case "swallow":
            while True:
                try:  # noqa: SIM105  # what careless code does
                    await asyncio.sleep(0.05)
                except BaseException:  # what careless code does
                    pass
        case "block":
            time.sleep(60)
        case "loop":
            while True:
                pass
        case "c loop":
            sum(itertools.repeat(0))
        case "block in gather":
            await asyncio.gather(misbehave("fine"), misbehave("block"))
        case "block in a task":
            await asyncio.create_task(misbehave("block"))
        case "block in a callback":
            asyncio.get_running_loop().call_soon(time.sleep, 60)
            await asyncio.sleep(60)
        case "os exit":
            os._exit(7)
        case "thread":
            await asyncio.to_thread(time.sleep, 0.05)
        case "own timeout":
            try:
                async with asyncio.timeout(0.05):
                    await asyncio.sleep(60)
            except TimeoutError:
                return 0.75
        case "wait_for":
            try:
                await asyncio.wait_for(asyncio.sleep(60), 0.05)
            except TimeoutError:
                return 0.75
    await asyncio.sleep(0.02)
    return 0.5


@reward(timeout=0.6)
async def hostile(completion: str) -> float:
    return await misbehave(completion)


@reward(timeout=0.6, isolation="inline")
async def hostile_here(completion: str) -> float:
    return await misbehave(completion)


@reward
async def process(completion: str) -> Score:
    """Which process it runs in; "swallow" wears it out."""
    if completion == "swallow":
        await misbehave("swallow")
    await asyncio.sleep(0.01)
    return Score(1.0, reason=str(os.getpid()))


@reward
async def remembers(completion: str) -> bool:
    """A context variable belongs to one call."""
    before = secret.get()
    secret.set(completion)
    await asyncio.sleep(0.01)
    return before == "" and secret.get() == completion


@reward
async def asks_a_server(completion: str, url: str) -> Any:
    """As an HTTP client does it: a connection of its own for each call."""
    host, port = url.removeprefix("http://").partition("/")[0].split(":")
    body = json.dumps({"messages": [{"role": "user", "content": completion}]}).encode()
    reader, writer = await asyncio.open_connection(host, int(port))
    head = f"POST /v1/chat/completions HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\nContent-Length: {len(body)}\r\n\r\n"
    writer.write(head.encode() + body)
    answer = await reader.read()
    writer.close()
    return float(json.loads(answer.partition(b"\r\n\r\n")[2])["choices"][0]["message"]["content"])


@reward(timeout=0.4)
async def our_own(completion: str) -> float:
    return await misbehave(completion)


@reward(timeout=0.4, runs_completion=True)
async def runs_only(completion: str) -> float:
    await asyncio.sleep(0)
    return 1.0


@reward(timeout=0.4, runs_completion=True, range=(-1, 1))
async def runner(completion: str) -> float:
    return await misbehave(completion)


mixed = weighted((runs_only, 0.5), (our_own, 0.5))


@reward(timeout=60)
async def notes_its_process(completion: str, notes: str) -> float:
    note(notes, "+")
    await asyncio.sleep(30)
    return float(Path(notes).is_file())


@reward(timeout=0.5, runs_completion=True)
async def runs_it(completion: str) -> float:
    await asyncio.sleep(0)
    return 1.0


@reward(timeout=0.5)
async def ours_blocks(completion: str) -> float:
    await asyncio.sleep(0)
    if completion == "block":
        time.sleep(60)
    return 1.0


mixed_async = weighted((runs_it, 0.5), (ours_blocks, 0.5))
