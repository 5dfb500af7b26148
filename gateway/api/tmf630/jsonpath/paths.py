"""A JSONPath read once, and what it says of a resource."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from itertools import islice
from math import prod
from typing import Any

from jsonpath import JSONPath
from jsonpath.exceptions import JSONPathError, JSONPathNameError
from jsonpath.filter import (
    BaseExpression,
    BooleanLiteral,
    FilterExpression,
    FilterExpressionLiteral,
    FilterQuery,
    FunctionExtension,
    InfixExpression,
    Nil,
    PrefixExpression,
    RelativeFilterQuery,
    StringLiteral,
)
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.selectors import Filter as FilterSelector
from jsonpath.selectors import IndexSelector, NameSelector, SliceSelector, WildcardSelector

from gateway.api.tmf630.errors import Refused, malformed
from gateway.api.tmf630.jsonpath.dialect import DIALECT, FUNCTIONS
from gateway.api.tmf630.reading import is_hostile

Place = tuple[str | int, ...]

_SELECTORS = (NameSelector, WildcardSelector, IndexSelector, SliceSelector, FilterSelector)
_EXPRESSIONS = (
    *(FilterExpression, InfixExpression, PrefixExpression, RelativeFilterQuery, FunctionExtension),
    *(FilterExpressionLiteral, BooleanLiteral, Nil),
)
_FOREIGN = ("in", "contains", "<>")
_LONGEST = 2_000
# What multiplies the work of a path: walks over the whole, filters, several selectors in one bracket.
_MOST_DESCENTS = 2
_MOST_FILTERS = 20
_MOST_SELECTED = 16
_MOST_PLACES = 10_000


@dataclass(frozen=True, slots=True)
class Path:
    """A path into one resource."""

    path: JSONPath

    @property
    def attribute(self) -> str | None:
        """The dotted path that says the same; None where there is none."""
        names = [selector.name for selector in _selectors(self.path) if isinstance(selector, NameSelector)]
        plain = all(
            isinstance(segment.selectors[0], NameSelector | WildcardSelector)
            and len(segment.selectors) == 1
            and not isinstance(segment, JSONPathRecursiveDescentSegment)
            for segment in self.path.segments
        )
        return ".".join(names) if plain and names else None

    def places(self, resource: Any) -> list[Place]:
        """Where it leads in a resource, in the order of the resource."""
        found = list(islice(_followed(self.path, resource), _MOST_PLACES + 1))
        if len(found) > _MOST_PLACES:
            raise malformed("query.jsonpath", f"a JSONPath finds at most {_MOST_PLACES} values")
        return list(dict.fromkeys(tuple(match.parts) for match in found))

    @property
    def asked(self) -> frozenset[str]:
        """The attributes that its filters compare."""
        return _asked(self.path)


@dataclass(frozen=True, slots=True)
class Filter:
    """Whether a resource is kept.

    `$[?(@.state == 'active')]` chooses among the resources of the collection; `$.relatedParty[?(@.role == 'payer')]`
    leads into each resource and keeps those in which it finds something.
    """

    path: JSONPath
    of_collection: bool

    @property
    def asked(self) -> frozenset[str]:
        """The attributes that its filters compare."""
        return _asked(self.path)

    def __call__(self, resource: Any) -> bool:
        return next(_followed(self.path, [resource] if self.of_collection else resource), None) is not None


@lru_cache(maxsize=512)
def read_filter(written: str) -> Filter:
    path = _compiled("filter", written)
    selectors = path.segments[0].selectors if path.segments else ()
    if any(isinstance(selector, IndexSelector | SliceSelector) for selector in selectors):
        raise _unsupported("a position in the collection is asked for by offset and limit")
    return Filter(path, any(isinstance(selector, FilterSelector | WildcardSelector) for selector in selectors))


@lru_cache(maxsize=512)
def read_path(parameter: str, written: str) -> Path:
    """The JSONPath that a parameter, or the path of a patch, holds."""
    return Path(_compiled(parameter, written))


def _compiled(parameter: str, written: str) -> JSONPath:
    if not written.strip() or len(written) > _LONGEST:
        raise malformed("query.jsonpath", f"{parameter} holds a JSONPath of at most {_LONGEST} characters")
    try:
        path = DIALECT.compile(written.strip())
    except JSONPathNameError:
        raise _unsupported(f"it calls a function that is not {', '.join(FUNCTIONS)}") from None
    except (JSONPathError, RecursionError, ValueError, LookupError, ArithmeticError, AssertionError):
        raise malformed("query.jsonpath", f"{parameter} holds no valid JSONPath") from None
    if not isinstance(path, JSONPath) or path.pseudo_root:
        raise _unsupported("paths are not joined")
    _check(parameter, path)
    return path


def _check(parameter: str, path: JSONPath) -> None:
    queries = list(_queries(path))
    descents = sum(isinstance(each, JSONPathRecursiveDescentSegment) for query in queries for each in query.segments)
    filters = [each for query in queries for each in _selectors(query) if isinstance(each, FilterSelector)]
    selected = max(prod(max(1, len(segment.selectors)) for segment in query.segments) for query in queries)
    if descents > _MOST_DESCENTS or len(filters) > _MOST_FILTERS or selected > _MOST_SELECTED:
        raise malformed("query.jsonpath", f"{parameter} asks for more work than one request may")
    for query in queries:
        for selector in _selectors(query):
            if not isinstance(selector, _SELECTORS):
                raise _unsupported("a selector of another dialect")
            if isinstance(selector, NameSelector) and is_hostile(selector.name):
                raise _characters(parameter)
    for expression in (each for chosen in filters for each in _walk(chosen.expression)):
        if not isinstance(expression, _EXPRESSIONS) or getattr(expression, "operator", None) in _FOREIGN:
            raise _unsupported("an expression of another dialect")
        if isinstance(expression, StringLiteral) and is_hostile(expression.value):
            raise _characters(parameter)


def _asked(path: JSONPath) -> frozenset[str]:
    inner = (selector for query in list(_queries(path))[1:] for selector in _selectors(query))
    return frozenset(selector.name for selector in inner if isinstance(selector, NameSelector))


def _queries(path: JSONPath) -> Iterator[JSONPath]:
    """The path and all that its filters ask."""
    yield path
    for selector in _selectors(path):
        if isinstance(selector, FilterSelector):
            for expression in _walk(selector.expression):
                if isinstance(expression, FilterQuery):
                    yield from _queries(expression.path)


def _walk(expression: BaseExpression) -> Iterator[BaseExpression]:
    """An expression and its parts, but not what lies inside the queries among them."""
    yield expression
    if not isinstance(expression, FilterQuery):
        for part in expression.children():
            yield from _walk(part)


def _selectors(path: JSONPath) -> Iterator[Any]:
    for segment in path.segments:
        yield from segment.selectors


def _followed(path: JSONPath, resource: Any) -> Iterator[Any]:
    try:
        yield from path.finditer(resource)
    except (JSONPathError, RecursionError, TypeError, ArithmeticError):
        raise malformed("query.jsonpath", "the JSONPath cannot be followed in these resources") from None


def _characters(parameter: str) -> Refused:
    return malformed("query.jsonpath", f"{parameter} holds control characters")


def _unsupported(why: str) -> Refused:
    return Refused(HTTPStatus.NOT_IMPLEMENTED, "query.unsupported", f"this JSONPath is not supported: {why}")
