"""`sort`: `a,-b,+c.d`, each an attribute of the resource or the JSONPath of one."""

from collections.abc import Callable
from http import HTTPStatus

from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.jsonpath import read_path

MAX_KEYS = 8


def read_sort(written: str | None, knows: Callable[[str], bool], stored: Callable[[str], str]) -> tuple[str, ...]:
    """The paths of the stored form, those that descend with a minus; an attribute nobody knows is refused by name."""
    if written is None:
        return ()
    keys = [key.strip() for key in written.split(",")]
    if not all(keys):
        raise malformed("query.sort", "sort holds an empty name")
    if len(keys) > MAX_KEYS:
        raise malformed("query.sort", f"sort names at most {MAX_KEYS} attributes")
    return tuple(_key(key, knows, stored) for key in keys)


def _key(key: str, knows: Callable[[str], bool], stored: Callable[[str], str]) -> str:
    # A plus sign that nobody escaped arrives as a space, which is gone by now.
    sign, path = ("-", key[1:]) if key.startswith("-") else ("", key.removeprefix("+"))
    if path.startswith("$"):
        path = _attribute(path)
    if path == "href":
        path = "id"
    if not knows(path):
        raise malformed("query.sort", f"sort names an attribute that this resource does not have: {path[:80]}")
    return sign + stored(path)


def _attribute(written: str) -> str:
    attribute = read_path("sort", written).attribute
    if attribute is None:
        reason = "sort takes a JSONPath that leads to one attribute"
        raise Refused(HTTPStatus.NOT_IMPLEMENTED, "query.unsupported", reason)
    return attribute
