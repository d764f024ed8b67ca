"""Commands for Redshift: ddl."""

from __future__ import annotations

from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, ProjectDir, load

app = typer.Typer(name="redshift", help="Gold in Amazon Redshift, from the contracts.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Gold in Amazon Redshift, from the contracts."""


@app.command(name="ddl")
def ddl(
    database: Annotated[str, typer.Option(help="Glue database of gold.")],
    role_arn: Annotated[str, typer.Option(help="IAM role that reads gold; default: that of the namespace.")],
    schema: Annotated[str, typer.Option(help="Schema of the copies; _external is added for the lake.")] = "marketpulse",
    table: Annotated[list[str] | None, typer.Option(help="Gold table to copy into Redshift (default: all).")] = None,
    exports: Annotated[
        str | None, typer.Option(help="S3 folder that copies are unloaded to and restored from.")
    ] = None,
    key: Annotated[str | None, typer.Option(help="ARN of the KMS key of the exports (default: S3's own key).")] = None,
    project: ProjectDir = None,
    as_json: AsJson = False,
) -> None:
    """Print the SQL that serves gold from Redshift: schemas, groups, copies, grants. Each statement may run again.

    Example: [cyan]marketpulse redshift ddl --database lake_dev_gold --role-arn arn:aws:iam::123456789012:role/r[/]
    """
    from marketpulse.cli.listings import redshift_ddl
    from marketpulse.serving.redshift.plan import Options
    from marketpulse.serving.redshift.plan import ddl as plan

    options = Options(database, role_arn, schema, tuple(table) if table else None, exports, key)
    redshift_ddl(plan(load(project), options), as_json)
