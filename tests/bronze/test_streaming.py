"""A topic in bronze: each message exactly once, its offsets in the commit of its rows; what hinders it is told."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from marketpulse import flow
from marketpulse.bronze import streaming, takeback
from marketpulse.lake.lake import Lake
from marketpulse.names import OFFSETS_KEY
from marketpulse.run.report import RunReport
from marketpulse.silver import fixing
from marketpulse.silver.quarantine import Filter
from marketpulse.streams import kafka
from marketpulse.upkeep.maintain import Policy, maintain
from tests.long import often
from tests.privacy import people
from tests.shop import MiniShop, result
from tests.streams.brokers import NUMBERS, Brokers, brokers
from tests.streams.shop import TOPIC, click, consumed, ids, streamed


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Iterator[Brokers]:
    """A cluster."""
    with brokers(monkeypatch) as found:
        yield found


@pytest.fixture
def shop(tmp_path_factory: pytest.TempPathFactory, cluster: Brokers) -> MiniShop:
    """A shop whose clicks come in a topic."""
    return streamed(MiniShop(tmp_path_factory.mktemp("shop")), cluster)


def run(shop: MiniShop, **asked: Any) -> RunReport:
    """Run the flow as far as the clicks go: gold is none of it."""
    return shop.run("silver.clicks", "silver.sales", **asked)


class DiedError(Exception):
    """What stands for a kill in this process: nothing of the platform catches it."""


def test_rows_and_offsets_are_one_commit(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, *(click(n) for n in range(5)))
    cluster.send(TOPIC, click(9), partition=3)
    report = run(shop)
    assert report.ok
    assert (report.feeds[0].slices, report.feeds[0].records, report.feeds[0].files) == (1, 6, 0)
    assert ids(shop) == [*(f"{TOPIC}-0-{n}" for n in range(5)), f"{TOPIC}-3-0"]
    with shop.open() as context:
        table = context.lake.find("bronze.clicks")
        assert table
        offsets = table.state[f"{OFFSETS_KEY}{cluster.cluster}.{TOPIC}-1"]
        (summary,) = (entry[3] for entry in table.snapshots())
    assert json.loads(offsets) == {"0": 5, "1": 0, "2": 0, "3": 1}
    assert summary[f"{OFFSETS_KEY}{cluster.cluster}.{TOPIC}-1"] == offsets
    before = shop.snapshots(runs=True)
    assert {table.status for table in run(shop).tables} == {"up to date"}
    assert shop.snapshots(runs=True) == before


def test_a_slice_is_a_delivery_of_the_ledger_with_a_name_of_its_own(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, *(click(n) for n in range(5)), b"?")
    report = run(shop, stream_records=2)
    assert report.feeds[0].slices == 3
    landed = shop.rows("bronze.landed_files")
    assert sum(row[5] for row in landed) == 6
    assert sum(row[6] for row in landed) == 1
    names = sorted(row[1] for row in landed)
    assert len(names) == 3
    assert all(name.startswith("clicks/ingest_date=20") and "/stream-" in name for name in names)
    counts = result(report, "silver.clicks").feeds[0]
    assert (counts.read, counts.accepted, counts.quarantined, counts.conserved) == (6, 5, 1, True)
    # What one of them brought is taken back as that of a file is, and does not come again.
    with shop.open() as context:
        source = takeback.find(context, names[0])
        assert takeback.take_back(context, source, names[0], "of a test").records == 2
    assert run(shop).ok
    assert len(ids(shop)) == 4
    assert len(shop.rows("silver.clicks")) == 3


@pytest.mark.parametrize("dies_at", often([(2, "after"), (1, "before"), (3, "before")], 3))
def test_a_run_that_dies_around_any_commit_loses_and_repeats_nothing(
    shop: MiniShop, cluster: Brokers, monkeypatch: pytest.MonkeyPatch, dies_at: tuple[int, str]
) -> None:
    cluster.send(TOPIC, *(click(n) for n in range(4)), b"?")
    cluster.send(TOPIC, *(click(n) for n in range(2, 7)), partition=1)
    whole, done = Lake.commit, 0

    def dies(self: Lake, table: Any, *arguments: Any) -> int | None:
        nonlocal done
        done += table.name == "bronze.clicks"
        if dies_at == (done, "before") and table.name == "bronze.clicks":
            raise DiedError
        found = whole(self, table, *arguments)
        if dies_at == (done, "after") and table.name == "bronze.clicks":
            raise DiedError
        return found

    with monkeypatch.context() as killed:
        killed.setattr(Lake, "commit", dies)
        with pytest.raises(DiedError):
            run(shop, stream_records=4)
    cluster.send(TOPIC, click(7), partition=2)
    report = run(shop, stream_records=4)
    assert report.ok
    every = [*(f"{TOPIC}-0-{n}" for n in range(5)), *(f"{TOPIC}-1-{n}" for n in range(5)), f"{TOPIC}-2-0"]
    assert ids(shop) == every
    assert [row[0] for row in shop.rows("silver.clicks")] == [f"c{n}" for n in range(8)]
    assert sum(row[5] for row in shop.rows("bronze.landed_files")) == len(every)
    assert consumed(shop).positions == {"0": 5, "1": 5, "2": 1, "3": 0}


def test_messages_are_what_the_same_lines_of_a_file_are(shop: MiniShop, cluster: Brokers) -> None:
    told: list[Any] = [
        json.dumps(click(1)).encode(), b"?", b'{"batch":[%s,%s,7]}' % (_text(2), _text(3)), b"\xff\xfe", b"[1]",
        b'{"id":"c4","ts":"no time"}', _text(1), b'{"id":"\\u0000"}', b" " * 3 + _text(5), b'{"a":1}{"b":2}',
    ]  # fmt: skip
    told += [_text(n) for n in range(10, 40)]
    cluster.send(TOPIC, *told)
    twin = MiniShop(shop.root / "twin")
    twin.land("clicks/ingest_date=2026-01-01/a.json", b"\n".join(told) + b"\n")
    assert run(shop, stream_records=15).ok == run(twin).ok
    assert shop.rows("silver.clicks") == twin.rows("silver.clicks")
    landed = [sorted(str((row[:2], row[7:])) for row in each.rows("bronze.clicks")) for each in (shop, twin)]
    assert landed[0] == landed[1]
    assert len(landed[0]) == 42
    rejected = [sorted((row[8], row[9]) for row in each.rows("silver.quarantine")) for each in (shop, twin)]
    assert rejected[0] == rejected[1]
    assert len(rejected[0]) > 3


def _text(number: int) -> bytes:
    return json.dumps(click(number)).encode()


def test_a_message_may_have_lines_and_one_without_a_value_is_told(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, json.dumps(click(1), indent=2).encode())
    cluster.send(TOPIC, None, b"", key="of a key")
    assert run(shop).ok
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c1"]
    told = [row[8] for row in shop.rows("silver.quarantine")]
    assert sorted("has no value" in each or "is empty" in each for each in told) == [True, True]
    assert "of a key" in {row[9] for row in shop.rows("silver.quarantine")}


def test_files_land_beside_the_stream(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, click(1))
    shop.land("clicks/ingest_date=2026-01-01/a.json", _text(2) + b"\n")
    report = run(shop)
    assert (report.feeds[0].files, report.feeds[0].slices) == (1, 1)
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c1", "c2"]


def test_incremental_is_a_full_refresh_and_neither_reads_the_topic_again(shop: MiniShop, cluster: Brokers) -> None:
    for start in (0, 10, 5):
        cluster.send(TOPIC, *(click(n) for n in range(start, start + 10)), partition=start % 3)
        assert run(shop, stream_records=15).ok
    before = shop.rows("silver.clicks"), ids(shop)
    assert run(shop, full_refresh=True).feeds[0].slices == 0
    assert (shop.rows("silver.clicks"), ids(shop)) == before


def test_a_key_keeps_its_latest_message_however_the_slices_were_cut(shop: MiniShop, cluster: Brokers) -> None:
    shop.edit("silver/clicks/contract.yaml", "{policy: first, orderBy: [event_at]}", "{policy: latest}")
    for name in ("a", "b", "c", "d", "e"):
        cluster.send(TOPIC, click(1, name))
    assert run(shop, stream_records=2).ok
    assert [row[3] for row in shop.rows("silver.clicks")] == ["e"]
    cluster.send(TOPIC, click(1, "f"), click(1, "g"))
    assert run(shop).ok
    assert [row[3] for row in shop.rows("silver.clicks")] == ["g"]


def test_a_topic_that_was_made_anew_stops_its_feed_until_it_is_accepted(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, click(1), click(2))
    shop.land_sales("2026-01-01", "a,2026-01-01,1,1")
    assert run(shop).ok
    NUMBERS[TOPIC] = "made-anew"
    cluster.send(TOPIC, click(3))
    shop.land_sales("2026-01-02", "b,2026-01-01,1,1")
    report = run(shop)
    assert report.exit_code == 1
    (told,) = report.feeds[0].blocked
    assert "the topic web-clicks is another one than was read" in str(told["message"])
    assert "marketpulse accept clicks" in str(told["hint"])
    assert len(ids(shop)) == 2
    assert len(shop.rows("silver.sales")) == 2
    assert _accepted(shop) == 1
    assert run(shop).ok
    # The offsets are those of other messages: their ids are others too.
    assert ids(shop) == [*(f"{TOPIC}-0-{n}" for n in range(2)), *(f"{TOPIC}~2-0-{n}" for n in range(3))]
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c1", "c2", "c3"]
    kept = consumed(shop).accepted
    assert [(each["reason"], each["before"]["positions"]["0"]) for each in kept] == [("of a test", 2)]
    assert _accepted(shop) == 0


@pytest.mark.long
def test_another_cluster_is_another_stream(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, click(1))
    assert run(shop).ok
    other = Brokers()
    other.send(TOPIC, click(2))
    shop.edit("sources/clicks.yaml", cluster.bootstrap, other.bootstrap)
    (told,) = run(shop).feeds[0].blocked
    assert other.cluster in str(told["message"])
    assert cluster.cluster in str(told["message"])


def test_messages_that_are_gone_stop_their_feed_until_it_is_accepted(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, click(1))
    assert run(shop).ok
    cluster.send(TOPIC, *(click(n) for n in range(2, 6)))
    cluster.forget(TOPIC, _text(6))
    (told,) = run(shop).feeds[0].blocked
    assert str(told["message"]).startswith("partition 0 keeps messages from ")
    begin = int(str(told["message"]).partition("from ")[2].partition(" ")[0])
    assert str(told["message"]).endswith(f": 1 to {begin - 1} are gone unread")
    assert len(ids(shop)) == 1
    with shop.open() as context:
        forecast = {each.table: each.action for each in flow.forecast(context, flow.Options())}
    assert forecast["bronze.clicks"] == "fail"
    assert _accepted(shop) == 1
    assert run(shop).ok
    assert ids(shop) == sorted([f"{TOPIC}-0-0", *(f"{TOPIC}~2-0-{n}" for n in range(begin, 17))])
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c1", "c6"]


@pytest.mark.long
def test_partitions_that_came_are_read_from_their_first_message(
    shop: MiniShop, cluster: Brokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = kafka.Kafka._those
    with monkeypatch.context() as few:  # the cluster of the tests has four from the beginning
        few.setattr(kafka.Kafka, "_those", lambda self, topic: whole(self, topic)[:2])
        cluster.send(TOPIC, click(1))
        assert run(shop).ok
        assert consumed(shop).positions == {"0": 1, "1": 0}
    cluster.send(TOPIC, click(2), partition=3)
    cluster.send(TOPIC, click(3), partition=0)
    assert run(shop).ok
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c1", "c2", "c3"]
    assert consumed(shop).positions == {"0": 2, "1": 0, "2": 0, "3": 1}


def test_a_topic_that_is_not_there_stops_its_feed_alone(shop: MiniShop) -> None:
    shop.land_sales("2026-01-01", "a,2026-01-01,1,1")
    report = run(shop)
    assert "the topic web-clicks is not there" in str(report.feeds[0].blocked[0]["message"])
    assert len(shop.rows("silver.sales")) == 1


def test_an_empty_topic_is_remembered_before_its_first_message(shop: MiniShop, cluster: Brokers) -> None:
    shop.edit("sources/clicks.yaml", "stream: {", "stream: {start: latest, ")
    cluster.send(TOPIC, click(1))
    assert run(shop).ok
    assert consumed(shop).positions == {"0": 1, "1": 0, "2": 0, "3": 0}
    cluster.send(TOPIC, click(2))
    assert run(shop).ok
    assert [row[0] for row in shop.rows("silver.clicks")] == ["c2"]


def test_two_who_read_at_once_do_not_both_bring_it(
    shop: MiniShop, cluster: Brokers, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.send(TOPIC, click(1), click(2))
    whole, raced = kafka.Kafka.read, []

    def read(self: kafka.Kafka, *arguments: Any) -> Any:
        """As if another machine did all of it meanwhile, once."""
        found = whole(self, *arguments)
        if not raced:
            raced.append(True)
            with monkeypatch.context() as other:
                other.setattr("marketpulse.run.locks.exclusive", lambda *_: _Free())
                assert run(shop).ok
        return found

    monkeypatch.setattr(kafka.Kafka, "read", read)
    assert run(shop).ok
    assert ids(shop) == [f"{TOPIC}-0-0", f"{TOPIC}-0-1"]
    assert sum(row[5] for row in shop.rows("bronze.landed_files")) == 2


class _Free:
    """A lock that nobody holds: those of another machine."""

    def __enter__(self) -> None:
        """Take it."""

    def __exit__(self, *_: object) -> None:
        """Give it back."""


@pytest.mark.long
def test_who_was_erased_stays_out_of_what_comes_and_no_message_is_read_again(shop: MiniShop, cluster: Brokers) -> None:
    people.named(shop)
    cluster.send(TOPIC, people.click("a1", "ann-browser"), people.click("b1", "bob-browser"))
    assert run(shop).ok
    people.erase(shop, "browser", "ann-browser")
    assert consumed(shop).positions == {"0": 2, "1": 0, "2": 0, "3": 0}
    cluster.send(TOPIC, people.click("a2", "ann-browser"))  # a slice of hers alone
    assert run(shop).feeds[0].erased == 1
    assert ids(shop) == [f"{TOPIC}-0-1"]
    assert people.traces_of(shop.settings.local, ["ann-browser"]) == []
    with shop.open() as context:
        maintain(context, Policy())
    assert run(shop).feeds[0].slices == 0
    assert consumed(shop).positions == {"0": 3, "1": 0, "2": 0, "3": 0}


@pytest.mark.long
def test_a_rejected_message_is_corrected_by_hand(shop: MiniShop, cluster: Brokers) -> None:
    shop.edit("sources/clicks.yaml", "ndjson: {records: batch}\n", "")
    cluster.send(TOPIC, *(click(n) for n in range(9)), click(9) | {"ts": "soon"})
    assert run(shop).ok
    with shop.open() as context:
        text = fixing.export(context, Filter(source="clicks"), 10).text
        assert fixing.fix(context, text.replace("soon", "2026-01-01T09:00:00Z")).rows == 1
    assert run(shop).feeds[0].files == 1
    assert len(shop.rows("silver.clicks")) == 10
    assert [row[13] for row in shop.rows("silver.quarantine")] == ["discarded"]


def test_what_a_run_would_bring_is_told(shop: MiniShop, cluster: Brokers) -> None:
    cluster.send(TOPIC, *(click(n) for n in range(3)))
    with shop.open() as context:
        found = {each.table: each.reason for each in flow.forecast(context, flow.Options())}
        assert streaming.standing(context, context.project.sources["clicks"]).behind == 3
    assert found["bronze.clicks"] == "3 new messages of the topic web-clicks"


def _accepted(shop: MiniShop) -> int:
    """How much hindered the clicks, and is accepted."""
    with shop.open() as context:
        return len(streaming.accept(context, context.project.sources["clicks"], "of a test").wrong)
