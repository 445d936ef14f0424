"""Who may ask: the person who started the command, from a browser on this machine. All that is asked for is read, nothing is written.

another machine       the server listens on 127.0.0.1 only
another user here     every address begins with a random key, which the command prints; no cookie is needed
another site          no CORS; what a browser says comes from another site is refused, but for a person following a link
another site's name   a Host that is not this machine is refused, so that no name can be pointed here (DNS rebinding)
text that is markup   escaped by the templates; the content security policy runs nothing but the page's own file
"""

from __future__ import annotations

import secrets

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from ...local_server import HEADERS, hosts_of, with_headers

_POLICY = "Content-Security-Policy"
# The forms of these pages only ask (GET), and only here.
_HEADERS = {**HEADERS, _POLICY: HEADERS[_POLICY].replace("form-action 'none'", "form-action 'self'")}


class Gate:
    """The application behind it sees only requests that may come in, with the key taken off their path."""

    def __init__(self, app: ASGIApp, *, port: int, key: str) -> None:
        self._app = app
        self._prefix = f"/{key}"
        self._hosts = hosts_of(port)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; what is no HTTP is not answered."""
        if scope["type"] != "http":
            return
        refused = self._refuse(Request(scope))
        if refused is None:
            scope = {**scope, "root_path": self._prefix}
        await (refused or self._app)(scope, receive, with_headers(send, _HEADERS))

    def _refuse(self, request: Request) -> Response | None:
        """The answer to a request that may not come in; None for one that may."""
        if request.headers.get("host", "") not in self._hosts:
            return _said(421, "This address is not served here.")
        if request.method not in ("GET", "HEAD"):
            return _said(405, "These pages are only read: GET.")
        path = request.scope["path"]
        # Compared in constant time: how long a refusal takes tells nothing of the key.
        if not secrets.compare_digest(
            path[: len(self._prefix)].encode("utf-8", "replace"), self._prefix.encode()
        ):
            return _said(403, "Open the page by the address that `rewardkit view` has printed.")
        if path[len(self._prefix) :][:1] != "/":
            return _said(404, "There is no such page.")
        site, mode = (request.headers.get(f"sec-fetch-{name}", "") for name in ("site", "mode"))
        if site not in ("", "none", "same-origin") and mode != "navigate":
            return _said(403, "Other sites may not ask.")
        return None


def _said(status: int, text: str) -> Response:
    return PlainTextResponse(text + "\n", status_code=status)
