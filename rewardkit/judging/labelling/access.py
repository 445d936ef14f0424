"""Who is let in. The page is for one person on this machine; other people, other machines and other pages are refused.

another machine          the server listens on 127.0.0.1 only
another user here        the first address has a random token; it is changed for a cookie that no script can read
another site's script    no CORS; a write needs this page's Origin, and JSON as its type; the cookie is SameSite=Strict
another site's name      a Host that is not this machine is refused, so that no name can be pointed here (DNS rebinding)
text that is markup      escaped by the templates; the content security policy runs nothing but the page's own file
"""

from __future__ import annotations

import secrets

from starlette.datastructures import URL, Headers
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ...local_server import hosts_of, with_headers


class Gate:
    """The application behind it sees only requests that may come in; every answer carries the headers of safety."""

    def __init__(self, app: ASGIApp, *, port: int, token: str) -> None:
        self._app = app
        self._token = token
        self._session = secrets.token_urlsafe(32)
        self._cookie = f"rewardkit_label_{port}"  # browsers send cookies to every port of a host
        self._hosts = hosts_of(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is no HTTP is not answered."""
        if scope["type"] != "http":
            return

        answer = self._answer(Request(scope)) or self._app
        await answer(scope, receive, with_headers(send))

    def _answer(self, request: Request) -> Response | None:
        """What is answered without asking the application; None for a request that may pass."""
        host = request.headers.get("host", "")
        if host not in self._hosts:
            return PlainTextResponse("This address is not served here.\n", status_code=421)
        token = request.query_params.get("token")
        if token is not None and request.method == "GET":
            return self._let_in() if _same(token, self._token) else _refused()
        if not _same(request.cookies.get(self._cookie, ""), self._session):
            return _refused()
        if request.method not in ("GET", "HEAD") and not _is_own(request.headers, host):
            return PlainTextResponse("Only the page itself may write.\n", status_code=403)
        return None

    def _let_in(self) -> Response:
        answer = RedirectResponse(URL("/"), status_code=303)
        answer.set_cookie(self._cookie, self._session, httponly=True, samesite="strict")
        return answer


def _refused() -> Response:
    return PlainTextResponse(
        "Open the page by the address that `rewardkit label` has printed.\n", status_code=403
    )


def _is_own(headers: Headers, host: str) -> bool:
    """Whether a write comes from the page: no other site can send this Origin, nor JSON without being asked first."""
    return (
        headers.get("origin") == f"http://{host}"
        and headers.get("sec-fetch-site", "same-origin") == "same-origin"
        and headers.get("content-type", "").partition(";")[0].strip() == "application/json"
    )


def _same(given: str, expected: str) -> bool:
    return secrets.compare_digest(given.encode("utf-8", "surrogatepass"), expected.encode())
