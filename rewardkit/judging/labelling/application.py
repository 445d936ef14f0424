"""The pages and the two writes: a label, and the name of the rater."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any
from urllib.parse import quote, unquote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from ...errors import CannotWrite, DataError, RewardkitError
from ...runs.wording import percent, visible
from ..questions import filled
from .agreement import agreements, differences, sides
from .desk import Desk
from .judge import judge_figures
from .raters import LONGEST_NAME, rater_name

LONGEST_NOTE = 10_000  # characters
LARGEST_BODY = 256 * 1024  # bytes

_RATER = "rewardkit_rater"
_HALF_A_YEAR = 180 * 24 * 3600  # seconds
_MOST_DIFFERENCES = 50
_STATIC = {"label.css": "text/css", "label.js": "text/javascript", "label.svg": "image/svg+xml"}
_STATUS = {DataError: 400, CannotWrite: 507}
_ENDLESS_LINE = 20_000  # characters
_JOINERS = re.compile("([\u200c\u200d])")


def application(desk: Desk) -> Starlette:
    """The application for one sitting. It trusts every request: put `access.Gate` before it."""
    pages = _Pages(desk)
    return Starlette(
        routes=[
            Route("/", pages.start),
            Route("/rater", pages.rater, methods=["GET"]),
            Route("/rater", pages.set_rater, methods=["POST"]),
            Route("/item/{number:int}", pages.item, methods=["GET"]),
            Route("/item/{number:int}", pages.save, methods=["POST"]),
            Route("/results", pages.results),
            Route("/static/{name}", _static),
        ],
        exception_handlers={HTTPException: pages.refuse, RewardkitError: pages.refuse},
    )


class _Pages:
    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._templates = Environment(
            loader=PackageLoader("rewardkit.judging.labelling", "."),
            autoescape=True,
            finalize=_finalize,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        self._templates.filters.update(percent=percent, filled=filled, has_endless_line=_has_endless_line)

    async def start(self, request: Request) -> Response:
        """To the first thing that is left to do."""
        rater = self._rater(request)
        if not rater:
            return RedirectResponse("/rater", status_code=303)
        self._desk.labels.refresh()
        number = self._desk.next_open(rater)
        return RedirectResponse(f"/item/{number}" if number else "/results", status_code=303)

    async def rater(self, request: Request) -> Response:
        """Asks who is labelling."""
        if self._desk.rater:
            return RedirectResponse("/", status_code=303)
        self._desk.labels.refresh()
        return self._page("rater.html.j2", request, known=self._desk.labels.counts, longest=LONGEST_NAME)

    async def set_rater(self, request: Request) -> Response:
        """Keeps the name in a cookie; one that differs from a known one in capitals only is the known one."""
        given = (await _json_of(request)).get("rater")
        name = rater_name(given) if isinstance(given, str) else ""
        if self._desk.rater or not name:
            raise HTTPException(400, f"a name has 1 to {LONGEST_NAME} letters")
        alike = (known for known in self._desk.labels.counts if known.casefold() == name.casefold())
        answer = JSONResponse({"saved": True})
        answer.set_cookie(
            _RATER,
            quote(next(alike, name), safe=""),
            max_age=_HALF_A_YEAR,
            httponly=True,
            samesite="strict",
        )
        return answer

    async def item(self, request: Request) -> Response:
        """One completion, or two side by side, with what the rater has said of it so far."""
        rater, number = self._rater(request), self._number(request)
        if not rater:
            return RedirectResponse("/rater", status_code=303)
        desk = self._desk
        desk.labels.refresh()
        item = desk.shown(number, rater)
        following = desk.next_open(rater, after=number)
        return self._page(
            "item.html.j2",
            request,
            number=number,
            item=item,
            row=item.sample.row(),
            turns=_turns(item.sample.messages),
            label=desk.answer(item, rater),
            next=f"/item/{following}" if following else "/results",
            back=f"/item/{number - 1}" if number > 1 else "",
            longest_note=LONGEST_NOTE,
        )

    async def save(self, request: Request) -> Response:
        """Writes the label as it is on the page; the answer comes when it is on the disk."""
        rater, number = self._rater(request), self._number(request)
        given = await _json_of(request)
        if not rater or given.get("rater") != rater:
            raise HTTPException(409, "somebody else has begun to label in this browser; load the page again")
        verdicts, note, preferred = (given.get(key) for key in ("verdicts", "note", "preferred"))
        if not (isinstance(verdicts, dict) and isinstance(note, str) and isinstance(preferred, str)):
            raise HTTPException(400, "a label has verdicts, a note and what is preferred")
        if len(note) > LONGEST_NOTE:
            raise HTTPException(400, f"a note has at most {LONGEST_NOTE:,} letters")
        self._desk.save(number, rater, verdicts=verdicts, preferred=preferred, note=note)
        return JSONResponse({"saved": True, "done": self._desk.count_done(rater)})

    async def results(self, request: Request) -> Response:
        """How far everybody is, and how often they agree."""
        desk, rater = self._desk, self._rater(request)
        desk.labels.refresh()
        done = {name: desk.count_done(name) for name in desk.labels.counts}
        found = agreements(desk)
        finished = rater and done.get(rater) == len(desk.items) and not desk.compare
        differing = differences(desk, rater) if rater else []
        return self._page(
            "results.html.j2",
            request,
            by_rater={name: count for name, count in done.items() if count},
            labelled=sum(any(desk.is_done(item, name) for name in done) for item in desk.items),
            agreements=found,
            texts={criterion.id: criterion.text for criterion in desk.rubric.criteria},
            two=sorted({two for each in found for two in each.by_raters}),
            differences=differing[:_MOST_DIFFERENCES],
            more=len(differing) - _MOST_DIFFERENCES,
            sides=sides(desk),
            judge=judge_figures(desk.rubric_file) if finished else None,
            open=desk.next_open(rater) if rater else None,
        )

    async def refuse(self, request: Request, error: Exception) -> Response:
        """What is wrong, in words: as JSON to the script of the page, else as a page."""
        if isinstance(error, HTTPException):
            status, text = error.status_code, error.detail
        else:
            status, text = _STATUS.get(type(error), 500), str(error)
        if request.method == "POST":
            return JSONResponse({"error": text}, status_code=status)
        return self._page("message.html.j2", request, status, text=text)

    def _page(self, template: str, request: Request, status: int = 200, **values: Any) -> Response:
        rater = self._rater(request)
        html = self._templates.get_template(template).render(
            desk=self._desk,
            rater=rater,
            done=self._desk.count_done(rater) if rater else 0,
            total=len(self._desk.items),
            **values,
        )
        return HTMLResponse(html, status_code=status)

    def _rater(self, request: Request) -> str:
        """Who is labelling; empty when nobody has said."""
        return self._desk.rater or rater_name(unquote(request.cookies.get(_RATER, "")))

    def _number(self, request: Request) -> int:
        number = int(request.path_params["number"])
        if not 1 <= number <= len(self._desk.items):
            raise HTTPException(404, f"there is no item {number}; there are {len(self._desk.items):,}")
        return number


async def _json_of(request: Request) -> Mapping[str, Any]:
    """The object in the body, which is not read further than it may be long."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > LARGEST_BODY:
            raise HTTPException(413, f"a request has at most {LARGEST_BODY:,} bytes")
    try:
        values = json.loads(bytes(body))
    except (ValueError, RecursionError):
        values = None
    if not isinstance(values, dict):
        raise HTTPException(400, "the body must be one JSON object")
    return values


async def _static(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in _STATIC:
        raise HTTPException(404, "there is no such file")
    return Response(files(__package__).joinpath(name).read_bytes(), media_type=_STATIC[name])


def _has_endless_line(text: str) -> bool:
    """Whether finding the direction of each line by itself would keep a browser busy for seconds."""
    return any(len(line) > _ENDLESS_LINE for line in text.split("\n"))


def _turns(messages: tuple[dict[str, Any], ...] | None) -> list[tuple[str, str]]:
    """Who says what in a prompt that is a chat; empty when it is none, or holds more than text."""
    turns = [(str(each["role"]), each["content"]) for each in messages or ()]
    return turns if all(isinstance(content, str) for _, content in turns) else []


def _finalize(value: object) -> object:
    """Every text that reaches a page passes here: hidden and reordering characters are written out.

    Joiners stay: Persian and the scripts of India need them to be read.
    """
    if not isinstance(value, str) or isinstance(value, Markup):
        return value
    return "".join(part if part in "\u200c\u200d" else visible(part) for part in _JOINERS.split(value))
