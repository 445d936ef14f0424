"""The addresses, each with the page that it gives. Everything is read (GET); what cannot be shown is said in words."""

from __future__ import annotations

from importlib.resources import files
from typing import Any

import duckdb
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from ...errors import DataError, RewardkitError, UsageError
from . import browse, diff, group, live, run_page, texts
from .overview import ORDERS, Known, Runs, graders_of
from .pages import Pages
from .store import Store

_STATIC = {
    "report.css": ("rewardkit.runs", "report.css.j2", "text/css"),
    "view.css": (__package__, "view.css", "text/css"),
    "view.js": (__package__, "view.js", "text/javascript"),
    "view.svg": (__package__, "view.svg", "image/svg+xml"),
}
# A report brings its style and its script along. In a sandbox it belongs to no origin and can read no page of this server; its own
# policy, which is stricter, holds as well.
_REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def application(runs: Runs, store: Store) -> Starlette:
    """The application for the runs of a folder. It trusts every request: put `access.Gate` before it."""
    views = _Views(runs, store)
    return Starlette(
        routes=[
            Route("/", views.index),
            Route("/diff", views.diff),
            Route("/run/{name}", views.run),
            Route("/run/{name}/live", views.live),
            Route("/run/{name}/samples", views.samples),
            Route("/run/{name}/prompt", views.prompt),
            Route("/run/{name}/text", views.text),
            Route("/run/{name}/report", views.report),
            Route("/static/{name}", _static),
        ],
        exception_handlers=dict.fromkeys(
            (HTTPException, RewardkitError, OSError, duckdb.Error), views.refuse
        ),
    )


class _Views:
    """One method a page. They are not coroutines: each has a thread while it asks DuckDB."""

    def __init__(self, runs: Runs, store: Store) -> None:
        self._runs = runs
        self._store = store
        self._pages = Pages()
        self._curves = live.Curves()

    def index(self, request: Request) -> Response:
        """All runs, in an order."""
        order = request.query_params.get("sort", "written")
        order = order if order in ORDERS else "written"
        descending = request.query_params.get("desc", "1" if order == "written" else "") == "1"
        lines = self._runs.lines(order, descending=descending)
        return self._page(
            "index.html.j2",
            request,
            root=str(self._runs.root),
            lines=lines,
            order=order,
            descending=descending,
        )

    def run(self, request: Request) -> Response:
        """The figures of one run, and its curves while it goes on."""
        return self._run_page(request, "run.html.j2")

    def live(self, request: Request) -> Response:
        """The part of that page that changes, or nothing when it has not."""
        name = self._name(request)
        if request.query_params.get("seen") == live.stamp_of(self._runs.folder(name)):
            return Response(status_code=204)
        return self._run_page(request, "live.html.j2")

    def samples(self, request: Request) -> Response:
        """The results of a run, filtered."""
        name, known = self._known(request)
        wanted = browse.Wanted.of(request.query_params)
        with self._store.tables(self._runs.folder(name)) as tables:
            axes, pass_at = browse.axes_of(tables), _pass_at(known)
            trouble, problem = tables.trouble, ""
            try:
                found = browse.find(tables, wanted, pass_at)
            except UsageError as error:
                problem = str(error)
                found = browse.find(tables, browse.Wanted(), pass_at)
        return self._page(
            "samples.html.j2",
            request,
            name=name,
            wanted=wanted,
            axes=axes,
            found=found,
            pass_at=pass_at,
            problem=problem,
            trouble=trouble,
            outcomes=browse.OUTCOMES,
            orders=browse.ORDERS,
        )

    def prompt(self, request: Request) -> Response:
        """The completions of one prompt beside each other."""
        name, known = self._known(request)
        sample, stage, decoding = (
            request.query_params.get(key, "") for key in ("sample", "stage", "decoding")
        )
        with self._store.tables(self._runs.folder(name)) as tables:
            found = group.group_of(tables, sample, stage, decoding)
        return self._page(
            "prompt.html.j2",
            request,
            name=name,
            group=found,
            primary=known.info.primary,
            pass_at=_pass_at(known),
            most=group.MOST,
        )

    def text(self, request: Request) -> Response:
        """A piece of a text that is too long for the other pages."""
        name = self._name(request)
        asked = dict(request.query_params)
        with self._store.tables(self._runs.folder(name)) as tables:
            piece = texts.read_piece(tables, asked)
        return self._page("text.html.j2", request, name=name, piece=piece, asked=asked, size=texts.PIECE)

    def report(self, request: Request) -> Response:
        """report.html of the run, as it lies there."""
        path = self._runs.folder(self._name(request)) / "report.html"
        if not path.is_file():
            raise HTTPException(404, "this run has no report.html yet; it is written when the run ends")
        return Response(
            path.read_bytes(), media_type="text/html", headers={"Content-Security-Policy": _REPORT_POLICY}
        )

    def diff(self, request: Request) -> Response:
        """Two runs or stages, prompt by prompt."""
        asked = dict(request.query_params)
        if not asked.get("a") or not asked.get("b"):
            raise HTTPException(400, "name two runs to compare, as RUN or RUN:STAGE")
        (name_a, stage_a), (name_b, stage_b) = (self._side(asked[side]) for side in "ab")
        known = self._runs.known(name_a)
        with (
            self._store.tables(self._runs.folder(name_a)) as first,
            self._store.tables(self._runs.folder(name_b)) as second,
        ):
            a = diff.side_of(name_a, first, stage_a, asked.get("decoding", ""))
            b = diff.side_of(name_b, second, stage_b, asked.get("decoding", ""))
            found = diff.diff_of(a, b, asked, known.info.primary or next(iter(graders_of(known)), ""))
            stages = [diff.stages_in_order(browse.axes_of(each).stages) for each in (first, second)]
            decodings = [
                name for name in browse.axes_of(first).decodings if name in browse.axes_of(second).decodings
            ]
            trouble = " ".join(dict.fromkeys(each.trouble for each in (first, second) if each.trouble))
        return self._page(
            "diff.html.j2",
            request,
            diff=found,
            chart=diff.chart(found),
            stages=stages,
            decodings=decodings,
            trouble=trouble,
            kinds=diff.SHOWN,
        )

    def refuse(self, request: Request, error: Exception) -> Response:
        """What is wrong, in words."""
        if isinstance(error, HTTPException):
            status, text = error.status_code, error.detail
        elif isinstance(error, OSError):
            status, text = 404, f"{error.filename or 'a file'}: {error.strerror or error}"
        else:
            status = 422 if isinstance(error, RewardkitError) else 500
            text = str(error) if status == 422 else f"DuckDB cannot answer this: {str(error).splitlines()[0]}"
        return self._page("message.html.j2", request, status, text=text)

    def _run_page(self, request: Request, template: str) -> Response:
        name, known = self._known(request)
        folder = self._runs.folder(name)
        stamp = live.stamp_of(folder)  # before anything is read: what comes later is asked for again
        with self._store.tables(folder) as tables:
            page = run_page.run_page(name, known, tables, self._curves)
        return self._page(template, request, page=page, stamp=stamp, names=self._runs.names()[:500])

    def _page(self, template: str, request: Request, status: int = 200, **values: Any) -> Response:
        return self._pages.answer(template, request.scope.get("root_path", ""), status, **values)

    def _known(self, request: Request) -> tuple[str, Known]:
        name = self._name(request)
        return name, self._runs.known(name)

    def _name(self, request: Request) -> str:
        return self._there(request.path_params["name"])

    def _there(self, name: str) -> str:
        try:
            self._runs.folder(name)
        except DataError as error:
            raise HTTPException(404, str(error)) from None
        return name

    def _side(self, text: str) -> tuple[str, str]:
        """`RUN` or `RUN:STAGE`."""
        run, _, stage = text.strip().partition(":")
        return self._there(run), stage


def _pass_at(known: Known) -> dict[str, float]:
    return {row.grader: row.pass_at for row in known.summary.stages if row.pass_at is not None}


def _static(request: Request) -> Response:
    if request.path_params["name"] not in _STATIC:
        raise HTTPException(404, "there is no such file")
    package, file, kind = _STATIC[request.path_params["name"]]
    return Response(files(package).joinpath(file).read_bytes(), media_type=kind)
