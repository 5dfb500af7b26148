"""The index of all APIs: as links for programs (RFC 9264, RFC 9727) and as rows for people."""

import re
from dataclasses import dataclass, field
from typing import Any

from gateway.api.publishing.openapi import title
from gateway.api.tmf630.contract import Contract, Contracts

MEDIA = 'application/linkset+json; profile="https://www.rfc-editor.org/info/rfc9727"'
_HOST = re.compile(r"[A-Za-z0-9.-]{1,253}(:\d{1,5})?|\[[0-9A-Fa-f:.]{2,45}\](:\d{1,5})?")
_STATUS = "/health/ready"


@dataclass(slots=True)
class Api:
    """One API as a row of the index."""

    number: str
    title: str
    versions: list[Contract] = field(default_factory=list)

    @property
    def resources(self) -> list[str]:
        return sorted({name for version in self.versions for name in version.resources})


def origin(scheme: str, host: str) -> str:
    """Where the client found us; nothing where its Host is none, so that links stay relative."""
    return f"{scheme}://{host}" if _HOST.fullmatch(host) else ""


def apis(contracts: Contracts) -> list[Api]:
    found: dict[str, Api] = {}
    for contract in sorted(contracts, key=lambda contract: (contract.api, contract.version)):
        row = found.setdefault(contract.api, Api(contract.api, title(contract)))
        row.versions.append(contract)
    return list(found.values())


def linkset(contracts: Contracts, origin: str, anchor: str) -> dict[str, Any]:
    versions = [version for api in apis(contracts) for version in api.versions]
    items = [{"href": origin + version.bases[0], "title": title(version)} for version in versions]
    return {"linkset": [{"anchor": anchor, "item": items}, *(_links(version, origin) for version in versions)]}


def _links(contract: Contract, origin: str) -> dict[str, Any]:
    base = origin + contract.bases[0]
    return {
        "anchor": base,
        "service-desc": [{"href": f"{base}/openapi.json", "type": "application/vnd.oai.openapi+json;version=3.1"}],
        "service-doc": [{"href": f"{base}/docs", "type": "text/html"}],
        "status": [{"href": origin + _STATUS, "type": "application/json"}],
    }
