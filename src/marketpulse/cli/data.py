"""Commands that move data: generate, run, plan."""

from __future__ import annotations

import time
from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from marketpulse.cli.options import AsJson, EngineName, Landing, ProjectDir, Select, Warehouse, context


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command(name="generate")(generate)
    app.command(name="run")(run)
    app.command(name="plan")(plan)
    app.command(name="demo")(demo)


def generate(
    landing: Landing = None,
    truth: Annotated[Path | None, typer.Option(help="Where the planted truth goes (default: beside landing).")] = None,
    seed: Annotated[int, typer.Option(help="Same seed, same bytes.")] = 7,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = datetime(2026, 3, 2),
    days: Annotated[int, typer.Option(min=1, help="How many days.")] = 7,
    clicks: Annotated[int, typer.Option(min=0, help="Click events a day.")] = 20_000,
    sales: Annotated[
        int | None, typer.Option(min=0, help="Sales lines a day (default: a tenth of the clicks).")
    ] = None,
    dirt: Annotated[float, typer.Option(min=0, max=0.5, help="Share of records that are damaged on purpose.")] = 0.01,
) -> None:
    """Write a seeded shop into the landing zone, and the truth about it beside it.

    Example: [cyan]marketpulse generate --days 3 --clicks 50000[/]
    """
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import generated
    from marketpulse.errors import UsageError
    from marketpulse.generate import ShopPlan
    from marketpulse.generate import generate as make
    from marketpulse.settings import load_settings

    folder = load_settings(landing=landing).landing
    if isinstance(folder, str):
        raise UsageError(f"a shop is generated into a folder, not into {folder}", hint="then copy the folder there")
    plan = ShopPlan(seed=seed, start=start.date(), days=days, clicks_per_day=clicks, sales_per_day=sales, dirt=dirt)
    with watching() as progress:
        done = make(plan, folder, truth or folder.with_name(f"{folder.name}-truth"), progress.report)
    generated(done, folder)


def run(
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    select: Select = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="Build the selected tables anew.")] = False,
    strict: Annotated[
        bool,
        typer.Option("--strict", help="Refuse a rebuild that no new data asks for, and files with other columns."),
    ] = False,
    engine: EngineName = None,
    follow: Annotated[float | None, typer.Option(min=0.1, help="Run again every so many seconds.")] = None,
    as_json: AsJson = False,
) -> None:
    """Bring every table up to date: landing, bronze, silver, gold.

    Example: [cyan]marketpulse run --select gold.agg_sales_daily+[/]
    """
    from marketpulse import flow
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import run_report

    options = flow.Options(select or [], full_refresh, strict)
    while True:
        with (
            watching(quiet=as_json) as progress,
            context(landing, warehouse, project, progress, engine=engine) as opened,
        ):
            report = flow.run(opened, options)
        run_report(report, as_json)
        if follow is None:
            raise typer.Exit(0 if report.ok else 1)
        time.sleep(follow)


def plan(
    landing: Landing = None,
    warehouse: Warehouse = None,
    project: ProjectDir = None,
    select: Select = None,
    full_refresh: Annotated[bool, typer.Option("--full-refresh", help="As run --full-refresh would.")] = False,
    as_json: AsJson = False,
) -> None:
    """Say what a run would build, and why, per table and bucket; nothing is changed.

    Example: [cyan]marketpulse plan --select +gold.fct_sales[/]
    """
    from marketpulse import flow
    from marketpulse.cli.render import plan_report

    with context(landing, warehouse, project, make=False) as opened:
        plan_report(flow.forecast(opened, flow.Options(select or [], full_refresh)), as_json)


def demo(
    folder: Annotated[Path, typer.Option(help="Folder for the demo's landing zone and warehouse.")] = Path("demo"),
    days: Annotated[int, typer.Option(min=1, help="How many days of shop.")] = 7,
    clicks: Annotated[int, typer.Option(min=1, help="Click events a day.")] = 20_000,
    engine: EngineName = None,
) -> None:
    """Generate a seeded shop, run everything, and show what came out.

    Example: [cyan]marketpulse demo --folder /tmp/shop --days 14[/]
    """
    from marketpulse import flow
    from marketpulse.cli.progress import watching
    from marketpulse.cli.render import demo_end, run_report, show_headlines
    from marketpulse.serving.headlines import headlines

    landing, warehouse = folder / "landing", folder / "warehouse"
    if not landing.is_dir():
        generate(str(landing), days=days, clicks=clicks)
    with watching() as progress, context(str(landing), str(warehouse), None, progress, engine=engine) as opened:
        report = flow.run(opened, flow.Options())
        found = headlines(opened)
    run_report(report)
    show_headlines(found)
    demo_end(folder)
    raise typer.Exit(0 if report.ok else 1)
