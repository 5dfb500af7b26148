"""The ledger of files: every file once, whatever its name, its bytes or the moment of a crash."""

import os
from pathlib import Path

from banyan.files import DropFolder
from contracts.page import Window
from gateway.store import usage_search
from tests.shared import shared
from tests.usage.world import BACKGROUND, World, csv

A = "a1,491700000001,2026-11-20T10:00:00+01:00,voice,60,seconds"
B = "b1,491700000001,2026-11-20T11:00:00Z,data,5000,bytes"


async def total(world: World) -> int:
    return (await usage_search.find(world.usage.database, BACKGROUND, Window(limit=0)))[1]


async def test_the_real_jbilling_file(world: World) -> None:
    source = shared("legacy/files/jbilling-mediation/mediation-batch-test.csv")
    row = await world.take("mediation-batch-test.csv", source.read_bytes())
    assert (row["layout"], row["state"], row["rows"]) == ("jbilling", "done", 10_271)
    assert (row["accepted"], row["conflicts"], row["duplicates"], row["rejected"]) == (10_121, 150, 0, 0)
    assert await total(world) == 10_121
    suspense = await world.suspense()
    assert len(suspense) == 150
    assert {entry["kind"] for entry in suspense} == {"conflict"}
    assert suspense[0]["row"] != suspense[0]["known"]
    assert (world.folder / "done" / "mediation-batch-test.csv").exists()


async def test_bad_input_85_three_rows_in_the_ledger_and_no_total_doubled(world: World) -> None:
    first = await world.take("day.csv", csv(A, B, "c1,nobody,x,voice,1,seconds"))
    assert (first["accepted"], first["rejected"], first["seen"]) == (2, 1, 1)
    again = await world.take("day.csv", csv(A, B, "c1,nobody,x,voice,1,seconds"))
    assert (again["accepted"], again["seen"], again["firstSeen"]) == (2, 2, first["firstSeen"])
    renamed = await world.take("copy.csv", csv(A, B, "c1,nobody,x,voice,1,seconds"))
    assert (renamed["state"], renamed["accepted"], renamed["duplicates"]) == ("duplicate", 0, 3)
    other = await world.take("day.csv", csv(A, "d1,491700000001,2026-11-20T12:00:00Z,message,1,1"))
    assert (other["state"], other["accepted"], other["duplicates"]) == ("done", 1, 1)
    assert [row["name"] for row in await world.files()] == ["day.csv", "copy.csv", "day.csv"]
    assert await total(world) == 3
    assert len(await world.suspense()) == 1


async def test_d20_same_key_same_content_and_other_content(world: World) -> None:
    row = await world.take("d20.csv", csv(A, A, A.replace(",60,", ",61,")))
    assert (row["accepted"], row["duplicates"], row["conflicts"]) == (1, 1, 1)
    (entry,) = await world.suspense()
    assert (entry["line"], entry["row"], entry["known"]) == (4, A.replace(",60,", ",61,"), A)


async def test_a_file_that_nobody_recognises_is_held_with_its_reason(world: World) -> None:
    row = await world.take("photo.csv", b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    assert (row["state"], row["reason"]) == ("held", "no layout recognises its content")
    assert (world.folder / "held" / "photo.csv").exists()


async def test_bad_input_81_links_and_devices_are_held_unopened(world: World, tmp_path: Path) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(csv(A))
    (world.folder / "link.csv").symlink_to(secret)
    os.mkfifo(world.folder / "fifo.csv")
    os.link(secret, world.folder / "hard.csv")
    (world.folder / "a\\..\\x.csv").write_text(csv(B))
    (world.folder / ("n" * 250)).write_text(csv(B))
    await world.poll()
    await world.poll()
    held = {row["name"]: row["reason"] for row in await world.files()}
    assert held == {
        "link.csv": "is a symbolic link",
        "fifo.csv": "is no regular file",
        "hard.csv": "is linked from elsewhere",
        "a\\..\\x.csv": "has an unsafe name",
        "n" * 250: "has an unsafe name",
    }
    assert await total(world) == 0
    assert sorted(path.name for path in world.folder.iterdir()) == ["done", "held"]
    assert secret.read_text() == csv(A)


async def test_bad_input_86_bad_rows_are_named_and_the_rest_counts(world: World) -> None:
    rows = [
        A,
        "x1,491700000001,2026-11-20T10:00:00Z,voice,60",
        'x2,491700000001,"2026-11-20T10:00:00Z,voice,60,seconds',
        "x3,491700000001,2026-11-20T10:00:00,voice,60,seconds",
        "x4,491700000001,2026-11-20T10:00:00Z,voice,60,bytes",
        "x5,491700000001,2026-11-20T10:00:00Z,fax,60,seconds",
        "x6,,2026-11-20T10:00:00Z,voice,60,seconds",
    ]
    content = "\r\n".join([csv(*rows).replace("\n", "\r\n") + B]).encode() + b"\nx7,4917\xe4,2026"
    row = await world.take("mixed.csv", content)
    assert (row["accepted"], row["rejected"]) == (2, 7)
    found = [(entry["line"], entry["reason"]) for entry in await world.suspense()]
    assert found == [
        (3, "has 5 columns instead of 6"),
        (4, "is not well-formed CSV: unexpected end of data"),
        (5, "start is no RFC 3339 time with offset"),
        (6, "measures voice in bytes instead of seconds"),
        (7, "kind is none of voice, data, message"),
        (8, "subscriber is no E.164 number"),
        (10, "byte 8 is not UTF-8"),
    ]


async def test_bad_input_87_impossible_times_and_amounts_are_quarantined(world: World) -> None:
    good = "g1,491700000001,2026-11-22T12:10:00Z,voice,60,seconds"
    bad = [
        "f1,491700000001,2026-11-22T12:20:00Z,voice,60,seconds",
        "f2,491700000001,2016-11-20T10:00:00Z,voice,60,seconds",
        "f3,491700000001,2026-11-20T10:00:00Z,voice,9223372036854775808,seconds",
        "f4,491700000001,2026-11-20T10:00:00Z,data,-5,bytes",
        "f5,491700000001,2026-11-20T10:00:00Z,data,1e3,bytes",
        "f6,491700000001,2026-02-30T10:00:00Z,data,5,bytes",
    ]
    row = await world.take("impossible.csv", csv(good, *bad))
    assert (row["accepted"], row["rejected"]) == (1, 6)
    assert [entry["reason"] for entry in await world.suspense()] == [
        "start lies more than 900 s in the future",
        "start is older than 90 days",
        "amount is above 10000000000000",
        "amount is negative",
        "amount is not a whole number",
        "start is no time of the form rfc3339",
    ]


async def test_an_unfinished_file_waits(world: World) -> None:
    (world.folder / "a.csv.part").write_text(csv(A))
    (world.folder / ".a.csv").write_text(csv(A))
    with (world.folder / "open.csv").open("w") as growing:
        growing.write(csv(A)[:50])
        growing.flush()
        for _ in range(10):
            await world.poll()
        assert await world.files() == []
        growing.write(csv(A)[50:])
    (world.folder / "open.csv.done").touch()
    await world.poll()
    assert [(row["name"], row["accepted"]) for row in await world.files()] == [("open.csv", 1)]
    assert not (world.folder / "open.csv.done").exists()


async def test_a_marker_that_was_there_first_proves_nothing(world: World) -> None:
    marker, file = world.folder / "a.csv.done", world.folder / "a.csv"
    marker.touch()
    file.write_text(csv(A)[:50])
    os.utime(marker, (file.stat().st_mtime - 1,) * 2)
    await world.poll()
    assert await world.files() == []
    file.write_text(csv(A))
    for _ in range(7):
        await world.poll()
    assert [(row["name"], row["accepted"]) for row in await world.files()] == [("a.csv", 1)]


async def test_a_file_that_was_just_written_when_we_came_may_still_grow(world: World) -> None:
    fresh, old = world.folder / "fresh.csv", world.folder / "old.csv"
    fresh.write_text(csv(A)[:50])
    old.write_text(csv(B))
    os.utime(fresh, (world.clock.now().timestamp() - 1,) * 2)
    os.utime(old, (world.clock.now().timestamp() - 60,) * 2)
    after_restart = DropFolder(world.folder, world.clock, quiet_s=0.3, in_place_s=5.0)
    try:
        after_restart.complete()
        world.clock.advance(1)
        assert [entry.name for entry in after_restart.complete()] == ["old.csv"]
        world.clock.advance(5)
        assert [entry.name for entry in after_restart.complete()] == ["old.csv", "fresh.csv"]
    finally:
        after_restart.close()
