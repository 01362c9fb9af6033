"""What a client asks the hub for: one request head, read strictly, and the answer where there is no stream for it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import SplitResult, parse_qs, urlsplit

from models.queries.live_stream import LANGUAGES, last_seen

MOST_BYTES = 8192
PATH = re.compile(r"(?:/m/([a-z][a-z0-9]{1,30}))?/api/v1/offices/([A-Za-z0-9_-]{1,32})/events")
REQUEST = re.compile(rb"([A-Z]{1,16}) ([!-~]{1,4096}) HTTP/1\.[01]")
NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}")
ALIVE = "/healthz"
PHRASES = {
    200: "OK",
    400: "Bad Request",
    404: "Not Found",
    405: "Method Not Allowed",
    408: "Request Timeout",
    429: "Too Many Requests",
    431: "Request Header Fields Too Large",
    503: "Service Unavailable",
}
ALWAYS = (
    "Cache-Control: no-store\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'\r\n"
    "Referrer-Policy: no-referrer\r\n"
    "Connection: close\r\n"
)
STREAM = "Content-Type: text/event-stream; charset=utf-8\r\nX-Accel-Buffering: no\r\n"
RETRY_SECONDS = 5


class Refused(Exception):
    """There is no stream for this request; the status says why."""

    def __init__(self, status: int) -> None:
        """Answer with this status."""
        super().__init__(PHRASES[status])
        self.status = status


@dataclass(frozen=True)
class Asked:
    """A request for a stream, or (`head`) only for what its headers would be."""

    code: str | None
    office: str
    host: str
    origin: str
    forwarded_for: str
    since: int | None
    language: str
    head: bool = False


def read(head: bytes) -> Asked | None:
    """The request of a complete head; None for a question whether the hub is up, `Refused` for anything else."""
    first, *lines = head.split(b"\r\n")
    found = REQUEST.fullmatch(first)
    if found is None:
        raise Refused(400)
    method, target = found[1].decode(), _split(found[2].decode())
    headers = _headers(lines)
    place = PATH.fullmatch(target.path)
    if place is None and target.path != ALIVE:
        raise Refused(404)
    if method not in ("GET", "HEAD"):
        raise Refused(405)
    if place is None:
        return None
    query = parse_qs(target.query)
    language = query.get("lang", ["ja"])[0]
    return Asked(
        code=place[1],
        office=place[2],
        host=headers.get("host", ""),
        origin=headers.get("origin", ""),
        forwarded_for=headers.get("x-forwarded-for", ""),
        since=last_seen(headers.get("last-event-id") or query.get("last_event_id", [None])[0]),
        language=language if language in LANGUAGES else "ja",
        head=method == "HEAD",
    )


def _split(address: str) -> SplitResult:
    try:
        return urlsplit(address)
    except ValueError as problem:
        raise Refused(400) from problem


def _headers(lines: list[bytes]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(b":")
        if not colon or not NAME.fullmatch(name):
            raise Refused(400)
        found[name.decode().lower()] = value.strip().decode("latin-1")
    return found


def visitor_of(asked: Asked, peer: str, trusted_proxies: int) -> str:
    """Who asks: the peer, or what the trusted proxies in front say (the one before the outermost of them)."""
    told = [part.strip() for part in asked.forwarded_for.split(",") if part.strip()]
    return told[-trusted_proxies] if trusted_proxies and len(told) >= trusted_proxies else peer


def stream_head(asked: Asked, public_url: str) -> bytes:
    """The head of a stream; another origin may read it only where it is this house's own main address."""
    return _head(200, STREAM + _shared(asked, public_url))


def answer(status: int, body: str = "", *, head: bool = False) -> bytes:
    """A whole answer that is no stream; for a HEAD request without its body."""
    kind = "application/json" if status == 200 else "application/problem+json"
    text = body or f'{{"type":"about:blank","title":"{PHRASES[status]}","status":{status}}}'
    extra = {405: "Allow: GET, HEAD\r\n"}.get(status, "")
    if status in (429, 503):
        extra = f"Retry-After: {RETRY_SECONDS}\r\n"
    begun = _head(status, f"Content-Type: {kind}\r\nContent-Length: {len(text)}\r\n{extra}")
    return begun if head else begun + text.encode()


def _head(status: int, extra: str) -> bytes:
    return f"HTTP/1.1 {status} {PHRASES[status]}\r\n{extra}{ALWAYS}\r\n".encode("latin-1")


def _shared(asked: Asked, public_url: str) -> str:
    """To a browser the main port is another origin; so is the public address, where the hub has one of its own."""
    if not asked.origin:
        return ""
    theirs = _split(asked.origin)
    same_host = bool(theirs.hostname) and theirs.hostname == _split(f"//{asked.host}").hostname
    if not same_host and asked.origin != public_url.rstrip("/"):
        return "Vary: Origin\r\n"
    return f"Access-Control-Allow-Origin: {asked.origin}\r\nVary: Origin\r\n"
