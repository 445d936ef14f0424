"""Graders whose source is not changed: they have none of their own, or a changed one could do harm."""

from __future__ import annotations

import inspect
from pathlib import Path

from ...fingerprints import is_installed, modules_reached
from ...grader import Grader
from ...interop.foreign import split_shape
from ...loading import ref_of
from ...scoring.fence import CHECK
from ..results import Skipped

_SERVICES = (
    "openai",
    "anthropic",
    "litellm",
    "mistralai",
    "cohere",
    "groq",
    "google.genai",
    "google.generativeai",
    "ollama",
    "botocore",
    "httpx",
    "requests",
    "aiohttp",
    "urllib3",
    "urllib.request",
    "http.client",
    "rewardkit.judging",
)


def left_out(grader: Grader) -> Skipped | None:
    """Why no mutants of its source are tried, None when they can be."""
    why = _why(grader)
    if why is None and not grader.marks:
        return Skipped(CHECK, "it has no case that could notice a change", "add @case, @order or @probe")
    return None if why is None else Skipped(CHECK, why)


def _why(grader: Grader) -> str | None:
    if grader.parts:
        return "it is a combination, which has no source of its own; its parts have"
    if grader.file.suffix == ".toml":
        return "it is declared in a TOML file and has no source of its own"
    if split_shape(grader.attribute)[0] is not None:
        return "it is a function that was written for another library, and has no cases of its own"
    if is_installed(grader.file):
        return "it comes with an installed package"
    if _file_of(grader) != grader.file.resolve():
        return "it is made by a function of another file"
    if grader.is_async:
        return "it is async"
    if grader.options.runs_completion:
        return "it runs completions, and a changed version might do so without what protects this machine from them"
    service = next((name for name in sorted(modules_reached(grader)) if _is_of_service(name)), None)
    if service is not None:
        return f"it uses {service}, and calls of a judge or another service cost too much to repeat for each change"
    if ref_of(grader) is None:
        return "it is not in a file that a worker process can load"
    return None


def _file_of(grader: Grader) -> Path | None:
    """The file in which its function is written."""
    code = getattr(inspect.unwrap(grader.function), "__code__", None) if grader.function else None
    return Path(code.co_filename).resolve() if code else None


def _is_of_service(module: str) -> bool:
    return any(module == service or module.startswith(f"{service}.") for service in _SERVICES)
