"""The commands of the retail pack: generate a shop, and the demo of the whole way on one."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from marketpulse.cli.options import MOST, EngineName, Landing, context, finite

if TYPE_CHECKING:
    from marketpulse_retail.generate import Generated

#: Seconds that visitors wait for a door to open, or to open again.
_PATIENCE = 60.0


def generate(
    landing: Landing = None,
    truth: Annotated[Path | None, typer.Option(help="Where the planted truth goes (default: beside landing).")] = None,
    seed: Annotated[int, typer.Option(min=0, max=2**63 - 1, help="Same seed, same bytes.")] = 7,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="First day.")] = datetime(2026, 3, 2),
    days: Annotated[int, typer.Option(min=1, max=36_525, help="How many days.")] = 7,
    clicks: Annotated[int, typer.Option(min=0, max=1_000_000_000, help="Click events a day.")] = 20_000,
    sales: Annotated[
        int | None, typer.Option(min=0, max=1_000_000_000, help="Sales lines a day (default: a tenth of the clicks).")
    ] = None,
    dirt: Annotated[
        float, typer.Option(min=0, max=0.5, callback=finite, help="Share of records that are damaged on purpose.")
    ] = 0.01,
) -> None:
    """Write a seeded shop into the landing zone, and the truth about it beside it.

    Example: [cyan]marketpulse generate --days 3 --clicks 50000[/]
    """
    from marketpulse.cli.progress import watching
    from marketpulse.errors import UsageError
    from marketpulse.settings import load_settings
    from marketpulse_retail.generate import ShopPlan
    from marketpulse_retail.generate import generate as make

    folder = load_settings(landing=landing).landing
    if isinstance(folder, str):
        raise UsageError(f"a shop is generated into a folder, not into {folder}", hint="then copy the folder there")
    if start.year + days // 365 >= 9_999:
        raise UsageError(f"{days} days from {start:%Y-%m-%d} leave the calendar", hint="start earlier")
    plan = ShopPlan(seed=seed, start=start.date(), days=days, clicks_per_day=clicks, sales_per_day=sales, dirt=dirt)
    with watching() as progress:
        done = make(plan, folder, truth or folder.with_name(f"{folder.name}-truth"), progress.report)
    _generated(done, folder)


def demo(
    folder: Annotated[Path, typer.Option(help="Folder for the demo's landing zone and warehouse.")] = Path("demo"),
    days: Annotated[int, typer.Option(min=1, max=36_525, help="How many days of shop.")] = 7,
    clicks: Annotated[int, typer.Option(min=1, max=1_000_000_000, help="Click events a day.")] = 20_000,
    engine: EngineName = None,
) -> None:
    """Generate a seeded shop, run everything, and show what came out.

    Example: [cyan]marketpulse demo --folder /tmp/shop --days 14[/]
    """
    from marketpulse import flow
    from marketpulse.cli.listings import show_headlines
    from marketpulse.cli.progress import watching
    from marketpulse.cli.reports import run_report
    from marketpulse.serving.headlines import headlines
    from marketpulse_retail.shop_project import shop_project

    landing, warehouse = str(folder / "landing"), str(folder / "warehouse")
    if not Path(landing).is_dir():
        generate(landing, days=days, clicks=clicks)
    project = shop_project(folder / "project")
    with watching() as progress, context(landing, warehouse, project, progress, engine=engine) as opened:
        report = flow.run(opened, flow.Options())
        found = headlines(opened)
    run_report(report)
    show_headlines(found)
    _try_next(warehouse, project)
    raise typer.Exit(report.exit_code)


def simulate(
    to: Annotated[str, typer.Option(help="Address of the door.")] = "http://127.0.0.1:8055",
    rate: Annotated[float, typer.Option(min=0.1, max=10_000, callback=finite, help="Events a second.")] = 20.0,
    key: Annotated[str, typer.Option(help="Write key, where the door has keys.")] = "wk_simulated",
    for_: Annotated[
        float,
        typer.Option("--for", min=0, max=MOST, callback=finite, help="Stop after so many seconds; 0: at Ctrl-C."),
    ] = 0,
) -> None:
    """Let visitors into a simulated shop: their clients post to a door, as real ones do.

    Example: [cyan]marketpulse simulate --rate 50[/]
    """
    from random import Random

    from marketpulse.cli.render import console
    from marketpulse_retail.simulate.posting import Door, open_shop

    try:
        kept = open_shop(Door(to, _PATIENCE), key, rate, for_, Random())  # noqa: S311 - visitors are no secret
    except KeyboardInterrupt:
        return
    console.print(f"{kept:,} events were kept", markup=False)


def _generated(done: Generated, folder: Path) -> None:
    """What the generator wrote."""
    from marketpulse.cli.render import console, table
    from marketpulse.units import size

    rows = [(feed, done.files[feed], done.rows[feed], size(done.bytes[feed])) for feed in done.files]
    table(f"Landed in {folder}", ("feed", "files", "records", "size"), rows, right=(1, 2, 3))
    console.print("next: [cyan]marketpulse run[/]")


def _try_next(warehouse: str, project: Path) -> None:
    """Commands that show more of the demo."""
    from marketpulse.cli.render import console

    here = f"--warehouse {warehouse} --project {project}"
    console.print("[bold]Try next[/]")
    for command in (
        f'marketpulse query "select * from gold.mart_attribution limit 10" {here}',
        f"marketpulse status {here}",
        f"marketpulse quarantine show {here}",
        f"marketpulse lineage gold.fct_sales.net_amount --project {project}",
        f"marketpulse docs {here} --output catalog.html",
    ):
        console.print(f"  [cyan]{command}[/]", soft_wrap=True)
