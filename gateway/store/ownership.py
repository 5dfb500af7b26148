"""What a principal may see, as SQL: the one place where the owner predicate is written."""

from contracts.call import Principal

Predicate = tuple[str, tuple[str, ...]]


def visible(principal: Principal, owner: str) -> Predicate:
    """Over a column with our customer id: nobody's, or one of the principal's customers."""
    if principal.customers is None:
        return "1 = 1", ()
    return f"({owner} IS NULL OR {_among(owner, principal)})", tuple(principal.customers)


def linked(principal: Principal) -> Predicate:
    """Over crossrefs: of the principal's operator, and neither a foreign customer nor of a foreign document."""
    if principal.customers is None:
        return "crossrefs.operator = ?", (principal.operator,)
    customers = tuple(principal.customers)
    mine = _among("crossrefs.id", principal)
    foreign = (
        f"documents.id = crossrefs.id AND documents.owner IS NOT NULL AND NOT {_among('documents.owner', principal)}"
    )
    where = " AND ".join(
        (
            "crossrefs.operator = ?",
            f"(crossrefs.kind <> 'customer' OR {mine})",
            f"NOT EXISTS (SELECT 1 FROM documents WHERE {foreign})",  # noqa: S608 - every value is a parameter
        )
    )
    return where, (principal.operator, *customers, *customers)


def _among(column: str, principal: Principal) -> str:
    if not principal.customers:
        return "1 = 0"
    return f"{column} IN ({', '.join('?' * len(principal.customers))})"
