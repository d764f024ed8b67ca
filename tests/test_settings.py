"""Settings: defaults, file, environment, arguments, each over the one before; what is unknown is an error."""

from __future__ import annotations

from pathlib import Path

import pytest

from marketpulse.errors import UsageError
from marketpulse.settings import CLOUD_CATALOG, Settings, load_settings


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder without a settings file to be in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_arguments_win_over_the_environment_over_the_file_over_the_defaults(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert load_settings() == Settings()
    (elsewhere / "marketpulse.toml").write_text('warehouse = "file"\nthreads = 5\nengine = "spark"\n')
    monkeypatch.setenv("MARKETPULSE_WAREHOUSE", "environment")
    monkeypatch.setenv("MARKETPULSE_THREADS", "6")
    found = load_settings(warehouse="argument", landing=None)
    assert (found.engine, found.threads, found.warehouse) == ("spark", 6, Path("argument"))
    assert found.landing == Path("landing")


def test_tables_come_as_toml_json_or_one_variable_a_key(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "marketpulse.toml").write_text('[spark]\n"spark.x" = 1\n')
    monkeypatch.setenv("MARKETPULSE_CATALOG__type", "rest")
    found = load_settings()
    assert (found.spark, found.catalog) == ({"spark.x": "1"}, {"type": "rest"})
    (elsewhere / "marketpulse.toml").write_text('[kafka]\n"bootstrap.servers" = "b:1"\n"sasl.password" = "old"\n')
    monkeypatch.setenv("MARKETPULSE_KAFKA__SASL_PASSWORD", "secret")
    found = load_settings()
    assert found.kafka == {"bootstrap.servers": "b:1", "sasl.password": "secret"}
    assert "secret" not in repr(found)
    monkeypatch.setenv("MARKETPULSE_SPARK", '{"spark.y": 2}')
    assert load_settings().spark == {"spark.y": "2"}


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("THREDS", "3", "unknown setting 'threds' in the environment"),
        ("THREADS", "many", "setting threads in the environment is 'many', not a number"),
        ("MEMORY_MB", "-1", "setting memory_mb in the environment is -1 (from 16 to"),
        ("MEMORY_MB", "9" * 30, "(from 16 to"),
        ("THREADS", "0", "(from 1 to 1,024)"),
        ("THREADS", "1.5", "not a number"),
        ("CHUNK_ROWS", "-1", "(from 0 to"),
        ("SPARK", "spark.x=1", "not a table (as JSON: {…})"),
        ("NAMESPACE", "shop", "it must hold {layer}"),
        ("WAREHOUSE", "/lake/{layer}", "{layer} is for s3:// warehouses"),
        ("WAREHOUSE", "/lake\\house", "has a backslash in its path"),
    ],
)
def test_what_cannot_be_is_refused_with_what_can(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(f"MARKETPULSE_{name}", value)
    with pytest.raises(UsageError) as caught:
        load_settings()
    assert words in str(caught.value)


def test_an_unknown_argument_or_key_of_the_file_is_no_setting(elsewhere: Path) -> None:
    with pytest.raises(UsageError, match="unknown setting 'lading' in the arguments"):
        load_settings(lading="x")
    (elsewhere / "marketpulse.toml").write_text("wherehouse = 1\n")
    with pytest.raises(UsageError, match=r"unknown setting 'wherehouse' in marketpulse.toml \(known: .*warehouse\)"):
        load_settings()
    (elsewhere / "marketpulse.toml").write_text("warehouse = \n")
    with pytest.raises(UsageError, match="not valid TOML"):
        load_settings()


def test_a_warehouse_of_this_machine_has_its_catalog_beside_its_tables(elsewhere: Path) -> None:
    found = Settings(warehouse=Path("w"))
    assert found.catalog_properties()["uri"] == f"sqlite:///{elsewhere}/w/catalog.db"
    assert (found.remote, found.scratch) == (None, elsewhere / "w/.scratch")
    assert found.layout.location("gold.x") == f"{elsewhere}/w/gold/x"


def test_a_warehouse_in_s3_has_the_catalog_of_glue_and_scratch_of_its_own() -> None:
    one, other = (Settings(warehouse=f"s3://{name}-{{layer}}/", namespace="x_{layer}") for name in ("a", "b"))
    assert one.catalog_properties()["py-catalog-impl"] == CLOUD_CATALOG
    assert one.layout.location("gold.x") == "s3://a-gold/x"
    assert one.local != other.local


def test_secrets_are_not_shown() -> None:
    shown = repr(Settings(catalog={"s3.secret-access-key": "hush"}, spark={"spark.password": "hush"}))
    assert "hush" not in shown
