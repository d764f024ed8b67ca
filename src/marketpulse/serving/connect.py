"""What to paste so that another tool reads the tables: of this warehouse, as it is set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from pprint import pformat

from sqlalchemy import make_url

from marketpulse.errors import UsageError
from marketpulse.lake.catalogfile import NAME, catalog_file
from marketpulse.run.context import Context
from marketpulse.serving.query import Moment, no_table, readable
from marketpulse.settings import CLOUD_CATALOG, FILE_CATALOG, Settings

#: Properties of a catalog that are for this platform's own process.
_OURS = {"py-io-impl", "py-catalog-impl"}
#: What our catalogs are to a PyIceberg without us.
_PLAIN = {FILE_CATALOG: "sql", CLOUD_CATALOG: "glue"}
_SECRET = ("secret", "token", "password", "credential", "key")
_HIDDEN = "…"
#: Where `marketpulse wire` listens unless somebody says otherwise.
WIRE_PORT = 5439
_BY_WIRE = "while `marketpulse wire` runs, which prints the password: docs/wire.md"


@dataclass(frozen=True)
class Recipe:
    """Text to paste into a tool: `language` is python, sql, properties or shell; `note` what must be known beside it.

    Python binds what it reads to `rows`.
    """

    tool: str
    language: str
    text: str
    note: str = ""


@dataclass(frozen=True)
class Target:
    """One table of a warehouse, as other tools call it; `database` is the name of its project."""

    settings: Settings
    name: str
    database: str = ""

    @property
    def identifier(self) -> str:
        """Its name in the catalog."""
        return ".".join(self.settings.layout.identifier(self.name))

    @property
    def folder(self) -> str:
        """Where it lies."""
        return self.settings.layout.location(self.name)

    @property
    def catalog(self) -> dict[str, str]:
        """PyIceberg properties of the catalog, without what is ours or secret."""
        given = self.settings.catalog_properties()
        plain = _PLAIN.get(given.get("py-catalog-impl", ""))
        return ({"type": plain} if plain else {}) | {k: _shown(k, v) for k, v in given.items() if k not in _OURS}

    @property
    def file(self) -> Path | None:
        """The catalog's file, when it lies in the warehouse."""
        return catalog_file(self.settings.layout.warehouse, self.settings.catalog_properties())


def recipes(context: Context, name: str | None = None) -> list[Recipe]:
    """What to paste for a table (default: the first of gold). Raise UsageError where there is no such table."""
    there = [table.name for table in readable(context, Moment.now(context))]
    if name is None:
        name = next((each for each in there if each.startswith("gold.")), None)
        if name is None:
            raise UsageError("there is no table of gold yet", hint="marketpulse run makes them")
    if name not in there:
        raise no_table(name, there)
    target = Target(context.settings, name, context.project.name)
    return [recipe for each in _TOOLS for recipe in each(target)]


def _ours(target: Target) -> Iterator[Recipe]:
    project = f", project={str(target.settings.project)!r}" if target.settings.project else ""
    place = str(target.settings.warehouse)
    lines = ["import marketpulse", "", f"lake = marketpulse.open({place!r}{project})"]
    yield _python("marketpulse", [*lines, f"rows = lake.table({target.name!r}).pandas()"])


def _pyiceberg(target: Target) -> Iterator[Recipe]:
    note = f"the catalog must be called {NAME}" if target.file else ""
    yield _python("PyIceberg", [*_loaded(target), "rows = table.scan().to_arrow()"], note)
    if target.file:
        lines = ["from pyiceberg.table import StaticTable", "", f"table = StaticTable.from_metadata({target.folder!r})"]
        yield _python("PyIceberg, without a catalog", [*lines, "rows = table.scan().to_arrow()"])


def _pandas(target: Target) -> Iterator[Recipe]:
    call = [f"    {target.identifier!r},", f"    catalog_name={NAME!r},", f"    catalog_properties={_dict(target)},"]
    yield _python("pandas", ["import pandas", "", "rows = pandas.read_iceberg(", *call, ")"])


def _polars(target: Target) -> Iterator[Recipe]:
    yield _python("Polars", ["import polars", *_loaded(target), "rows = polars.scan_iceberg(table).collect()"])


def _duckdb(target: Target) -> Iterator[Recipe]:
    short = target.name.split(".")[1]
    lines = [*_loaded(target), f"connection = table.scan().to_duckdb({short!r})"]
    yield _python(
        "DuckDB, by way of Arrow", [*lines, f'rows = connection.sql("select * from {short}").to_arrow_table()']
    )
    if target.file:
        text = f"install iceberg;\nload iceberg;\nselect * from iceberg_scan('{_quoted(target.folder)}');"
        yield Recipe("DuckDB, with its iceberg extension", "sql", text, "the extension is fetched once")


def _daft(target: Target) -> Iterator[Recipe]:
    yield _python("Daft", ["import daft", *_loaded(target), "rows = daft.read_iceberg(table).to_arrow()"])


def _clickhouse(target: Target) -> Iterator[Recipe]:
    if target.file:
        text = f"select * from icebergLocal('{_quoted(target.folder)}', 'Parquet');"
        yield Recipe("chDB, ClickHouse", "sql", text, f"chDB reads below its working folder: {target.file.parent}")


def _spark(target: Target) -> Iterator[Recipe]:
    settings = {"": "org.apache.iceberg.spark.SparkCatalog"}
    if target.file:
        settings |= {
            ".type": "jdbc",
            ".uri": f"jdbc:sqlite:{target.file}",
            ".warehouse": str(target.file.parent),
            ".jdbc.schema-version": "V1",
        }
    elif target.catalog.get("type") == "glue":
        settings |= {".type": "glue", ".warehouse": target.folder}
    else:
        return
    lines = [f"spark.sql.catalog.{NAME}{key} {value}" for key, value in settings.items()]
    note = f"then: select * from {NAME}.{target.identifier}; the jars: docs/spark.md"
    yield Recipe("Spark", "properties", "\n".join(lines), note)


def _wire(target: Target) -> Iterator[Recipe]:
    who = target.settings.role
    text = f'psql "postgresql://{who}@127.0.0.1:{WIRE_PORT}/{target.database}" -c "select * from {target.name}"'
    yield Recipe("psql, JDBC, BI tools", "shell", text, _BY_WIRE)


def _redshift(target: Target) -> Iterator[Recipe]:
    if target.settings.remote and target.name.startswith("gold."):
        text = f"select * from marketpulse.{target.name.split('.')[1]};"
        yield Recipe("Redshift", "sql", text, "copies without personal columns: marketpulse redshift ddl, docs/aws.md")


#: Tools in the order in which they are told.
_TOOLS: tuple[Callable[[Target], Iterator[Recipe]], ...] = (
    _ours, _pyiceberg, _pandas, _polars, _duckdb, _daft, _clickhouse, _spark, _redshift, _wire,
)  # fmt: skip


def _python(tool: str, lines: list[str], note: str = "") -> Recipe:
    return Recipe(tool, "python", "\n".join(lines), note)


def _loaded(target: Target) -> list[str]:
    """The table through its catalog."""
    return [
        "from pyiceberg.catalog import load_catalog",
        "",
        f"catalog = load_catalog({NAME!r}, **{_dict(target)})",
        f"table = catalog.load_table({target.identifier!r})",
    ]


def _dict(target: Target) -> str:
    return pformat(target.catalog, sort_dicts=False, width=1_000)


def _shown(key: str, value: str) -> str:
    """A property without its secrets: what is pasted is sent around."""
    if any(word in key.lower() for word in _SECRET):
        return _HIDDEN
    return make_url(value).render_as_string(hide_password=True) if key == "uri" and "@" in value else value


def _quoted(text: str) -> str:
    return text.replace("'", "''")


def by_tool(found: list[Recipe], tool: str) -> list[Recipe]:
    """Those for one tool, by the beginning of its name. Raise UsageError when there is none."""
    chosen = [each for each in found if each.tool.lower().startswith(tool.lower())]
    if not chosen:
        known: Mapping[str, None] = dict.fromkeys(each.tool.split(",")[0] for each in found)
        raise UsageError(f"there is nothing to paste for {tool[:40]!r}", hint="for " + ", ".join(known))
    return chosen
