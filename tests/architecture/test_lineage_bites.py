"""Every law of LineageContract finds out a lineage.toml that is wrong."""

import shutil
from pathlib import Path

import pytest

import adapters
from banyan.suites import LineageContract

RIGHT = Path(adapters.__file__ or "").parent / "parlayx"
EVERY, FIELD = "test_every_attribute_tells_where_it_comes_from", "test_every_legacy_field_is_in_the_contract"
BITES = [
    (EVERY, "kind = [", "sort = ["),
    (EVERY, "initial = []\n", ""),
    (EVERY, "[Bucket]", "[Money]"),
    (FIELD, "getHistoryResponse.result", "getHistoryResponse.results"),
]


def stated(folder: Path, old: str, new: str) -> LineageContract:
    shutil.copytree(RIGHT / "wsdl", folder / "wsdl")
    said = (RIGHT / "lineage.toml").read_text(encoding="utf-8")
    assert old in said
    (folder / "lineage.toml").write_text(said.replace(old, new), encoding="utf-8")
    contract = LineageContract()
    contract.folder = folder  # type: ignore[misc]  # an author states it in the class
    return contract


def test_every_law_bites_somebody() -> None:
    assert {law for law, _, _ in BITES} == {name for name in vars(LineageContract) if name.startswith("test_")}


@pytest.mark.parametrize("law", [EVERY, FIELD])
def test_who_is_right_passes(law: str, tmp_path: Path) -> None:
    getattr(stated(tmp_path, "", ""), law)()


@pytest.mark.parametrize(("law", "old", "new"), BITES)
def test_who_is_wrong_is_found_out(law: str, old: str, new: str, tmp_path: Path) -> None:
    with pytest.raises(AssertionError):
        getattr(stated(tmp_path, old, new), law)()
