"""report.html: one self-contained page about a run, for a reader who was not there.

    write_report(Path("runs/demo"))            # -> runs/demo/report.html
    write_report(Path("runs/demo"), texts=False)   # without prompts, references, completions and reasons

The page loads nothing (its content-security policy forbids it), works without a network and prints. Whatever a model wrote is text
in it and never markup: escaped in HTML, escaped again inside the JSON of the table, which the page's script only puts into text
nodes; scripts other than that one, known by its hash, do not run.
"""

from __future__ import annotations

import base64
import hashlib
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .files import replace_file
from .packing import script_json
from .page import build_page
from .wording import as_text, shortened, stage_label, tied, visible


def write_report(folder: Path, *, texts: bool = True) -> Path:
    """Write report.html into a run folder, from its files alone, and return its path.

    Without `texts` the page has scores and ids only. Raises DataError when the folder is no run or a line in it is spoiled.
    """
    page = build_page(folder, texts=texts)
    environment = _environment()
    style, script = (_asset(environment, name) for name in ("report.css.j2", "report.js.j2"))
    html = environment.get_template("report.html.j2").render(
        page=page, style=style, script=script, script_hash=_hash(script), data=script_json(page.table)
    )
    path = folder / "report.html"
    replace_file(path, html.encode())
    return path


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("rewardkit.runs", "."),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(stage=stage_label, shortened=shortened, as_text=as_text, tied=tied)
    return environment


def _finalize(value: object) -> object:
    """Every text that reaches the page passes here: hidden and reordering characters are written out."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _asset(environment: Environment, name: str) -> Markup:
    """A style sheet or script as it is; it is no template, only packaged like one."""
    if environment.loader is None:
        raise LookupError("the environment has no loader")
    return Markup(environment.loader.get_source(environment, name)[0])


def _hash(script: str) -> str:
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
