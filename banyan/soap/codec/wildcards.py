"""Elements that a type does not name: which of them a wildcard takes, and which are an error."""

from collections.abc import Callable

from banyan.soap.codec.ways import local
from banyan.soap.strict import Untrusted


def taking(names: frozenset[str], admitted: list[tuple[str, str | None]], *, refuse: bool) -> Callable[[str], bool]:
    """Whether a wildcard takes an unknown tag.

    A known name in a foreign namespace is an error, since it would otherwise be read as an absence; but a wildcard
    for other namespaces may well hold one.
    """

    def takes(tag: str) -> bool:
        name, namespace = local(tag), tag[1:].partition("}")[0] if tag.startswith("{") else ""
        for spec, own in admitted:
            if _admits(spec, own, namespace) and (spec not in ("##any", "##local") or name not in names):
                return True
        if name in names:
            raise Untrusted(f"{name} is in the wrong namespace")
        if refuse:
            raise Untrusted("it holds an element that the contract does not know")
        return False

    return takes


def _admits(spec: str, own: str | None, namespace: str) -> bool:
    if spec == "##any":
        return True
    if spec == "##other":
        return namespace not in ("", own or "")
    words = {"##targetNamespace": own or "", "##local": ""}
    return namespace in {words.get(word, word) for word in spec.split()}
