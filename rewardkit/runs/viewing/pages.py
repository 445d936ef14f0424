"""Templates into HTML. Every text passes `visible` and is escaped; addresses are made by `url`, and nothing else makes one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from functools import partial
from typing import Any
from urllib.parse import quote, urlencode

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse

from ..wording import bounds, figure, percent, stage_label, visible
from .browse import outcome


class Pages:
    """The templates of this package."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=PackageLoader("rewardkit.runs.viewing", "."),
            autoescape=True,
            finalize=_finalize,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._environment.filters.update(
            stage=stage_label,
            percent=percent,
            bounds=bounds,
            figure=figure,
            number=_number,
            count="{:,}".format,
            signed=_signed,
            flat=lambda text: " ".join(text.split()),
            mark={"solved": "good", "zero": "bad"}.get,
            zip_same=lambda values: [(value, value) for value in values],
            when=lambda seconds: datetime.fromtimestamp(seconds).strftime("%Y-%m-%d %H:%M"),
        )
        self._environment.globals["outcome"] = outcome

    def answer(self, template: str, base: str, status: int = 200, **values: Any) -> HTMLResponse:
        """The page of a template; `base` is what every address begins with."""
        html = self._environment.get_template(template).render(
            base=base, url=partial(address, base), **values
        )
        return HTMLResponse(html, status_code=status)


def address(base: str, *path: str, query: Mapping[str, object] | None = None) -> Markup:
    """An address of these pages: the parts of a path, and a query without what is empty."""
    # A folder's name may have bytes that are no UTF-8; a text from DuckDB has none.
    parts = "/".join(quote(part, safe="", errors="surrogateescape") for part in path)
    given = {name: str(value) for name, value in (query or {}).items() if value not in ("", None)}
    told = urlencode(given, errors="surrogateescape")
    return Markup("{}").format(f"{base}/{parts}{'?' if told else ''}{told}")


def _finalize(value: object) -> object:
    """Every text that reaches a page passes here: hidden and reordering characters are written out."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _number(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:.3g}"


def _signed(value: float | None) -> str:
    return "\N{EN DASH}" if value is None else f"{value:+.3g}".replace("-", "\N{MINUS SIGN}")
