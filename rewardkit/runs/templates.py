"""The templates of pages that stand in one file: how they are loaded, and how whatever a model wrote becomes text in them."""

from __future__ import annotations

import base64
import hashlib

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from .wording import as_text, shortened, stage_label, tied, visible


def environment() -> Environment:
    """The templates of this folder; whatever a model wrote is escaped, and hidden characters are written out."""
    made = Environment(
        loader=PackageLoader("rewardkit.runs", "."),
        autoescape=True,
        finalize=_finalize,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters.update(stage=stage_label, shortened=shortened, as_text=as_text, tied=tied)
    return made


def _finalize(value: object) -> object:
    """Every text that reaches the page passes here: hidden and reordering characters are written out."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def asset(environment: Environment, name: str) -> Markup:
    """A style sheet or script as it is; it is no template, only packaged like one."""
    if environment.loader is None:
        raise LookupError("the environment has no loader")
    return Markup(environment.loader.get_source(environment, name)[0])


def script_hash(script: str) -> str:
    """How a content-security policy names the one script that may run."""
    return "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
