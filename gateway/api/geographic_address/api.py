"""TMF673: the validation of an address; one that is complete becomes a row that others can refer to."""

from typing import Any

from uuid_utils import uuid7

from contracts.clock import Clock, rfc3339
from contracts.page import Condition, Window
from gateway.api.tmf630.contract import Contracts
from gateway.api.tmf630.documents import DocumentRoom
from gateway.api.tmf630.forms.projection import ASIDE
from gateway.api.tmf630.room import Asked, Room
from gateway.flows import told
from gateway.store.port import Change, Document, Put, Store

VALIDATION = "TMF673/geographicAddressValidation"
ADDRESS = "TMF673/geographicAddress"
PART = "TMF673/geographicSubAddress"
COMPLETE = ("country", "city", "postcode", "streetName", "streetNr")
"""What an address must say to be found by a visitor."""
_ALTERNATIVES = 10


class ValidationRoom(DocumentRoom):
    """There is no gazetteer behind: complete is all that an address can be found to be."""

    def __init__(self, contracts: Contracts, store: Store, clock: Clock) -> None:
        super().__init__(contracts.resource(VALIDATION), store, clock)
        self._addresses = DocumentRoom(contracts.resource(ADDRESS), store, clock)
        self._base = f"{contracts.stored('TMF673').bases[0]}/geographicAddress"

    async def create(self, asked: Asked, body: dict[str, Any]) -> Document:
        submitted = body["submittedGeographicAddress"]
        said = {name: submitted[name] for name in COMPLETE if submitted.get(name)}
        owner = await self.owner(asked, body)
        changes: list[Change] = []
        known = await self._known(asked, said)
        result: dict[str, Any] = {"validationResult": "fail"}
        if len(said) == len(COMPLETE):
            if not known:
                known, changes = self._learnt(submitted, owner)
            result = {"validationResult": "success", "validGeographicAddress": known[0].body}
        elif body["provideAlternative"] and said:
            result["alternateGeographicAddress"] = [address.body for address in known]
        id, now = str(uuid7()), rfc3339(self.clock.now())
        done = {**body, **result, "id": id, "state": "done", "validationDate": now}
        document = Document(VALIDATION, id, done, owner=owner, revision=1)
        emitted = self.emit(told.CREATED, of=document)
        await self.store.commit(*changes, Put(document, expect=0), *emitted, *asked.remember(document))
        return document

    async def _known(self, asked: Asked, said: dict[str, Any]) -> list[Document]:
        """The addresses that agree with everything that is said."""
        alike = tuple(Condition(name, "eq", (str(value),)) for name, value in said.items())
        return (await self.store.find(asked.principal, ADDRESS, Window(limit=_ALTERNATIVES, conditions=alike))).items

    def _learnt(self, submitted: dict[str, Any], owner: str | None) -> tuple[list[Document], list[Change]]:
        """A new address, with its sub-addresses as rows of their own."""
        id = str(uuid7())
        href = f"{self._base}/{id}"
        body = {**submitted, "id": id, "href": href, "@type": submitted.get("@type", "GeographicAddress")}
        changes: list[Change] = []
        if parts := submitted.get("geographicSubAddress"):
            body["geographicSubAddress"] = []
            for part in parts:
                own = str(uuid7())
                row = {**part, "id": own, "@type": part.get("@type", "GeographicSubAddress")}
                body["geographicSubAddress"].append({**row, "href": f"{href}/geographicSubAddress/{own}"})
                aside = {ASIDE: {"geographicAddress": id}}
                changes.append(Put(Document(PART, own, {**row, **aside}, owner=owner, revision=1), expect=0))
        address = Document(ADDRESS, id, body, owner=owner, revision=1)
        return [address], [*changes, Put(address, expect=0), *self._addresses.emit(told.CREATED, of=address)]


def rooms(contracts: Contracts, store: Store, clock: Clock) -> dict[str, Room]:
    return {VALIDATION: ValidationRoom(contracts, store, clock)}
