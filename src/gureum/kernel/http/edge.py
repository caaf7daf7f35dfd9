"""The ASGI application: finds the operation, reads the body, runs the job in its transaction, answers or refuses."""

import asyncio
import contextlib
import inspect
import re
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy.exc

from gureum.kernel import faults, log
from gureum.kernel.caller import Caller
from gureum.kernel.faults import Fault
from gureum.kernel.http import schema
from gureum.kernel.http.answer import Answer, line
from gureum.kernel.http.api import Api
from gureum.kernel.http.call import Call
from gureum.kernel.http.dialect import Asked
from gureum.kernel.http.manners import Options, accepts_json, parse_query
from gureum.kernel.http.negotiate import choose_version, version_headers
from gureum.kernel.http.route import ANYONE, AUTHENTICATED, MOST_BYTES, Route, TxKind
from gureum.kernel.http.trie import Leaf
from gureum.kernel.ids import new_request_id
from gureum.kernel.policy import policy
from gureum.kernel.store.database import Database
from gureum.kernel.store.tx import Tx
from gureum.kernel.trace import Spans, recording, span
from gureum.kernel.trace.store import Recorder

_logger = log.get("http")
_BLOCKING_THREADS = 24
_MOST_PARAMETERS = 500
"""Of a query: each may become a condition, of which databases take so many."""
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9._-]{1,253})(:[0-9]{1,5})?")
"""A `Host` header that addresses may be built from; another one is not believed."""

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[dict[str, Any]]]
Send = Callable[[dict[str, Any]], Awaitable[None]]
Authenticate = Callable[[Tx, str], Caller]
"""Resolves a token in a transaction; raises Unauthenticated."""


@dataclass
class _Request:
    """A request on its way through the edge."""

    api: Api
    call: Call
    asked: Asked
    readable: bool = True
    """Whether the path was UTF-8."""
    decodable: bool = True
    """Whether the query was."""
    route: Route | None = None
    params: Mapping[str, str] | None = None
    body: Any = None
    spans: Spans = field(default_factory=Spans)

    def renew(self) -> None:
        """As it was before its job ran in a transaction that came to nothing."""
        if self.body is not None:
            self.body = schema.parse_json(self.call.raw) if self.call.raw else None
        self.call.response_headers.clear()


class Edge:
    """All APIs of one control process behind one ASGI callable."""

    def __init__(
        self, apis: Sequence[Api], database: Database, authenticate: Authenticate, trusted_proxies: Sequence[str] = ()
    ) -> None:
        self._by_port = {api.port: api for api in apis}
        self._by_path = {api.path: api for api in apis}
        self._first = apis[0]
        self.recorder = Recorder()
        self._database = database
        self._authenticate = authenticate
        self._proxies = set(trusted_proxies)
        self._blocking = ThreadPoolExecutor(_BLOCKING_THREADS, thread_name_prefix="own")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one HTTP request."""
        request = self._begin(scope)
        try:
            answer = await self._answer(request, receive)
        except Exception as error:
            answer = self._refuse(request, error)
        try:
            await _send(request, answer, receive, send)
        finally:
            _remember(self.recorder, request, answer)

    def _begin(self, scope: Scope) -> _Request:
        headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]}
        port = (scope.get("server") or ("", 0))[1]
        raw: bytes = scope.get("raw_path", scope["path"].encode()).partition(b"?")[0]
        root = self._root_url(scope, headers)
        api = self._by_port.get(port, self._first)
        base = root
        if api is self._first:
            name, _, rest = raw.lstrip(b"/").partition(b"/")
            inner = self._by_path.get(name.decode("latin-1"))
            if inner is not None:
                api, base, raw = inner, f"{root}/{inner.path}", b"/" + rest
        path, readable = api.manners.path(raw)
        query, undecodable = parse_query(scope.get("query_string", b""))
        request_id = new_request_id()
        call = Call(
            service=api.service,
            method=scope["method"],
            path=path,
            parameters=query,
            headers=headers,
            base_url=base,
            root_url=root,
            database=self._database,
            request_id=request_id,
            peer=self._peer(scope, headers),
            token=headers.get("x-auth-token"),
            undecodable=api.manners.undecodable.format(undecodable) if undecodable else "",
        )
        asked = Asked(call.method, path, base, headers.get("accept"), request_id, self._identity_url(root, port))
        return _Request(api, call, asked, readable, not undecodable)

    def _peer(self, scope: Scope, headers: Mapping[str, str]) -> str:
        """Where a request comes from: a proxy that is believed says for whom it asks."""
        peer: str = (scope.get("client") or ("", 0))[0]
        for said in reversed(headers.get("x-forwarded-for", "").split(",")):
            if peer not in self._proxies or not said.strip():
                break
            peer = said.strip()
        return peer

    def _root_url(self, scope: Scope, headers: Mapping[str, str]) -> str:
        server = scope.get("server") or ("localhost", 0)
        scheme, host = scope.get("scheme", "http"), headers.get("host", "")
        if (scope.get("client") or ("", 0))[0] in self._proxies:
            scheme = headers.get("x-forwarded-proto", scheme)
            host = headers.get("x-forwarded-host", host)
        if not _HOST.fullmatch(host):
            host = f"{server[0]}:{server[1]}"
        return f"{'https' if scheme == 'https' else 'http'}://{host}"

    def _identity_url(self, root: str, port: int) -> str:
        if port in (self._first.port, 0) or port not in self._by_port:
            return root
        return f"{root.rpartition(':')[0]}:{self._first.port}"

    async def _answer(self, request: _Request, receive: Receive) -> Answer:
        if request.call.method != "OPTIONS" or request.api.manners.options is Options.REFUSED:
            return await self._operate(request, receive)
        if request.api.manners.options is Options.ALLOW:
            found = request.api.find(request.call.path)
            if found is None:
                raise faults.NoSuchRoute("The resource could not be found.")
            allow = ", ".join([*found[0].allowed(), "OPTIONS"])
            return Answer(200, None, [("Allow", allow)], content_type="text/html; charset=utf-8")
        if request.api.manners.options is Options.AS_GET:
            request.call.method = "GET"
            with contextlib.suppress(Fault):
                return await self._operate(request, receive)
        return Answer(200, None, content_type="")

    async def _operate(self, request: _Request, receive: Receive) -> Answer:
        found = request.api.find(request.call.path)
        versions = request.api.versions
        if found is None:
            await self._know_caller(request)
            if versions and versions.everywhere:
                request.call.version = choose_version(versions, request.call.headers)
            raise faults.NoSuchRoute("The resource could not be found.")
        leaf, request.params = found
        if sum(map(len, request.call.parameters.values())) > _MOST_PARAMETERS:
            await self._know_caller(request)
            raise faults.Invalid(f"There are more than {_MOST_PARAMETERS} parameters in the query.")
        if leaf.strict:
            await self._be_strict(request)
        if versions and (versions.everywhere or request.call.path.strip("/")):
            request.call.version = choose_version(versions, request.call.headers)
        streams = leaf.methods.get(request.call.method)
        if streams and streams[0].tx is TxKind.STREAM:
            request.route = streams[0]
            return await self._run_stream(request, receive)
        most = max((route.most_bytes for route in streams or ()), default=MOST_BYTES)
        request.call.raw = await _read_body(receive, most)
        request.spans.add("edge", f"{request.call.method} {request.api.service}", 0)
        try:
            route = self._choose(request, leaf)
        except Fault:
            await self._know_caller(request)
            raise
        request.route = route
        return await self._run(request, route)

    async def _be_strict(self, request: _Request) -> None:
        if not accepts_json(request.call.headers.get("accept")):
            await self._know_caller(request)
            raise faults.NotAcceptable("Only JSON is to be had.")
        if not (request.readable and request.decodable):
            await self._know_caller(request)
            raise faults.Malformed("The path or the query is no UTF-8.", page=request.readable)

    async def _know_caller(self, request: _Request) -> None:
        """Before a path is said not to exist: who has no token is told only that."""
        if request.api.token_first and request.call.path.strip("/"):
            await self._database.reading(lambda tx: self._caller(request, tx))

    def _choose(self, request: _Request, leaf: Leaf) -> Route:
        method = request.call.method
        if request.api.manners.strict and request.call.raw and not request.call.headers.get("content-type"):
            raise faults.Invalid("content-type header required when content-length > 0")
        routes = leaf.methods.get(method)
        if routes is None and method == "HEAD":
            head = request.api.manners.head
            routes = [route for route in leaf.methods.get("GET", ()) if head or route.head] or None
        if routes is None and method == "POST" and leaf.actions:
            routes = self._choose_action(request, leaf)
        if routes is None:
            raise faults.MethodNotAllowed("The method is not allowed.", allow=leaf.allowed())
        version = request.call.version
        for route in routes:
            if (route.since is None or version >= route.since) and (route.until is None or version <= route.until):
                return route
        raise faults.NotFound("The resource could not be found.")

    def _choose_action(self, request: _Request, leaf: Leaf) -> list[Route]:
        request.body = schema.parse_json(request.call.raw)
        if not isinstance(request.body, dict) or not request.body:
            raise faults.Malformed("Malformed request body")
        key, *others = request.body
        if others:
            raise faults.Malformed("Malformed request body")
        if key not in leaf.actions:
            raise faults.Invalid(f"There is no such action: {key}")
        return leaf.actions[key]

    async def _run(self, request: _Request, route: Route) -> Answer:
        began = request.spans.elapsed()
        try:
            return await self._run_in_its_kind(request, route)
        finally:
            request.spans.add("transaction", route.tx.value, began)

    async def _run_in_its_kind(self, request: _Request, route: Route) -> Answer:
        if route.tx is TxKind.READ:
            return await self._database.reading(lambda tx: self._job(request, route, tx))
        if route.tx is TxKind.WRITE:
            return await self._database.writing(lambda tx: self._job(request, route, tx))
        return await asyncio.get_running_loop().run_in_executor(self._blocking, self._own, request, route)

    def _known(self, request: _Request, tx: Tx) -> None:
        with recording(request.spans):
            self._caller(request, tx)

    def _own(self, request: _Request, route: Route) -> Answer:
        with recording(request.spans):
            if route.rule != ANYONE or request.call.token:
                self._database.read(lambda tx: self._caller(request, tx))
            return self._handle(request, route)

    async def _run_stream(self, request: _Request, receive: Receive) -> Answer:
        await self._database.reading(lambda tx: self._known(request, tx))
        request.call.stream = _chunks(receive)
        route = request.route
        assert route is not None
        if route.early:
            request.call.demand(route.rule)
        result = await route.handler(request.call, **(request.params or {}))
        return _as_answer(result, route)

    def _caller(self, request: _Request, tx: Tx) -> None:
        token = request.call.token
        if not token:
            raise faults.Unauthenticated("The request you have made requires authentication.")
        with span("token", request.api.service):
            caller = self._authenticate(tx.glance(), token)
        if caller.only is not None and not caller.may_call(request.api.service, request.call.method, request.call.path):
            raise faults.Unauthenticated("The request you have made requires authentication.")
        given = request.call.headers.get("x-openstack-request-id")
        object.__setattr__(caller, "request_id", request.call.request_id)
        object.__setattr__(caller, "global_request_id", given if _is_request_id(given) else None)
        request.call._caller = caller  # pyright: ignore[reportPrivateUsage]
        tx.caller = caller

    def _job(self, request: _Request, route: Route, tx: Tx) -> Answer:
        if tx.attempt:
            request.renew()
        request.call._tx = tx  # pyright: ignore[reportPrivateUsage]
        with recording(request.spans):
            if route.rule != ANYONE or request.call.token:
                self._caller(request, tx)
            return self._handle(request, route)

    def _handle(self, request: _Request, route: Route) -> Answer:
        call = request.call
        arguments: list[Any] = []
        if call.undecodable and request.api.manners.looks:
            raise faults.Invalid(call.undecodable)
        if request.api.manners.strict and route.rule != ANYONE:
            _must_speak_json(request, route)
        if route.early and not request.api.schema_first:
            call.demand(route.rule)
        if route.query is not None:
            route.query.check(call.query, call.version)
        if route.body is not None:
            arguments.append(self._decode(request, route))
        if route.early and request.api.schema_first:
            call.demand(route.rule)
        with span("handler", f"{route.method} {route.path}"):
            answer = _as_answer(route.handler(call, *(request.params or {}).values(), *arguments), route)
        if route.history is not None:
            route.history.downgrade(answer.body, call)
            answer.status = route.history.status(answer.status, call.version)
        if not isinstance(answer.body, bytes) and answer.body is not None:
            answer.body = answer.encoded()
        return answer

    def _decode(self, request: _Request, route: Route) -> Any:
        call = request.call
        if request.body is not None:
            return self._checked(request, route)
        kind = call.headers.get("content-type", "application/json").partition(";")[0].strip()
        if kind not in request.api.manners.reads and call.raw:
            raise faults.BadMediaType("Unsupported Content-Type", content_type=kind)
        try:
            request.body = schema.parse_json(call.raw or _empty(route))
        except faults.Malformed:
            request.body = schema.parse_nan(call.raw)
            if request.body is not None:
                self._checked(request, route)
            raise
        return self._checked(request, route)

    def _checked(self, request: _Request, route: Route) -> Any:
        call = request.call
        if isinstance(route.body, schema.Shapes):
            route.body.check(request.body, call.version)
        if route.history is not None:
            route.history.upgrade(request.body, call)
        if isinstance(route.body, schema.Shapes):
            return request.body
        return schema.convert(request.body, route.body, lax=request.api.lax)

    def _refuse(self, request: _Request, error: Exception) -> Answer:
        if isinstance(error, sqlalchemy.exc.IntegrityError):
            _logger.info("constraint", path=request.call.path, reason=_primary(error.orig))
            error = faults.Conflict("It conflicts with something that exists.")
        if isinstance(error, sqlalchemy.exc.DataError | OverflowError):
            _logger.info("value", path=request.call.path, reason=_primary(getattr(error, "orig", error)))
            error = faults.Invalid("A value is out of the range of what can be kept.")
        if not isinstance(error, Fault):
            _logger.error("request failed", path=request.call.path, request_id=request.call.request_id, exc_info=error)
            error = Fault(
                "Unexpected API Error. Tell the operator the request id; the log says what happened.", cause=repr(error)
            )
        answer = request.api.dialect.render(error, replace(request.asked, version=request.call.version))
        answer.headers.extend(request.call.response_headers)
        return answer


def _primary(error: BaseException | None) -> str:
    """What a database says without its details: those of PostgreSQL quote the row."""
    return getattr(getattr(error, "diag", None), "message_primary", None) or str(error)


def _as_answer(result: Any, route: Route) -> Answer:
    return result if isinstance(result, Answer) else Answer(route.status, result)


def _must_speak_json(request: _Request, route: Route) -> None:
    if route.method == "GET" and not accepts_json(request.call.headers.get("accept")):
        raise faults.NotAcceptable("Only application/json is provided")
    if route.body is None:
        return
    kind = request.call.headers.get("content-type", "").partition(";")[0].strip()
    if kind not in request.api.manners.reads:
        raise faults.BadMediaType("Unsupported Content-Type", content_type=kind or None)


def _empty(route: Route) -> bytes:
    """What no body at all means: it is malformed for most."""
    if isinstance(route.body, schema.Shapes):
        return route.body.empty
    return b"{}" if isinstance(route.body, schema.Shape) else b""


def _is_request_id(text: str | None) -> bool:
    return text is not None and text.startswith("req-") and len(text) <= 64


async def _read_body(receive: Receive, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in _chunks(receive):
        size += len(chunk)
        if size > most:
            raise faults.TooLarge("Request is too large.")
        chunks.append(chunk)
    return b"".join(chunks)


async def _chunks(receive: Receive) -> AsyncIterator[bytes]:
    """The body as it comes. Raises ConnectionError when the client hangs up before its end."""
    more = True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise ConnectionError("the client hung up")
        if message.get("body"):
            yield message["body"]
        more = message.get("more_body", False)


async def _send(request: _Request, answer: Answer, receive: Receive, send: Send) -> None:
    call = request.call
    body = answer.encoded()
    headers = [("x-openstack-request-id", call.request_id)]
    if request.api.service in ("compute", "block-storage"):
        headers.append(("x-compute-request-id", call.request_id))
    if request.api.service == "identity":
        headers += [("Vary", "X-Auth-Token"), ("Cache-Control", "no-store")]
    headers += version_headers(request.api.versions, call.version) + answer.headers
    names = {name.lower() for name, _ in headers}
    if answer.content_type and (body or answer.stream or answer.status != 204) and "content-type" not in names:
        headers.append(("Content-Type", answer.content_type))
    if answer.stream is None and answer.status != 204:
        headers.append(("Content-Length", str(len(body))))
    headers.append(("X-Content-Type-Options", "nosniff"))
    if answer.content_type.startswith("text/html"):
        headers.append(("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"))
    encoded = [(name.encode("latin-1"), line(value)) for name, value in dict.fromkeys(headers)]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    if answer.stream is not None and call.method != "HEAD":
        await _send_stream(answer.stream, receive, send)
        body = b""
    await send({"type": "http.response.body", "body": b"" if call.method == "HEAD" else body})


def _remember(recorder: Recorder, request: _Request, answer: Answer) -> None:
    """Keep the request's trace. Who is nobody, and is refused, leaves none: strangers shall not push others' traces out."""
    call = request.call
    caller = call._caller  # pyright: ignore[reportPrivateUsage]
    if caller is None and answer.status >= 400:
        return
    recorder.add(
        {
            "request_id": call.request_id,
            "global_request_id": None if caller is None else caller.global_request_id,
            "at": request.spans.at,
            "micros": request.spans.elapsed(),
            "changes": call.method not in ("GET", "HEAD"),
            "service": call.service,
            "method": call.method[:16],
            "path": call.path[:255],
            "status": answer.status,
            "user_id": None if caller is None else caller.user_id,
            "project_id": None if caller is None else caller.project_id,
            "spans": request.spans.plain(),
        }
    )


async def _send_stream(stream: AsyncIterator[bytes], receive: Receive, send: Send) -> None:
    """Send chunks until the end, or until the client hangs up: the server takes what nobody reads without a word."""
    gone = asyncio.ensure_future(_hung_up(receive))
    try:
        async for chunk in stream:
            if gone.done():
                break
            await send({"type": "http.response.body", "body": chunk, "more_body": True})
    finally:
        gone.cancel()
        if isinstance(stream, AsyncGenerator):
            await stream.aclose()


async def _hung_up(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


def unknown_rules(apis: Sequence[Api]) -> list[str]:
    """Routes whose rule no service has: a start with one of these is refused."""
    found: list[str] = []
    for api in apis:
        names = set(policy.names(api.service))
        for route in api.routes:
            if route.rule not in (ANYONE, AUTHENTICATED) and route.rule not in names:
                found.append(f"{api.service} {route.method} {route.path}: {route.rule}")
            if inspect.iscoroutinefunction(route.handler) != (route.tx is TxKind.STREAM):
                found.append(f"{api.service} {route.method} {route.path}: only STREAM handlers are coroutines")
    return found
