"""The expressions that lead to a part of a reply, over parts that may be absent."""

from collections.abc import Sequence

from banyan.scaffold.fields import always
from banyan.scaffold.requests import record_of
from banyan.soap.survey import Part


def way(answers: Part) -> list[Part]:
    """The wrappers around the record of a reply, the record last."""
    found, record = [], answers
    for name in record_of(answers)[1]:
        record = next(part for part in record.parts if part.name == name)
        found.append(record)
    return found


def inside(answers: Part) -> tuple[Part, str]:
    """The record inside its wrappers, and the expression that leads there."""
    record, path, sure = answers, "body", True
    for record in way(answers):
        path = f'{path}["{record.name}"]' if sure else f'({path} or {{}}).get("{record.name}")'
        sure = always(record)
    return record, path


def certain(answers: Part) -> bool:
    """Whether the record is always there."""
    return all(always(part) for part in way(answers))


def reached(path: Sequence[Part]) -> str:
    """The expression of the rows at the end of a path."""
    where, sure = "body", True
    for part in path:
        where = f'{where}["{part.name}"]' if sure else f'({where} or {{}}).get("{part.name}", [])'
        sure = always(part)
    return where
