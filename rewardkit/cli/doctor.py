"""`rewardkit doctor`: is this machine set up for what you want to do?"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from dataclasses import asdict, dataclass
from typing import Literal

import typer

from .common import Exit, Json, out, print_json

EXTRAS = {
    "core": ("pydantic", "duckdb", "sqlglot", "openai", "hypothesis", "typer", "rich", "jinja2", "numpy"),
    "train": ("torch", "transformers", "peft", "trl", "datasets", "accelerate"),
    "ray": ("ray",),
    "label": ("starlette", "uvicorn"),
}
CLASHING = "harbor-rewardkit"  # installs our import name and our command


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at. `fail` keeps rewardkit from working, `note` only says what is not there."""

    what: str
    state: Literal["ok", "note", "fail"]
    detail: str


def doctor(as_json: Json = False) -> None:
    """Check Python, platform, packages and clashes; say what to install for training.

    Ends with 1 when something keeps rewardkit from working.

    Example: rewardkit doctor
    """
    findings = [_python(), _platform(), *_packages(), _clash()]
    if as_json:
        print_json({"findings": [asdict(finding) for finding in findings]})
    else:
        for finding in findings:
            color = {"ok": "green", "note": "yellow", "fail": "red"}[finding.state]
            out().print(f"[{color}]{finding.state:4}[/]  {finding.what:10}  ", end="")
            out().print(finding.detail, markup=False, soft_wrap=True)
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(Exit.FINDINGS)


def _python() -> Finding:
    return Finding("python", "ok", f"{platform.python_version()} at {sys.executable}")


def _platform() -> Finding:
    if sys.platform in ("linux", "darwin"):
        limits = "" if sys.platform == "linux" else "; `memory_mb` is not enforced here"
        return Finding("platform", "ok", f"{platform.system()} {platform.machine()}{limits}")
    return Finding("platform", "fail", f"{platform.system()}: use Linux or macOS; on Windows, WSL")


def _packages() -> list[Finding]:
    findings = []
    for extra, packages in EXTRAS.items():
        missing = [package for package in packages if importlib.util.find_spec(package) is None]
        if not missing:
            shown = ", ".join(f"{package} {importlib.metadata.version(package)}" for package in packages)
            findings.append(Finding(extra, "ok", shown))
        elif extra == "core":
            findings.append(
                Finding(extra, "fail", f"missing: {', '.join(missing)}; pip install rewardkit-rft")
            )
        else:
            findings.append(
                Finding(extra, "note", f"missing: {', '.join(missing)}; pip install 'rewardkit-rft[{extra}]'")
            )
    return findings


def _clash() -> Finding:
    try:
        importlib.metadata.version(CLASHING)
    except importlib.metadata.PackageNotFoundError:
        return Finding("clashes", "ok", "no other package installs the name rewardkit")
    return Finding("clashes", "fail", f"{CLASHING} installs the name rewardkit too; use another environment")
