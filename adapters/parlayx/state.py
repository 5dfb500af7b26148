"""The accounts of the simulated prepaid system. It books whatever is sent twice."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal

from adapters.parlayx import seed
from banyan import Clock

LARGEST = Decimal(200)
VALID_DAYS = 30
"""How long an update keeps a balance when it does not say."""


class Refusal(Exception):
    """A typed fault: which exception, its message id, its text with %1 for the first variable, and the variables."""

    def __init__(self, kind: str, code: str, text: str, *variables: str) -> None:
        super().__init__(code)
        self.kind = kind
        self.code = code
        self.text = text
        self.variables = variables


def invalid(part: str) -> Refusal:
    return Refusal("ServiceException", "SVC0002", "Invalid input value for message part %1", part)


def forbidden(why: str) -> Refusal:
    return Refusal("PolicyException", "POL0001", "A policy error occurred. Error code is %1", why)


@dataclass(frozen=True, slots=True)
class Transaction:
    at: datetime
    kind: str
    balance: str
    amount: Decimal
    reference: str | None = None

    @property
    def details(self) -> str:
        asked_by = "" if self.reference is None else f" ref={self.reference}"
        return f"{self.kind} {self.balance} {self.amount:+f}{asked_by}"


@dataclass(slots=True)
class Account:
    balances: dict[str, Decimal]
    until: dict[str, datetime | None]
    history: list[Transaction]
    barred: bool


class Prepaid:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self.reset()

    def reset(self) -> None:
        self.accounts = {msisdn: self._seeded(msisdn) for msisdn in seed.BALANCES}
        self.vouchers = dict(seed.VOUCHERS)

    def account(self, identifier: str) -> Account:
        """Of a `tel:` URI."""
        scheme, _, number = identifier.partition(":+")
        if scheme != "tel" or not number.isdigit():
            raise invalid("endUserIdentifier")
        if number not in self.accounts:
            text = "No valid addresses provided in message part %1"
            raise Refusal("ServiceException", "SVC0004", text, "endUserIdentifier")
        return self.accounts[number]

    def top_up(self, account: Account, balance: str, amount: Decimal, days: int | None, reference: str) -> None:
        if account.barred:
            raise forbidden("account barred")
        if balance not in account.balances:
            text = "Invalid input value for message part %1, valid values are %2"
            raise Refusal("ServiceException", "SVC0003", text, "balanceType", ", ".join(sorted(account.balances)))
        if amount <= 0 or (days is not None and days < 1):
            raise invalid("amount" if amount <= 0 else "period")
        if amount > LARGEST:
            raise forbidden("amount too large")
        self._raise(account, "topup", balance, amount, days or VALID_DAYS, reference)

    def redeem(self, account: Account, identifier: str, reference: str) -> Decimal:
        """The voucher's amount."""
        voucher = self.vouchers.get(identifier)
        if account.barred:
            raise forbidden("account barred")
        if voucher is None or voucher.spent:
            raise Refusal("ServiceException", "SVC0251", "Unknown voucher %1", identifier)
        self.vouchers[identifier] = replace(voucher, spent=True)
        self._raise(account, "voucher", voucher.balance, voucher.amount, voucher.days, reference)
        return voucher.amount

    def history(self, account: Account, since: datetime | None, most: int | None) -> list[Transaction]:
        """The newest first; where there are more than `most`, the oldest are left out."""
        found = [each for each in account.history if since is None or each.at >= since]
        return sorted(found, key=lambda each: each.at, reverse=True)[:most]

    def _raise(self, account: Account, kind: str, balance: str, amount: Decimal, days: int, reference: str) -> None:
        now = self._clock.now()
        account.balances[balance] = account.balances.get(balance, Decimal(0)) + amount
        until = account.until.get(balance)
        account.until[balance] = max(until or now, now + timedelta(days=days))
        account.history.append(Transaction(now, kind, balance, amount, reference))

    def _seeded(self, msisdn: str) -> Account:
        now = self._clock.now()
        held: Mapping[str, tuple[str, int | None]] = seed.BALANCES[msisdn]
        past = seed.HISTORY.get(msisdn, ())
        return Account(
            balances={name: Decimal(amount) for name, (amount, _) in held.items()},
            until={name: None if days is None else now + timedelta(days=days) for name, (_, days) in held.items()},
            history=[
                Transaction(now - timedelta(days=ago), kind, balance, Decimal(amount), reference)
                for ago, kind, balance, amount, reference in past
            ],
            barred=msisdn in seed.BARRED,
        )
