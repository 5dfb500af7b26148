"""A noun is a frozen dataclass to everybody, however it is built."""

import copy
import pickle
from dataclasses import FrozenInstanceError, asdict, dataclass, field, fields, is_dataclass, replace
from decimal import Decimal

import pytest

from contracts.model import Activation, Money, TopUp
from contracts.noun import noun

PAID = TopUp("r-1", "49170", Money(Decimal("5.00")))


@noun
class Said:
    word: str
    times: int = 1
    secret: str = field(default="s3cret", repr=False)
    facts: dict[str, str] = field(default_factory=dict)

    @property
    def aloud(self) -> str:
        return self.word.upper() * self.times


@dataclass(frozen=True, slots=True)
class Model:
    word: str
    times: int = 1
    secret: str = field(default="s3cret", repr=False)
    facts: dict[str, str] = field(default_factory=dict)


def test_it_is_read_as_the_dataclass_it_looks_like() -> None:
    assert is_dataclass(Said)
    assert [(each.name, each.type, each.default, each.repr) for each in fields(Said)] == [
        (each.name, each.type, each.default, each.repr) for each in fields(Model)
    ]
    assert asdict(Said("a", facts={"b": "c"})) == asdict(Model("a", facts={"b": "c"}))
    assert repr(Said("a")) == repr(Model("a")).replace("Model", "Said")
    assert Said("a", 2).aloud == "AA"
    match Said("a", 2):
        case Said(word, times):
            assert (word, times) == ("a", 2)


def test_nothing_is_written_into_it() -> None:
    for write in (lambda: setattr(PAID, "amount", None), lambda: delattr(PAID, "amount")):
        with pytest.raises(AttributeError):
            write()
    with pytest.raises(AttributeError):
        PAID.note = "x"  # type: ignore[attr-defined]
    assert issubclass(FrozenInstanceError, AttributeError)


def test_a_changed_copy_is_checked_as_a_new_one_is() -> None:
    assert replace(PAID, subscriber="49171") == TopUp("r-1", "49171", Money(Decimal(5)))
    assert copy.deepcopy(PAID) == pickle.loads(pickle.dumps(PAID)) == PAID
    with pytest.raises(ValueError, match="more than nothing"):
        replace(PAID, amount=Money(Decimal(0)))
    for wrong in ({"nobody": 1}, {"subscriber": "1", "nobody": 1}):
        with pytest.raises(TypeError):
            replace(PAID, **wrong)
    with pytest.raises(TypeError):
        TopUp("r-1")  # type: ignore[call-arg]


def test_equal_nouns_are_one_key() -> None:
    assert {Money(Decimal("5.0")), Money(Decimal("5.00"))} == {Money(Decimal(5))}
    assert Money(Decimal(5)) != Money(Decimal(5), "USD")
    assert Said("a") != Model("a")


def test_what_one_holds_is_its_own() -> None:
    one, other = Activation("a", "1", "line"), Activation("b", "1", "line")
    one.characteristics["msisdn"] = "49170"
    assert other.characteristics == {}


def test_a_voucher_is_in_no_text() -> None:
    assert "4711" not in f"{TopUp('r-1', '49170', voucher='4711')!r}"
