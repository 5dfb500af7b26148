"""How an adapter asks, where every request has parts in common."""

import pytest

from banyan.scaffold.composed import Composed
from banyan.soap.survey import Operation, Part

READ = Operation("Read", "b", "1.1", "document", "", Part("Read", "Read"), Part("ReadResponse", "ReadResponse"))
COMMON = "mapping.common(self._config)"


@pytest.mark.parametrize(
    ("common", "request_", "asked"),
    [
        ("", "mapping.read_request(id)", "mapping.read_request(id)"),
        (COMMON, "asks", f"{{**{COMMON}, **asks}}"),
        (COMMON, "mapping.read_request(id)", f"{{**{COMMON}, **mapping.read_request(id)}}"),
    ],
)
def test_what_is_common_goes_with_each_request(common: str, request_: str, asked: str) -> None:
    sent = Composed(common=common).sent(READ, request_)
    assert sent == f'await self._soap.call(call, "Read", {asked})'
