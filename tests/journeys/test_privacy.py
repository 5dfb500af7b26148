"""Nobody is named in spans or logs, whatever a client or a file puts where."""

import shutil
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from tests.house import CUSTOMERS, House, running, wait_for
from tests.journeys import ordering

CANARIES = ("Canary Magdalena", "49155512398765", "canary.login")
NAME, MSISDN, LOGIN = CANARIES
USAGE = "/tmf-api/usageManagement/v4/usage"


@pytest.mark.slow
def test_bad_input_90_names_and_numbers_stay_out_of_spans_and_logs(tmp_path: Path) -> None:
    state = tmp_path / "state"
    with running(state) as house:
        with house.app as app:
            people = wait_for("customers", lambda: ordering.customers(app))
            order = _act(app, people[0]["id"])
            _drop(house)
            wait_for("the order", lambda: ordering.all_final(app, [order]))
            wait_for("the file", lambda: app.get(USAGE).json())
        wait_for("the order's spans", lambda: _spans(state, order))
    legacy = [words for person in people for words in [str(person.get("name"))] if len(words) > 3]
    assert legacy
    looked = [*state.glob("traces.db*"), *state.glob("*.log")]
    assert {path.suffix for path in looked} >= {".db", ".log"}
    found = [
        (path.name, secret)
        for path in looked
        for secret in (*CANARIES, *legacy)
        if secret.encode() in path.read_bytes()
    ]
    assert found == []


def _act(app: httpx.Client, customer: str) -> str:
    """Put the canaries wherever a client may put something, then order."""
    app.get(CUSTOMERS, params={"name": NAME, LOGIN: MSISDN})
    app.get(f"{CUSTOMERS}/{MSISDN}")
    app.get(f"/tmf-api/{LOGIN}/v4/{MSISDN}")
    app.post(CUSTOMERS, json={"name": NAME, "status": 7, MSISDN: LOGIN})
    app.post(CUSTOMERS, content=f'{{"name": "{NAME}'.encode(), headers={"Content-Type": "application/json"})
    app.get(CUSTOMERS, headers={"X-Client-Id": LOGIN, "Idempotency-Key": MSISDN, "tracestate": f"n={LOGIN}"})
    offering, parts = ordering.bundle(app)
    body = {**ordering.order_body(customer, offering, parts), "description": NAME}
    return str(ordering.place(app, body, MSISDN)["id"])


def _drop(house: House) -> None:
    """A file with a good record and one that cannot be read, both of the canary's number."""
    rows = [
        "id,msisdn,start,kind,amount,unit",
        f"c1,{MSISDN},{datetime.now(UTC).isoformat(timespec='seconds')},data,1,bytes",
        f"c2,{MSISDN},yesterday,{NAME},{LOGIN},bytes",
    ]
    written = house.drop / "canary.csv.tmp"
    written.write_text("\n".join(rows) + "\n", encoding="utf-8")
    shutil.move(written, house.drop / "canary.csv")


def _spans(state: Path, order: str) -> int:
    with sqlite3.connect(f"file:{state / 'traces.db'}?mode=ro", uri=True) as store:
        return int(store.execute("SELECT count(*) FROM spans WHERE subject = ?", (order,)).fetchone()[0])
