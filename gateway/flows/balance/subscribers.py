"""Whose balance is meant: the numbers behind what a query or a top-up names, and whose numbers they are."""

import re
from collections.abc import Iterable

from contracts.call import Principal
from contracts.page import Condition
from gateway.flows.usage import grants
from gateway.store.port import Store

_DIGITS = re.compile(r"[0-9]{1,15}")
_NUMBERS = frozenset({"logicalResource.id", "logicalResource.value"})
_PARTIES = frozenset({"relatedParty.id"})
_PRODUCTS = frozenset({"product.id"})
_ACCOUNTS = frozenset({"partyAccount.id"})


class Subscribers:
    def __init__(self, store: Store, background: Principal) -> None:
        self._store = store
        self._background = background

    async def owner_of(self, number: str) -> str | None:
        """Our id of the customer whose number this is; None: of nobody we know."""
        return await grants.owner_of(self._store, self._background, "msisdn", number)

    async def may_see(self, principal: Principal, number: str) -> bool:
        """A number of nobody we know is for those who see all."""
        return principal.customers is None or await self.owner_of(number) in principal.customers

    async def of_customer(self, customer: str) -> list[str]:
        """Those that his bundles serve, and the one that the legacy knows him by."""
        realised = await grants.of_owner(self._store, self._background, customer)
        named = [value for each in realised for kind, value in sorted(each.subscribers) if kind == "msisdn"]
        known = await self._store.native(self._background, "customer", customer)
        if known is not None and "msisdn" in known.keys:
            named.append(grants.plain("msisdn", known.keys["msisdn"]))
        return numbers(named)

    async def of_product(self, product: str) -> list[str]:
        """Those that the bundle serves to which the product belongs."""
        for kind in (grants.REALISATION, "TMF637/product"):
            document = await self._store.get(self._background, kind, product)
            if document is not None and document.owner:
                realised = await grants.of_owner(self._store, self._background, document.owner)
                serving = (each for each in realised if product in each.products)
                return numbers(
                    value for each in serving for kind, value in sorted(each.subscribers) if kind == "msisdn"
                )
        return []

    async def of_account(self, account: str) -> list[str]:
        known = await self._store.native(self._background, "account", account)
        customer = known.keys.get("customer") if known else None
        return [] if customer is None else await self.of_customer(customer)

    async def asked(self, principal: Principal, conditions: Iterable[Condition]) -> list[str] | None:
        """The numbers that the conditions name, of those this principal may see; None: they name nobody.

        Who sees only some customers and names nobody means all of their numbers.
        """
        named: list[str] = []
        anybody = False
        for condition in _every(conditions):
            if condition.operator == "eq":
                for value in condition.values:
                    found = await self._behind(condition.path, value)
                    anybody |= found is not None
                    named += found or ()
        if not anybody:
            if principal.customers is None:
                return None
            named = [number for each in sorted(principal.customers) for number in await self.of_customer(each)]
        return [number for number in dict.fromkeys(named) if await self.may_see(principal, number)]

    async def _behind(self, path: str, value: str) -> list[str] | None:
        """None: this says nothing about a subscriber."""
        if path in _NUMBERS:
            return numbers([value])
        if path in _PARTIES:
            return await self.of_customer(value)
        if path in _PRODUCTS:
            return await self.of_product(value)
        return await self.of_account(value) if path in _ACCOUNTS else None


def numbers(named: Iterable[str]) -> list[str]:
    """Those that are MSISDNs, as digits, each once."""
    plain = (grants.plain("msisdn", each) for each in named)
    return list(dict.fromkeys(each for each in plain if _DIGITS.fullmatch(each)))


def _every(conditions: Iterable[Condition]) -> Iterable[Condition]:
    for condition in conditions:
        yield condition
        yield from _every(condition.otherwise)
