"""Kernels that are wrong in one way each: the laws of the edge are there to find them out."""

import json
import re
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

from gateway.store.port import Drop, Emit, Put

Scope = MutableMapping[str, Any]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def items(self) -> Any:
        return json.loads(self.body, parse_float=str) if self.body else None

    def carry(self, body: Any) -> None:
        self.body = json.dumps(body).encode()
        self.headers["content-length"] = str(len(self.body))


def nothing(*_: Any) -> None:
    """Leaves it as it is."""


def unchanged(body: bytes) -> bytes:
    return body


@dataclass(frozen=True)
class Mutant:
    """`asks` distorts what the kernel hears, `says` what it answers, `keeps` what it writes."""

    asks: Callable[[Scope], None] = nothing
    reads: Callable[[bytes], bytes] = unchanged
    says: Callable[[Scope, Answer], None] = nothing
    keeps: Callable[[Any], bool] = field(default=lambda _: True)

    def around(self, kernel: Any) -> Any:
        async def app(scope: Scope, receive: Any, send: Any) -> None:
            asked = {**scope, "headers": list(scope["headers"])}
            self.asks(asked)
            messages: list[Any] = []

            async def keep(message: Any) -> None:
                messages.append(message)

            async def distorted() -> Any:
                message = await receive()
                return {**message, "body": self.reads(message.get("body", b""))}

            await kernel(asked, distorted, keep)
            heard = {name.decode(): value.decode() for name, value in messages[0]["headers"]}
            answer = Answer(messages[0]["status"], heard, b"".join(m.get("body", b"") for m in messages[1:]))
            self.says(scope, answer)
            headers = [(name.encode(), value.encode()) for name, value in answer.headers.items()]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body})

        return app


def deaf_to_parameters(hears: Callable[[str], bool]) -> Callable[[Scope], None]:
    def asks(scope: Scope) -> None:
        pairs = parse_qsl(scope["query_string"].decode(), keep_blank_values=True)
        scope["query_string"] = urlencode([(name, value) for name, value in pairs if hears(name)]).encode()

    return asks


def deaf_to_header(name: str) -> Callable[[Scope], None]:
    def asks(scope: Scope) -> None:
        scope["headers"] = [pair for pair in scope["headers"] if pair[0].lower() != name.encode()]

    return asks


def hearing(written: str, heard: str) -> Callable[[Scope], None]:
    def asks(scope: Scope) -> None:
        scope["query_string"] = re.sub(written, heard, scope["query_string"].decode()).encode()

    return asks


def mute(*names: str) -> Callable[[Scope, Answer], None]:
    def says(_: Scope, answer: Answer) -> None:
        for name in names:
            answer.headers.pop(name, None)

    return says


def saying(status: int, instead: int) -> Callable[[Scope, Answer], None]:
    def says(_: Scope, answer: Answer) -> None:
        answer.status = instead if answer.status == status else answer.status

    return says


def without_error_bodies(_: Scope, answer: Answer) -> None:
    if answer.status >= 400:
        answer.carry({})


def another_id(scope: Scope, answer: Answer) -> None:
    if scope["method"] == "GET" and isinstance(answer.items, dict) and "id" in answer.items:
        answer.carry({**answer.items, "id": "another"})


def another_record() -> Callable[[Scope], None]:
    """Whatever is asked, the first record that was ever asked for."""
    first: dict[str, str] = {}

    def asks(scope: Scope) -> None:
        found = re.fullmatch(r"(.*/v\d/\w+)/([0-9a-f-]{36})", scope["path"])
        if found and scope["method"] == "GET":
            scope["path"] = f"{found[1]}/{first.setdefault(found[1], found[2])}"

    return asks


def in_the_other_version(scope: Scope) -> None:
    if scope["method"] == "GET":
        swapped = {"v4": "v5", "v5": "v4"}
        scope["path"] = re.sub(r"/(v[45])/", lambda found: f"/{swapped[found[1]]}/", scope["path"])


def counting_the_page(_: Scope, answer: Answer) -> None:
    if "x-total-count" in answer.headers:
        answer.headers["x-total-count"] = answer.headers["x-result-count"]


def with_floats(_: Scope, answer: Answer) -> None:
    if answer.body:
        answer.body = json.dumps(json.loads(answer.body), separators=(",", ":")).encode()
        answer.headers["content-length"] = str(len(answer.body))


def last_first(_: Scope, answer: Answer) -> None:
    if isinstance(answer.items, list):
        answer.carry(list(reversed(answer.items)))


def losing(suffix: str) -> Callable[[Any], bool]:
    return lambda change: not (isinstance(change, Emit) and change.event.type.endswith(suffix))


PAGING = {"fields", "offset", "limit", "sort", "filter"}
MUTANTS: Mapping[str, Mutant] = {
    "ignores filters": Mutant(asks=deaf_to_parameters(lambda name: name in PAGING)),
    "ignores operators": Mutant(asks=hearing(r"\.(gt|gte|lt|lte|regex)=", "=")),
    "takes gt for gte": Mutant(asks=hearing(r"\.gt=", ".gte=")),
    "takes a comma for a part of the value": Mutant(asks=hearing(r"=ant,cow", "=%22ant,cow%22")),
    "ignores sort": Mutant(asks=deaf_to_parameters(lambda name: name != "sort")),
    "ignores the direction of sort": Mutant(asks=hearing(r"sort=-", "sort=")),
    "ignores unknown parameters": Mutant(asks=deaf_to_parameters(lambda name: name != "colour")),
    "ignores fields": Mutant(asks=deaf_to_parameters(lambda name: name != "fields")),
    "ignores limit": Mutant(asks=deaf_to_parameters(lambda name: name != "limit")),
    "ignores offset": Mutant(asks=deaf_to_parameters(lambda name: name != "offset")),
    "answers another id": Mutant(says=another_id),
    "answers another record": Mutant(asks=another_record()),
    "drops error bodies": Mutant(says=without_error_bodies),
    "drops X-Total-Count": Mutant(says=mute("x-total-count")),
    "drops X-Result-Count": Mutant(says=mute("x-result-count")),
    "counts the page": Mutant(says=counting_the_page),
    "drops Link": Mutant(says=mute("link")),
    "drops Location": Mutant(says=mute("location")),
    "drops ETag": Mutant(says=mute("etag")),
    "says 200 for a page": Mutant(says=saying(206, 200)),
    "says 206 for a whole": Mutant(says=saying(200, 206)),
    "says 200 for created": Mutant(says=saying(201, 200)),
    "says 200 for what is not there": Mutant(says=saying(404, 200)),
    "turns lists round": Mutant(says=last_first),
    "makes floats of money": Mutant(says=with_floats),
    "swaps v4 for v5": Mutant(asks=in_the_other_version),
    "ignores If-Match": Mutant(asks=deaf_to_header("if-match")),
    "ignores If-None-Match": Mutant(asks=deaf_to_header("if-none-match")),
    "ignores Idempotency-Key": Mutant(asks=deaf_to_header("idempotency-key")),
    "patches nothing away": Mutant(reads=lambda body: re.sub(rb', ?"\w+": ?null', b"", body)),
    "keeps what is removed": Mutant(keeps=lambda change: not isinstance(change, Drop)),
    "never writes a change": Mutant(keeps=lambda change: not (isinstance(change, Put) and change.expect)),
    **{
        f"loses a {suffix}": Mutant(keeps=losing(suffix))
        for suffix in ("CreateEvent", "AttributeValueChangeEvent", "StateChangeEvent", "DeleteEvent")
    },
}
