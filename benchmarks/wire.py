"""How long small questions take over the wire, and where: `python benchmarks/wire.py URL [rounds [pid]]`.

URL is what `marketpulse wire` prints over a generated shop (docs/benchmarks.md says which). Each question is asked in
turn on one connection, then by four at once; milliseconds from `execute` to the last row. With the server's process id
also the processor time that a question costs it, which other work on the machine changes little.
"""

from __future__ import annotations

import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg

QUESTIONS = {
    "a constant": "select 1",
    "one row": "select * from gold.dim_store limit 1",
    "a day": "select sold_date, sum(net_amount) from gold.agg_sales_daily group by 1 order by 1",
    "a filter": "select channel, sum(net_amount) from gold.agg_sales_daily where sold_date >= %s group by 1",
    "a metric": "select period, sum(net_revenue) from metrics.net_revenue group by 1",
    "the catalogue": "select relname from pg_catalog.pg_class where relkind = 'r'",
}


def asked(connection: psycopg.Connection, rounds: int) -> dict[str, list[float]]:
    """Milliseconds of each question, the first time left out: an engine is made then."""
    found: dict[str, list[float]] = {name: [] for name in QUESTIONS}
    for turn in range(rounds + 1):
        for name, text in QUESTIONS.items():
            began = time.perf_counter()
            connection.execute(text, ("2026-01-01",) if "%s" in text else None).fetchall()
            if turn:
                found[name].append((time.perf_counter() - began) * 1e3)
    return found


def burnt(server: int) -> float:
    """Milliseconds of processor time of a process up to now (`utime` and `stime` of proc(5))."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK") * 1e3


def cost(connection: psycopg.Connection, rounds: int, server: int) -> dict[str, float]:
    """Milliseconds of the server's processor time of one question of each kind."""
    found = {}
    for name, text in QUESTIONS.items():
        began = burnt(server)
        for _ in range(rounds):
            connection.execute(text, ("2026-01-01",) if "%s" in text else None).fetchall()
        found[name] = (burnt(server) - began) / rounds
    return found


def main() -> None:
    """Ask, and print a table."""
    url, rounds = sys.argv[1], int(sys.argv[2]) if len(sys.argv) > 2 else 100
    with psycopg.connect(url, autocommit=True) as connection:
        alone = asked(connection, rounds)
        costs = cost(connection, rounds, int(sys.argv[3])) if len(sys.argv) > 3 else {}
    with ThreadPoolExecutor(4) as pool:
        connections = [psycopg.connect(url, autocommit=True) for _ in range(4)]
        together = list(pool.map(lambda each: asked(each, rounds // 4), connections))
    print(f"{'question':16}{'p50 ms':>10}{'p95 ms':>10}{'four: p95':>12}{'CPU ms':>10}")
    for name, times in alone.items():
        others = [each for found in together for each in found[name]]
        p95, four = (statistics.quantiles(each, n=20)[-1] for each in (times, others))
        print(f"{name:16}{statistics.median(times):>10.1f}{p95:>10.1f}{four:>12.1f}{costs.get(name, 0):>10.1f}")


if __name__ == "__main__":
    main()
