"""An analyst's queries see what analysts may see, whatever is typed."""

from __future__ import annotations

import hashlib
import re
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest

import marketpulse
from marketpulse.cli import results
from marketpulse.errors import UsageError
from marketpulse.names import LINEAGE
from marketpulse.run.context import Context
from marketpulse.run.rules import examples
from marketpulse.serving import query as asking
from marketpulse.serving.masking import masks
from marketpulse.serving.noted import note_of
from marketpulse.serving.query import Moment, save_views, stream, write_parquet
from tests.shop import MiniShop, contract

COLUMNS = [("buyer_id", "string", "key"), ("email", "string", ""), ("pieces", "long", "")]

#: A value of a personal column, not its digest.
PEOPLE = re.compile(r"people\.example|\b(ada|bob|eve)\b")
REFUSED = """
select email from gold.dim_buyer
select b.email as pieces from gold.dim_buyer b
select upper(email) || pieces from gold.dim_buyer
select count(*) from gold.dim_buyer where email = 'ada@people.example'
select count(*) from gold.dim_buyer group by email
select pieces from gold.dim_buyer order by email
select struct_pack(e := email) from gold.dim_buyer
select b.email from gold.dim_buyer a join gold.dim_buyer b using (buyer_id)
with b as (select * from gold.dim_buyer) select email from b
select (select max(email) from gold.dim_buyer)
select list(email) over () from gold.dim_buyer
select max(columns('email')) from gold.dim_buyer
explain select email from gold.dim_buyer
pivot gold.dim_buyer on email using count(*)
from (show databases)
""".strip().splitlines()
ANSWERED = """
select * from gold.dim_buyer
from gold.dim_buyer
with b as (from gold.dim_buyer) select * exclude (pieces) from b
select b from gold.dim_buyer b
select to_json(b) from gold.dim_buyer b
select columns(*) from gold.dim_buyer
select * from gold.dim_buyer a join gold.dim_buyer b using (buyer_id)
select * from gold.dim_buyer union all by name select * from gold.dim_buyer
select distinct on (pieces) * from gold.dim_buyer
summarize gold.dim_buyer
describe gold.dim_buyer
explain analyze select * from gold.dim_buyer
unpivot (select * exclude (pieces) from gold.dim_buyer) on columns(*)
""".strip().splitlines()
Capture = pytest.CaptureFixture[str]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> MiniShop:
    shop = MiniShop(tmp_path_factory.mktemp("masking"))
    text = contract("gold.dim_buyer", COLUMNS)
    for name in ("buyer_id", "email"):
        text = text.replace(f"{{name: {name},", f"{{name: {name}, classification: pii,")
    shop.write("gold/dim_buyer/contract.yaml", text)
    shop.write(
        "gold/dim_buyer/model.sql",
        "select id as buyer_id, concat(id, '@people.example') as email, qty as pieces from silver.sales\n",
    )
    shop.land_sales("2026-01-01", "ada,2026-01-01,1,1", "bob,2026-01-02,2,2", "eve,2026-01-02,0,2")
    shop.run()
    return shop


def secret_of(shop: MiniShop) -> str:
    return (shop.root / "warehouse" / ".erasures" / "pseudonyms").read_text()


def asked(context: Context, query: str, masked: bool = True) -> list[tuple[Any, ...]]:
    now = Moment.now(context)
    assert now.masked  # unless somebody says otherwise
    table = stream(context, query, moment=now if masked else now.whole).read_all()
    return list(zip(*(column.to_pylist() for column in table.columns), strict=True))


def test_identifiers_are_pseudonyms_that_join_and_other_personal_columns_are_not_there(people: MiniShop) -> None:
    with people.open() as context:
        ada = context.pseudonyms.of("ada")
        assert ada == hashlib.sha256(f"{secret_of(people)}ada".encode()).hexdigest()
        assert asked(context, "select * from gold.dim_buyer where pieces = 1") == [(ada, 1)]
        joined = "select count(*) from gold.dim_buyer a join gold.dim_buyer b using (buyer_id)"
        assert asked(context, joined) == asked(context, joined, masked=False) == [(2,)]
        whole = asked(context, "select * from gold.dim_buyer where pieces = 1", masked=False)
        assert whole == [("ada", "ada@people.example", 1)]


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_hidden_is_not_there_whatever_is_made_of_it(people: MiniShop, query: str) -> None:
    with people.open() as context, pytest.raises(UsageError) as caught:
        asked(context, query)
    if "email" in query and "columns" not in query and "pivot" not in query:
        assert caught.value.message == "column email cannot be read: it is personal"
        assert "--role steward" in (caught.value.hint or "")


@pytest.mark.parametrize("query", ANSWERED)
def test_what_takes_all_columns_takes_those_that_are_shown(people: MiniShop, query: str) -> None:
    with people.open() as context:
        whole, masked = asked(context, query, masked=False), asked(context, query)
        assert PEOPLE.search(str(whole)) or "explain" in query or "describe" in query
        assert len(masked) > 0
        assert not PEOPLE.search(str(masked))


NOTES = {
    "select * from gold.dim_buyer": (
        "not shown of gold.dim_buyer: email",
        "pseudonyms in gold.dim_buyer: buyer_id",
    ),
    "select count(*) from gold.dim_buyer": (),
    "select pieces, count(*) from gold.dim_buyer group by all order by all": (),
    "select pieces as email from gold.dim_buyer": (),
    "select count(distinct b.BUYER_ID) from gold.dim_buyer b": ("pseudonyms in gold.dim_buyer: buyer_id",),
    "select * from bronze.sales": ("not shown of bronze.sales: id, day, qty, amount, _item, _error, _malformed",),
}


@pytest.mark.parametrize("query", NOTES)
def test_an_answer_says_what_is_hidden_in_it_and_so_do_files(people: MiniShop, query: str, tmp_path: Path) -> None:
    with people.open() as context:
        told = note_of(stream(context, query).schema)
        write_parquet(stream(context, query), tmp_path / "a.parquet")
    parts = tuple(told.split("; ")) if told else ()
    assert parts[:-1] == NOTES[query]
    assert note_of(pq.read_schema(tmp_path / "a.parquet")) == told


SHOWN_HOW = """
explain select * from gold.dim_buyer
explain analyze select * from gold.dim_buyer
explain select pieces from gold.dim_buyer where buyer_id = 'x' and pieces > 1
explain analyze select pieces from gold.dim_buyer where buyer_id like 'a%' or buyer_id > pieces::varchar
explain with b as (from gold.dim_buyer) select a.buyer_id || b.buyer_id from b a join b on a.buyer_id < b.buyer_id
""".strip().splitlines()
NOT_SHOWN = """
select json_serialize_plan('select buyer_id from gold.dim_buyer')
select JSON_Serialize_Plan('select buyer_id from gold.dim_buyer') from gold.dim_buyer
select pieces from gold.dim_buyer where json_serialize_plan('from gold.dim_buyer')::varchar <> ''
select pg_get_viewdef(1)
select list_transform(range(2000), lambda n: pg_catalog.pg_get_viewdef(n)) from gold.dim_buyer
select sql from duckdb_views()
select view_definition from information_schema.views
select definition from pg_catalog.pg_views
from sqlite_master
from query('select sql from duckdb_views()')
""".strip().splitlines()


@pytest.mark.parametrize("query", SHOWN_HOW)
def test_how_a_query_runs_is_shown_without_the_secret(people: MiniShop, query: str) -> None:
    with people.open() as context:
        told = "".join(re.findall(r"[\w-]+", str(asked(context, query))))  # a plan breaks long lines
        assert told
        secret = secret_of(people)
        assert [secret[n : n + 6] for n in range(14) if secret[n : n + 6] in told] == []


@pytest.mark.parametrize("query", NOT_SHOWN)
def test_how_a_view_is_made_is_not_shown(people: MiniShop, query: str) -> None:
    with people.open() as context, pytest.raises(UsageError):
        asked(context, query)


def test_what_engines_show_of_views_is_known(people: MiniShop) -> None:
    asked_for = (
        "select distinct function_name from duckdb_functions() where function_type in ('scalar', 'macro') "
        "and (macro_definition like '%duckdb_views%' or function_name like '%plan%' or function_name like '%viewdef%')"
    )
    assert {name for (name,) in duckdb.sql(asked_for).fetchall()} == {"json_serialize_plan", "pg_get_viewdef"}


def test_a_list_of_names_finds_nobody_and_with_a_new_secret_nothing_does(people: MiniShop) -> None:
    query = "select buyer_id from gold.dim_buyer order by pieces"
    with people.open() as context:
        before = asked(context, query)
        lists = [hashlib.sha256(name).hexdigest() for name in (b"ada", b"bob")]
        assert [name for (name,) in before if name in lists] == []
        context.pseudonyms.renew()
    with people.open() as context:
        assert not {*before} & {*asked(context, query)}


def test_every_form_and_python_show_what_analysts_see(people: MiniShop, tmp_path: Path, capsys: Capture) -> None:
    query = "select * from gold.dim_buyer where pieces = 1"
    for role in ("analyst", "steward"):
        with people.open(role=role) as context:
            for form in ("table", "csv", "json", "parquet"):
                results.write(stream(context, query), form, tmp_path / "x" if form == "parquet" else None)
            save_views(context, tmp_path / "lake.duckdb")
        printed = capsys.readouterr()
        rows = duckdb.read_parquet(str(tmp_path / "x")).fetchall()
        with duckdb.connect(str(tmp_path / "lake.duckdb"), read_only=True) as file:
            rows += file.sql("select * from gold.dim_buyer").fetchall()
        lake = marketpulse.open(people.settings.warehouse, project=people.project_dir, role=role)
        rows += [lake.table("gold.dim_buyer").rows(), lake.sql(query).rows(), lake.quarantine().rows()]
        for shown in (printed.out, str(rows), repr(lake.table("gold.dim_buyer"))):
            assert bool(PEOPLE.search(shown)) == (role == "steward"), shown
        notes = (printed.err, repr(lake.sql(query)), lake.quarantine().notes)
        assert [("--role steward" in str(note)) for note in notes] == [role == "analyst"] * 3
    with pytest.raises(marketpulse.Error, match="setting role in the arguments is 'root'"):
        marketpulse.open(people.settings.warehouse, role="root")


def test_who_is_in_an_error_is_there_by_a_pseudonym(people: MiniShop) -> None:
    contract = people.project().table("gold.dim_buyer").contract
    with people.open() as context:
        told = examples(contract, ["buyer_id", "pieces"], [("ada", 1), ("bob", 2)], context.pseudonyms)
        assert told == " | ".join(f"{context.pseudonyms.of(name)}, {n}" for n, name in enumerate(("ada", "bob"), 1))


def test_of_what_no_contract_describes_nothing_is_shown(people: MiniShop) -> None:
    with people.open() as context:
        assert masks(context.contract("bronze.sales")) == dict.fromkeys(LINEAGE, False)
        whole = asked(context, "select * from bronze.sales", masked=False)
        assert [len(row) for row in asked(context, "select * from bronze.sales")] == [len(LINEAGE)] * len(whole)
        with pytest.raises(UsageError, match=r"column qty cannot be read: no contract says what of bronze\.sales"):
            asked(context, "select qty from bronze.sales")
        kept_out = asked(context, "select * from silver.quarantine")
        assert len(kept_out) == 1
        assert "eve" not in str(kept_out)
        assert "eve" in str(asked(context, "select * from silver.quarantine", masked=False))


def test_the_files_of_a_table_are_no_way_around(people: MiniShop) -> None:
    with people.open() as context:
        table = context.lake.find("gold.dim_buyer")
        assert table
        (path, *_) = [file.path for file in table.files()]
        assert Path(path).is_file()
        for reading in (f"read_parquet('{path}')", f"'{path}'", f"query('select * from \"{path}\"')"):
            for query in (
                f"select * from {reading}",
                f"select (select count(*) from {reading}) from gold.dim_buyer",
                f"describe select * from {reading}",
                f"summarize select * from {reading}",
                f"explain analyze select * from {reading}",
                f"from (describe {reading}), gold.dim_buyer",
            ):
                with pytest.raises(UsageError):
                    asked(context, query)
        assert len(asked(context, f"select * from read_parquet('{path}'), gold.dim_buyer", masked=False)) > 0


def test_a_query_is_judged_once_a_state_and_a_refused_one_each_time(
    people: MiniShop, monkeypatch: pytest.MonkeyPatch
) -> None:
    judged: list[str] = []
    judge = asking.judged
    monkeypatch.setattr(asking, "judged", lambda *given: (judged.append(given[2]), judge(*given))[1])
    fine, long = "select * from gold.dim_buyer", "select * from gold.dim_buyer" + " " * 10_000
    with people.open() as context:
        moment = Moment(None)
        notes = [note_of(stream(context, fine, moment=moment).schema) for _ in range(3)]
        assert (len({*notes}), "email" in str(notes[0]), judged) == (1, True, [fine])
        assert "email" in stream(context, fine, moment=moment.whole).schema.names
        for _ in range(2):
            with pytest.raises(UsageError):
                stream(context, "select * from duckdb_settings()", moment=moment)
            stream(context, long, moment=moment)
            stream(context, fine, moment=Moment(None))
        assert (judged.count(fine), judged.count(long), len(judged)) == (3, 2, 7)
