"""The words of our JSONPath: RFC 9535, `=~ /pattern/i`, functions at the end of a path, exact numbers and instants."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from jsonpath import JSONPath, JSONPathEnvironment
from jsonpath.exceptions import JSONPathNameError, JSONPathSyntaxError
from jsonpath.filter import (
    UNDEFINED,
    BaseExpression,
    FilterExpressionLiteral,
    FunctionExtension,
    InfixExpression,
    RegexLiteral,
    RelativeFilterQuery,
    StringLiteral,
)
from jsonpath.lex import Lexer
from jsonpath.match import NodeList
from jsonpath.parse import Parser
from jsonpath.selectors import NameSelector
from jsonpath.stream import TokenStream
from jsonpath.token import TOKEN_LPAREN, TOKEN_RE_FLAGS, TOKEN_RPAREN

from gateway.api.tmf630.errors import malformed
from gateway.api.tmf630.moments import read_moment
from gateway.store.patterns import searched


class _Lexer(Lexer):
    key_pattern = r"@?[\u0080-\uFFFFa-zA-Z_][\u0080-\uFFFFa-zA-Z0-9_-]*"
    """`@type` is a name like any other."""


class _Parser(Parser):
    def parse_integer_literal(self, stream: TokenStream) -> BaseExpression:
        return FilterExpressionLiteral(value=Decimal(stream.next().value))

    parse_float_literal = parse_integer_literal

    def parse_regex(self, stream: TokenStream) -> BaseExpression:
        pattern, flags = stream.next().value, ""
        if stream.current().kind == TOKEN_RE_FLAGS:
            flags = "".join(sorted(set(stream.next().value) & set("ims")))
        return RegexLiteral(value=searched(f"(?{flags}){pattern}" if flags else pattern))

    def parse_infix_expression(self, stream: TokenStream, left: BaseExpression) -> BaseExpression:
        expression = super().parse_infix_expression(stream, left)
        if isinstance(expression, InfixExpression) and expression.operator == "=~":
            if isinstance(expression.right, StringLiteral):
                expression.right = RegexLiteral(value=searched(expression.right.value))
            if not isinstance(expression.right, RegexLiteral):
                raise JSONPathSyntaxError("=~ is followed by a pattern", token=stream.current())
        return expression

    def parse_relative_query(self, stream: TokenStream) -> BaseExpression:
        """`@.price.max()` says the same as `max(@.price)`."""
        query = super().parse_relative_query(stream)
        if not isinstance(query, RelativeFilterQuery) or stream.current().kind != TOKEN_LPAREN:
            return query
        *before, last = query.path.segments
        (named,) = last.selectors if len(last.selectors) == 1 else (None,)
        if not isinstance(named, NameSelector) or named.name not in FUNCTIONS:
            raise JSONPathNameError("no such function", token=stream.current())
        stream.eat(TOKEN_LPAREN)
        stream.eat(TOKEN_RPAREN)
        return FunctionExtension(named.name, [RelativeFilterQuery(JSONPath(env=self.env, segments=before))])


class _Dialect(JSONPathEnvironment):
    lexer_class = _Lexer
    parser_class = _Parser

    def setup_function_extensions(self) -> None:
        self.function_extensions = {**FUNCTIONS}

    def compare(self, left: object, operator: str, right: object) -> bool:
        """A path that finds several values compares if one of them does."""
        if operator in ("&&", "||"):
            return super().compare(left, operator, right)
        if operator == "!=":
            return not self.compare(left, "==", right)
        lefts, rights = _values(left), _values(right)
        if operator == "==" and not lefts and not rights:
            return True
        compares = _COMPARISONS[operator]
        if len(lefts) * len(rights) > _MOST_COMPARED:
            raise malformed("query.jsonpath", f"a JSONPath compares at most {_MOST_COMPARED} pairs of values")
        return any(compares(one, other) for one in lefts for other in rights)


_MOST_COMPARED = 10_000


def _values(operand: object) -> list[Any]:
    if isinstance(operand, NodeList):
        return operand.values()
    return [] if operand is UNDEFINED else [operand]


def _equal(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, str) and isinstance(right, str) and left != right:
        one, other = read_moment(left), read_moment(right)
        return one is not None and one == other
    return bool(left == right)


def _less(left: Any, right: Any) -> bool:
    if _is_number(left) and _is_number(right):
        return bool(left < right)
    if isinstance(left, str) and isinstance(right, str):
        one, other = read_moment(left), read_moment(right)
        return left < right if one is None or other is None else one < other
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | Decimal) and not isinstance(value, bool)


_COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "==": _equal,
    "<": _less,
    ">": lambda left, right: _less(right, left),
    "<=": lambda left, right: _less(left, right) or _equal(left, right),
    ">=": lambda left, right: _less(right, left) or _equal(left, right),
    "=~": lambda left, right: isinstance(left, str) and right.search(left) is not None,
}


class _Pattern:
    """`match` of a whole text, `search` anywhere in it."""

    with_node_lists = True

    def __init__(self, *, whole: bool) -> None:
        self._whole = whole

    def __call__(self, found: object, pattern: object) -> bool:
        texts, patterns = _values(found), _values(pattern)
        if len(patterns) != 1 or not isinstance(patterns[0], str):
            return False
        try:
            compiled = searched(patterns[0])
        except ValueError:
            raise malformed("query.jsonpath", "a regular expression of the JSONPath cannot be read") from None
        meets = compiled.fullmatch if self._whole else compiled.search
        return any(isinstance(text, str) and meets(text) is not None for text in texts)


class _Function:
    """Of the values that a path finds, or of the elements of the one array that it finds."""

    with_node_lists = True

    def __init__(self, of: Callable[[list[Any]], object]) -> None:
        self._of = of

    def __call__(self, found: object) -> object:
        return self._of(_values(found))


def _length(values: list[Any]) -> object:
    if len(values) != 1:
        return len(values) or UNDEFINED
    return len(values[0]) if isinstance(values[0], str | list | dict) else UNDEFINED


def _numeric(of: Callable[[Sequence[Any]], object]) -> _Function:
    def over(values: list[Any]) -> object:
        elements = values[0] if len(values) == 1 and isinstance(values[0], list) else values
        numbers = [value for value in elements if _is_number(value)]
        return of(numbers) if numbers else UNDEFINED

    return _Function(over)


def _mean(numbers: Sequence[Any]) -> Decimal:
    return sum((Decimal(number) for number in numbers), Decimal()) / len(numbers)


def _deviation(numbers: Sequence[Any]) -> Decimal:
    mean = _mean(numbers)
    return _mean([(number - mean) ** 2 for number in numbers]).sqrt()


FUNCTIONS: Mapping[str, _Function | _Pattern] = {
    "length": _Function(_length),
    "count": _Function(len),
    "value": _Function(lambda values: values[0] if len(values) == 1 else UNDEFINED),
    "min": _numeric(min),
    "max": _numeric(max),
    "avg": _numeric(_mean),
    "stddev": _numeric(_deviation),
    "match": _Pattern(whole=True),
    "search": _Pattern(whole=False),
}

DIALECT = _Dialect(well_typed=False)
