"""Python exercises: the function is called in a process of its own, and what it returns is compared here."""

import json
import subprocess
import sys
import tempfile

from rewardkit import Unscored, case, order, probe, reward

DRIVER = """
import bisect, calendar, collections, copy, dataclasses, datetime, decimal, enum, fractions, functools, heapq, itertools, json, math
import operator, os, random, re, resource, statistics, string, sys, textwrap, typing, unicodedata, _strptime
job = json.loads(sys.stdin.read())
out = os.fdopen(os.dup(1), "w")
os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29))
BANNED = {"open", "os", "subprocess", "socket", "ctypes", "shutil", "signal", "mmap"}
def guard(event, arguments):
    if event.partition(".")[0] in BANNED:
        raise PermissionError(event)
sys.addaudithook(guard)
space, results = {"__name__": "answer"}, []
exec(job["code"], space)
for arguments in job["calls"]:
    results.append(space[job["function"]](*arguments))
out.write(json.dumps(results, sort_keys=True))
out.flush()
"""
CLAMP = [[[5, 0, 3], 3], [[-1, 0, 3], 0], [[2, 0, 3], 2]]


def code_of(text: str, function: str) -> str:
    """The last code block that defines the function; the whole text when there is no block."""
    blocks = text.rpartition("</think>")[2].partition("<think>")[0].split("```")[1::2]
    blocks = [block.split("\n", 1)[-1] for block in blocks if f"def {function}" in block]
    return blocks[-1] if blocks else text.rpartition("</think>")[2].partition("<think>")[0]


@case("def clamp(x, low, high):\n    return max(low, min(x, high))", function="clamp", calls=CLAMP, expect=1)
@case(
    "Sure.\n```python\ndef clamp(x, low, high):\n    return sorted((low, x, high))[1]\n```",
    function="clamp",
    calls=CLAMP,
    expect=1,
)
@case("def clamp(x, low, high):\n    return min(x, high)", function="clamp", calls=CLAMP, expect=0)
@case("def clamp(x, low, high):\n    while True: pass", function="clamp", calls=CLAMP, expect=0)
@case("def clamp(x, low, high):\n    return x", function="clamp", calls=[], expect="unscored")
@order(
    "return 3",
    "def clamp(x, low, high):\n    return low if x < low else high if x > high else x",
    function="clamp",
    calls=CLAMP,
)
@probe("import sys; sys.exit(0)", function="clamp", calls=CLAMP)
@probe(
    "class Any:\n    __eq__ = lambda *_: True\ndef clamp(*_):\n    return Any()",
    function="clamp",
    calls=CLAMP,
)
@probe("import os; os._exit(0)", function="clamp", calls=CLAMP)
@reward(answer="code", runs_completion=True, timeout=30)
def exercise(completion: str, function: str, calls: list) -> bool:
    """Every hidden call returns what it should; the expected values never enter the process that runs the answer."""
    if not calls:
        raise Unscored("no calls to test with")
    job = json.dumps(
        {"code": code_of(completion, function), "function": function, "calls": [given for given, _ in calls]}
    )
    command = [sys.executable, "-I", "-c", DRIVER]
    with tempfile.TemporaryDirectory() as folder:
        try:
            done = subprocess.run(
                command,
                input=job.encode(),
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=3,
                cwd=folder,
                env={},
            )
        except subprocess.TimeoutExpired:
            return False
    return done.stdout.decode("utf-8", "replace") == json.dumps(
        [expected for _, expected in calls], sort_keys=True
    )
