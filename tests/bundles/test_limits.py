"""The launch check of limits against brute force: it refuses exactly the bundles that nothing can be chosen from."""

from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gateway.flows.bundles.findings import Findings
from gateway.flows.bundles.limits import settled
from gateway.flows.bundles.sketch import drawn
from tests.bundles.shapes import group, part

limits = st.tuples(st.integers(0, 3), st.integers(0, 2)).map(lambda drawn: (drawn[0], drawn[0] + drawn[1]))


@given(st.lists(limits, min_size=4, max_size=4), st.lists(limits, min_size=3, max_size=3))
def test_refused_when_and_only_when_no_configuration_exists(
    parts: list[tuple[int, int]], groups: list[tuple[int, int]]
) -> None:
    (a, b, c, d), (outer, left, right) = parts, groups
    body: dict[str, Any] = {
        "bundledGroupProductOffering": [
            group(
                "outer",
                [part("d", *d)],
                *outer,
                group("left", [part("a", *a), part("b", *b)], *left),
                group("right", [part("c", *c)], *right),
            )
        ]
    }
    findings = Findings()
    settled(drawn(body, findings), {id: id for id in "abcd"}, findings)
    ranges = [range(lower, upper + 1) for lower, upper in parts]
    exists = any(
        left[0] <= qa + qb <= left[1] and right[0] <= qc <= right[1] and outer[0] <= qa + qb + qc + qd <= outer[1]
        for qa, qb, qc, qd in product(*ranges)
    )
    assert bool(findings) is not exists
