"""What Superset does with a database of its own accord: `python bi.py FOLDER URL`, by a Python that has it.

It is asked by its REST API: is the database there, which schemas, tables and columns has it, and the data of charts as
Explore asks for them. Prints JSON.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

CONFIG = """
SECRET_KEY = "of this proof alone, and of no other"
SQLALCHEMY_DATABASE_URI = "sqlite:///{folder}/superset.db"
TALISMAN_ENABLED = WTF_CSRF_ENABLED = False
CACHE_CONFIG = DATA_CACHE_CONFIG = {{"CACHE_TYPE": "NullCache"}}
FILTER_STATE_CACHE_CONFIG = EXPLORE_FORM_DATA_CACHE_CONFIG = {{"CACHE_TYPE": "SimpleCache"}}
"""
AMOUNT = {"expressionType": "SIMPLE", "column": {"column_name": "amount"}, "aggregate": "SUM", "label": "amount"}


class Superset:
    """A new Superset in a folder, asked as its own pages ask it."""

    def __init__(self, folder: Path) -> None:
        (folder / "superset_config.py").write_text(CONFIG.format(folder=folder))
        os.environ["SUPERSET_CONFIG_PATH"] = str(folder / "superset_config.py")
        from superset.app import create_app

        app = create_app()
        with app.app_context():
            from flask_appbuilder import Model
            from superset.extensions import appbuilder, db, security_manager

            db.create_all()
            Model.metadata.create_all(db.engine)
            appbuilder.add_permissions(update_perms=True)
            security_manager.sync_role_definitions()
            role = security_manager.find_role("Admin")
            security_manager.add_user("admin", "a", "b", "a@example.org", role, password="admin")
        self._client, self._head = app.test_client(), {}
        who = {"username": "admin", "password": "admin", "provider": "db"}
        self._head = {"Authorization": f"Bearer {self.ask('post', 'security/login', who)['access_token']}"}

    def ask(self, how: str, path: str, said: dict[str, Any] | None = None) -> Any:
        """What the API answers, an error as well."""
        return getattr(self._client, how)(f"/api/v1/{path}", headers=self._head, json=said).json

    def chart(self, dataset: int, **query: Any) -> Any:
        """Rows of a chart, or what is wrong with it."""
        source = {"datasource": {"id": dataset, "type": "table"}, "result_type": "full", "result_format": "json"}
        told = self.ask("post", "chart/data", {**source, "force": True, "queries": [{"row_limit": 100, **query}]})
        return told["result"][0]["data"] if "result" in told else told


def axis(name: str, grain: str) -> dict[str, str]:
    """A column of time, by day or month, as an axis of a chart."""
    return {
        "timeGrain": grain,
        "columnType": "BASE_AXIS",
        "sqlExpression": name,
        "label": name,
        "expressionType": "SQL",
    }


def told(superset: Superset, url: str) -> dict[str, Any]:
    """Everything that it says of the database."""
    base = {"sqlalchemy_uri": url, "database_name": "lake"}
    found: dict[str, Any] = {"connects": superset.ask("post", "database/test_connection/", base)["message"]}
    number = superset.ask("post", "database/", {**base, "expose_in_sqllab": True})["id"]
    found["schemas"] = sorted(superset.ask("get", f"database/{number}/schemas/")["result"])
    for schema in ("silver", "metrics"):
        tables = superset.ask("get", f"database/{number}/tables/?q=(schema_name:{schema})")["result"]
        found[schema] = sorted(f"{each['type']} {each['value']}" for each in tables)
    sets = {}
    for schema, table in (("silver", "sales"), ("metrics", "total")):
        said = {"database": number, "schema": schema, "table_name": table}
        sets[table] = superset.ask("post", "dataset/", said)["id"]
    columns = superset.ask("get", f"dataset/{sets['sales']}")["result"]["columns"]
    found["columns"] = {each["column_name"]: each["type"] for each in columns}
    month = {"granularity": "day", "extras": {"time_grain_sqla": "P1M"}, "columns": [axis("day", "P1M")]}
    days = {"time_range": "2026-01-02 : 2026-01-03"}
    found["bars"] = superset.chart(sets["sales"], columns=["id"], metrics=[AMOUNT], orderby=[["id", True]])
    found["months"] = superset.chart(sets["sales"], metrics=[AMOUNT], **month)
    found["one day"] = superset.chart(sets["sales"], metrics=[AMOUNT, "count"], **{**month, **days})
    found["metric"] = superset.chart(sets["total"], columns=["total"], metrics=[])
    asked = {"database_id": number, "sql": "select email from gold.dim_buyer", "schema": "gold", "runAsync": False}
    found["personal"] = superset.ask("post", "sqllab/execute/", asked)["errors"][0]["message"]
    return found


if __name__ == "__main__":
    print(json.dumps(told(Superset(Path(sys.argv[1])), sys.argv[2]), default=str))
