"""The guide's requests work as they are printed, with the placeholders replaced by ids."""

import re
from pathlib import Path
from typing import Any

import jiter

from tests.bundles.conftest import CUSTOMER, World

GUIDE = Path(__file__).parents[2] / "docs/guides/bundles.md"
NAMES = {"LINE": "Mobile line", "INSURANCE": "Insurance", "SIM": "Extra SIM"}
NAMES |= {f"DATA{size}": f"Data {size}" for size in (5, 20, 100)}


async def test_every_printed_request_of_the_catalogue_and_of_qualification_is_taken(world: World) -> None:
    pack = await world.offering("Data 20")
    known = {placeholder: (await world.offering(name))["id"] for placeholder, name in NAMES.items()}
    known |= {"CUSTOMER": CUSTOMER, "PACK_SPECIFICATION": pack["productSpecification"]["id"]}
    blocks = re.findall(r"```json\n(POST|PATCH) (\S+)\n(.*?)```", GUIDE.read_text(encoding="utf-8"), re.DOTALL)
    answers: list[dict[str, Any]] = []
    for method, printed, request in blocks:
        if "productOrdering" in printed:
            continue
        path, text = printed, request
        for placeholder, id in known.items():
            path, text = path.replace(placeholder, id), text.replace(f'"{placeholder}"', f'"{id}"')
        status = 201 if method == "POST" else 200
        answers.append(await world.call(method, path, jiter.from_json(text.encode()), status=status))
        known |= {"PRICE" if path.endswith("Price") else "BUNDLE": answers[-1]["id"]}
    assert len(answers) == 5
    assert answers[-1]["qualificationResult"] == "qualified"
