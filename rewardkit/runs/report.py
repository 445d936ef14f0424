"""report.html: one self-contained page about a run, for a reader who was not there.

    write_report(Path("runs/demo"))            # -> runs/demo/report.html
    write_report(Path("runs/demo"), texts=False)   # without prompts, references, completions and reasons

The page loads nothing (its content-security policy forbids it), works without a network and prints. Whatever a model wrote is text
in it and never markup: escaped in HTML, escaped again inside the JSON of the table, which the page's script only puts into text
nodes; scripts other than that one, known by its hash, do not run.
"""

from __future__ import annotations

from pathlib import Path

from .files import replace_file
from .packing import script_json
from .page import build_page
from .templates import asset, environment, script_hash


def write_report(folder: Path, *, texts: bool = True) -> Path:
    """Write report.html into a run folder, from its files alone, and return its path.

    Without `texts` the page has scores and ids only. Raises DataError when the folder is no run or a line in it is spoiled.
    """
    page = build_page(folder, texts=texts)
    templates = environment()
    style, script = (asset(templates, name) for name in ("report.css.j2", "report.js.j2"))
    html = templates.get_template("report.html.j2").render(
        page=page, style=style, script=script, script_hash=script_hash(script), data=script_json(page.table)
    )
    path = folder / "report.html"
    replace_file(path, html.encode())
    return path
