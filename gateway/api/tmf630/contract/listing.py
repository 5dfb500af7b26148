"""The page that lists every served API: made from the contracts, so that it cannot say anything else."""

import re
from collections.abc import Iterable, Iterator

from gateway.api.tmf630.contract.facts import Contract, Resource
from gateway.api.tmf630.contract.loading import Contracts

_TOP = """# APIs

Made from contracts/tmf by `banyan contract docs`; a test fails when the two differ. Each resource is kept in the
gateway's own documents unless its line says *legacy* (a legacy system masters it, lists run on its mirror) or *flow*
(the gateway does something with it). A trailing slash makes no difference.

| API | Name | Versions | Paths | Also reached at | Resources |
|-|-|-|-|-|-|
"""
_OPERATIONS = {
    "GET": ("list", "read"),
    "POST": ("create", "create"),
    "PATCH": ("change", "change"),
    "PUT": ("replace", "replace"),
    "DELETE": ("delete", "delete"),
}


def listing(contracts: Contracts) -> str:
    served: dict[str, list[Contract]] = {}
    for contract in contracts:
        served.setdefault(contract.api, []).append(contract)
    return _TOP + "".join(f"| {' | '.join(_row(versions))} |\n" for _, versions in sorted(served.items()))


def _row(versions: list[Contract]) -> Iterator[str]:
    newest = versions[-1]
    yield newest.api
    yield _words(newest.name)
    yield _cell(f"{contract.version} ({contract.release})" for contract in versions)
    yield _cell(f"`{contract.bases[0]}`" for contract in versions)
    yield _cell(f"`{base}`" for contract in versions for base in contract.bases[1:])
    yield _cell(_resources(versions))


def _resources(versions: list[Contract]) -> Iterator[str]:
    found: dict[str, list[Resource]] = {}
    for contract in versions:
        for resource in contract.resources.values():
            found.setdefault(resource.path.replace("{}", "{id}"), []).append(resource)
    for path, resources in sorted(found.items()):
        only = f" {resources[0].version} only" if len(resources) < len(versions) else ""
        mastered = versions[-1].practice.get("mastered", {}).get(resources[0].stored)
        yield f"`{path}`{only}: {', '.join(_operations(resources))}" + (f" (*{mastered}*)" if mastered else "")


def _operations(resources: list[Resource]) -> Iterator[str]:
    for method, (together, single) in _OPERATIONS.items():
        if any(method in resource.collection for resource in resources):
            yield together
        if any(method in resource.item for resource in resources):
            yield single


def _cell(entries: Iterable[str]) -> str:
    return "<br>".join(entries)


def _words(name: str) -> str:
    """productCatalogManagement: Product catalog management."""
    return re.sub(r"(?<=[a-z])[A-Z]", lambda letter: f" {letter[0].lower()}", name[0].upper() + name[1:])
