"""Conditions that every resource kept by a filter must meet, so that an index finds the few worth looking at."""

from collections.abc import Callable, Iterator
from decimal import Decimal
from itertools import islice
from typing import Any

from jsonpath.filter import BaseExpression, FilterExpressionLiteral, InfixExpression, RelativeFilterQuery
from jsonpath.segments import JSONPathRecursiveDescentSegment
from jsonpath.selectors import Filter as FilterSelector
from jsonpath.selectors import IndexSelector, NameSelector, SliceSelector

from contracts.page import Condition
from gateway.api.tmf630.jsonpath.paths import Filter
from gateway.api.tmf630.moments import as_stored, read_moment
from gateway.store.attributes import seek

_AT_LEAST = {">": "gte", ">=": "gte", "<": "lte", "<=": "lte"}
_TURNED = {"==": "==", ">": "<", ">=": "<=", "<": ">", "<=": ">="}
_COMPUTED = ("href", "@type", "@baseType", "@schemaLocation")
"""Attributes that an answer may show although nothing of the kind is stored."""

_ENOUGH = 8
"""How many conditions an index is asked for."""

IsList = Callable[[str], bool]


def necessary(filter: Filter, is_list: IsList) -> tuple[Condition, ...]:
    """The first few; `is_list`: whether the attribute of this dotted path is an array, filtered by its elements."""
    return tuple(islice(_necessary(filter, is_list), _ENOUGH))


def _necessary(filter: Filter, is_list: IsList) -> Iterator[Condition]:
    if not filter.of_collection:
        yield from _of_path(filter.path.segments, (), is_list)
        return
    (selector, *others) = filter.path.segments[0].selectors
    if not others and isinstance(selector, FilterSelector):
        yield from _of_expression(selector.expression.expression, (), is_list)


def _of_path(segments: tuple[Any, ...], above: tuple[str, ...], is_list: IsList) -> Iterator[Condition]:
    """A path exists where its filters do."""
    names = list(above)
    for segment in segments:
        if isinstance(segment, JSONPathRecursiveDescentSegment) or len(segment.selectors) != 1:
            return
        (selector,) = segment.selectors
        if isinstance(selector, NameSelector):
            names.append(selector.name)
        elif isinstance(selector, FilterSelector) and is_list(".".join(names)):
            yield from _of_expression(selector.expression.expression, tuple(names), is_list)
        elif not isinstance(selector, IndexSelector | SliceSelector):
            return


def _of_expression(expression: BaseExpression, above: tuple[str, ...], is_list: IsList) -> Iterator[Condition]:
    if isinstance(expression, RelativeFilterQuery):
        yield from _of_path(expression.path.segments, above, is_list)
    if not isinstance(expression, InfixExpression):
        return
    if expression.operator == "&&":
        yield from _of_expression(expression.left, above, is_list)
        yield from _of_expression(expression.right, above, is_list)
    elif expression.operator in _TURNED:
        left, operator, right = expression.left, expression.operator, expression.right
        if isinstance(left, FilterExpressionLiteral):
            left, operator, right = right, _TURNED[operator], left
        if isinstance(left, RelativeFilterQuery) and isinstance(right, FilterExpressionLiteral):
            yield from _compared(left, operator, right.value, above)


def _compared(query: RelativeFilterQuery, operator: str, value: Any, above: tuple[str, ...]) -> Iterator[Condition]:
    """As wide as the index is coarse: it flattens arrays, rounds numbers and cuts long texts."""
    steps = [segment.selectors for segment in query.path.segments]
    named = [each[0].name for each in steps if len(each) == 1 and isinstance(each[0], NameSelector)]
    descends = any(isinstance(segment, JSONPathRecursiveDescentSegment) for segment in query.path.segments)
    path = (*above, *named)
    if descends or len(named) != len(steps) or not path or path[-1] in _COMPUTED or any("." in name for name in path):
        return
    values: tuple[str, ...]
    if isinstance(value, bool):
        values = ("true" if value else "false",)
    elif isinstance(value, str | Decimal):
        values = (str(value),)
    else:
        return
    moment = read_moment(value) if isinstance(value, str) else None
    if isinstance(value, Decimal) and seek(values[0]).number is None:
        return
    if moment is not None:
        values = (*values, as_stored(moment))
    if operator == "==":
        yield Condition(".".join(path), "eq", values)
    elif isinstance(value, Decimal) or moment is not None:
        yield Condition(".".join(path), _AT_LEAST[operator], values)
