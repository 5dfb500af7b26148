"""What every published operation shares: parameters, response headers, error answers."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

Facts = Mapping[str, Any]

TEXT = {"type": "string"}


def _parameter(place: str, name: str, schema: Facts, description: str) -> dict[str, Any]:
    return {"name": name, "in": place, "required": False, "description": description, "schema": schema}


PARAMETERS: Mapping[str, dict[str, Any]] = {
    "Fields": _parameter(
        "query", "fields", TEXT, "Attributes to answer with, by comma, dotted where inner; `none` leaves id and href."
    ),
    "Offset": _parameter("query", "offset", {"type": "integer", "minimum": 0}, "Rows to leave out at the beginning."),
    "Limit": _parameter("query", "limit", {"type": "integer", "minimum": 1}, "Rows of one page at most."),
    "Sort": _parameter("query", "sort", TEXT, "Attributes to sort by, by comma; a minus before one turns it round."),
    "Filter": _parameter("query", "filter", TEXT, "A JSONPath condition, such as `$[?(@.name=='x')]`."),
    "IfMatch": _parameter("header", "If-Match", TEXT, "The ETag this write goes on from; another one answers 412."),
    "IfNoneMatch": _parameter("header", "If-None-Match", TEXT, "An ETag already known; while it is true: 304."),
    "IdempotencyKey": _parameter(
        "header",
        "Idempotency-Key",
        {"type": "string", "minLength": 1, "maxLength": 255},
        "Names this write, so that sending it again does it once.",
    ),
    "Expect": _parameter("header", "Expect", TEXT, "`202-accepted` asks for 202 and a monitor."),
    "LastEventId": _parameter(
        "header", "Last-Event-ID", TEXT, "The last event that was seen; the stream goes on from it."
    ),
    "Prefer": _parameter("header", "Prefer", TEXT, "`respond-async` asks for 202 and a monitor."),
}

HEADERS: Mapping[str, dict[str, Any]] = {
    "X-Total-Count": {"schema": {"type": "integer"}, "description": "Rows that the conditions leave, on all pages."},
    "X-Result-Count": {"schema": {"type": "integer"}, "description": "Rows of this page."},
    "Link": {"schema": TEXT, "description": "Where the first, previous, next and last page are."},
    "ETag": {"schema": TEXT, "description": "The revision of this resource, for If-Match and If-None-Match."},
    "Location": {"schema": TEXT, "description": "Where the resource is, or the monitor of the work."},
    "X-As-Of": {"schema": {"type": "string", "format": "date-time"}, "description": "How old a mirrored answer is."},
    "X-Missing-Source": {"schema": TEXT, "description": "Systems that did not contribute to this answer."},
    "X-Trace-Id": {"schema": TEXT, "description": "The trace of this request."},
    "Idempotency-Replayed": {"schema": TEXT, "description": "`true` where an earlier answer is given again."},
    "Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait before asking again."},
    "Allow": {"schema": TEXT, "description": "The methods of this path."},
}

_TOLD: Mapping[int, str] = {
    200: "Done",
    201: "Created",
    202: "Taken; the monitor tells how it goes",
    204: "Done; there is nothing to show",
    206: "One page of the result",
    304: "Unchanged since that ETag",
    412: "Not at the revision of If-Match",
    422: "Refused by a business rule, or an Idempotency-Key that came with another body",
}
_CARRIED = {405: ("Allow",), 429: ("Retry-After",), 503: ("Retry-After",), 504: ("Retry-After",)}

EVERY = (400, 405, 406, 429, 500, 501, 502, 503, 504)
BODY = (408, 413, 415)


def json_of(schema: Facts) -> dict[str, Any]:
    return {"content": {"application/json": {"schema": schema}}}


def told(status: str) -> str:
    return "Refused" if status == "default" else _TOLD.get(int(status), HTTPStatus(int(status)).phrase)


def headers(*names: str) -> dict[str, Any]:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in (*names, "X-Trace-Id")}


def parameter(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/parameters/{name}"}


def refused(status: str) -> dict[str, str]:
    return {"$ref": f"#/components/responses/{status}"}


def refusal(status: str) -> dict[str, Any]:
    """The answer that `refused` refers to."""
    carried = () if status == "default" else _CARRIED.get(int(status), ())
    return {
        "description": told(status),
        "headers": headers(*carried),
        **json_of({"$ref": "#/components/schemas/Error"}),
    }
