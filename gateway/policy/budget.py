"""A retry budget per backend: a backend that fails for everybody is not also hit by everybody's retries."""

from dataclasses import dataclass, field
from typing import Self


@dataclass(slots=True)
class RetryBudget:
    """A token bucket, and a share of the calls that are running: a retry needs room in both."""

    capacity: int = 500
    retry_cost: int = 14
    throttled_cost: int = 5
    share: float = 0.2
    at_least: int = 3
    tokens: int = field(init=False)
    active: int = field(init=False, default=0)
    retrying: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        self.tokens = self.capacity

    def spending(self) -> "Spending":
        """One logical call, from its first attempt to its last: to be entered."""
        return Spending(self)


@dataclass(slots=True)
class Spending:
    """What one logical call has taken out of the budget."""

    budget: RetryBudget
    retries: int = 0
    spent: int = 0

    def __enter__(self) -> Self:
        self.budget.active += 1
        return self

    def __exit__(self, *_: object) -> None:
        self.budget.active -= 1
        self.budget.retrying -= self.retries > 0

    def retry(self, *, throttled: bool) -> bool:
        """Take the price of one retry; False when the budget does not allow it."""
        budget = self.budget
        cost = budget.throttled_cost if throttled else budget.retry_cost
        room = self.retries > 0 or budget.retrying < max(budget.at_least, budget.share * budget.active)
        if cost > budget.tokens or not room:
            return False
        budget.tokens -= cost
        budget.retrying += self.retries == 0
        self.retries += 1
        self.spent += cost
        return True

    def succeeded(self) -> None:
        """A clean success earns a token, a success after retries gives back what they cost."""
        self.budget.tokens = min(self.budget.capacity, self.budget.tokens + max(self.spent, 1))
