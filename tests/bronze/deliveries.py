"""What becomes of any sequence of landings, in a few lines (`Model`), and a machine that tries sequences."""

from __future__ import annotations

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from marketpulse.bronze.ingest import ingest
from marketpulse.bronze.ledger import Ledger
from marketpulse.lake.lake import Lake
from marketpulse.run.context import Context
from marketpulse.run.retained import Retained
from tests.shop import MiniShop, result

DAY_1, DAY_2, HOUR = "ingest_date=2026-01-01", "ingest_date=2026-01-02", "ingest_date=2026-01-02/hour=07"
#: Names of files, and what each is delivered for.
NAMES = {
    f"sales/{DAY_1}/a.csv": DAY_1,
    f"sales/{DAY_1}/b.csv": DAY_1,
    f"sales/{HOUR}/a.csv": HOUR,
    "sales/flat.csv": "",
}
HEADER, BAD, OTHER = "id,day,qty,amount\n", "id,dax,qty,amount\n", "id,day,qty,rebate\n"
#: Contents of one size, so that nothing but the bytes tells them apart; one lacks a column, one has another.
CONTENTS = [
    *(f"{HEADER}k,2026-01-01,{n},1\nm,2026-01-01,{n},1\n" for n in (1, 2)),
    f"{BAD}k,2026-01-01,4,1\nm,2026-01-01,4,1\n",
    f"{OTHER}k,2026-01-01,5,1\nm,2026-01-01,5,1\n",
]


def trying(examples: int, steps: int) -> settings:
    """So many sequences of so many steps, as they come: a run of the machine takes what it takes."""
    return settings(
        max_examples=examples,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        database=None,
        phases=[Phase.explicit, Phase.generate],
        report_multiple_bugs=False,
    )


class Model:
    """The specification: which deliveries there were, in their order, given what lies in the landing zone."""

    def __init__(self) -> None:
        self.landing: dict[str, str] = {}
        self.delivered: list[tuple[str, str]] = []
        self.holds: dict[str, str] = {}
        self.headers: set[str] = set()

    def run(self, strict: bool) -> bool:
        """Deliver what is news; whether anything was."""
        before = len(self.delivered)
        held = {(NAMES[name], content) for name, content in self.holds.items()}
        for name in sorted(self.landing, key=lambda name: name.split("/")):
            content = self.landing[name]
            if self.is_blocked(content, strict):
                continue
            brought = [c for n, c in self.delivered if n == name]
            if content != brought[-1] if brought else (NAMES[name], content) not in held:
                self.delivered.append((name, content))
                self.headers.add(content.split("\n")[0])
            self.holds[name] = content
            held.add((NAMES[name], content))
        return len(self.delivered) > before

    def is_blocked(self, content: str, strict: bool) -> bool:
        """Whether a file is left where it is."""
        header = content.split("\n", maxsplit=1)[0]
        return content.startswith(BAD) or (strict and bool(self.headers) and header not in self.headers)

    def bronze(self) -> list[tuple[str, str]]:
        """(file, quantity) of every record: each delivery once."""
        return sorted((name, quantity) for name, content in self.delivered for _, quantity in _records(content))

    def silver(self) -> list[tuple[str, int]]:
        """(key, quantity): of the deliveries of a key the latest wins, by name and then by time."""
        places = sorted(range(len(self.delivered)), key=lambda place: (self.delivered[place][0], place))
        rows = {key: int(quantity) for place in places for key, quantity in _records(self.delivered[place][1])}
        return sorted(rows.items())


def _records(content: str) -> list[tuple[str, str]]:
    return [(line.split(",")[0], line.split(",")[2]) for line in content.splitlines()[1:]]


class Landings(RuleBasedStateMachine):
    """Land, rename, copy, replace, delete, corrupt, repair, run, run and die: always as the model says."""

    names, contents = st.sampled_from(sorted(NAMES)), st.sampled_from(CONTENTS)
    then = st.sampled_from(["", "run", "run"])

    def __init__(self) -> None:
        super().__init__()
        self.root = Path(tempfile.mkdtemp())
        self.shop = MiniShop(self.root)
        self.shop.write("silver/sales/from_sales.sql", "select id, day, qty, 1 as amount from bronze.sales")
        self.model = Model()
        self.unfinished = False
        self.in_place = False

    @rule(then=then, name=names, content=contents)
    def land(self, then: str, name: str, content: str) -> None:
        """Write a file, over what was there."""
        self._meets(name)
        self.shop.land(name, content)
        self.model.landing[name] = content
        self._go_on(then)

    @precondition(lambda self: self.model.landing)
    @rule(then=then, data=st.data(), content=contents, whole=st.booleans())
    def replace(self, then: str, data: st.DataObject, content: str, whole: bool) -> None:
        """Other bytes with the old size and time, as rsync -t and unzip leave them; in place or by a new file."""
        name = self._one(data)
        path = self.shop.landing / name
        found = path.stat()
        target = path.with_name(".part") if whole else path
        self.in_place |= not whole
        target.write_text(content)
        os.utime(target, ns=(found.st_atime_ns, found.st_mtime_ns))
        target.replace(path)
        self.model.landing[name] = content
        self._go_on(then)

    @precondition(lambda self: self.model.landing)
    @rule(then=then, data=st.data(), to=names)
    def rename(self, then: str, data: st.DataObject, to: str) -> None:
        """Move a file, over what was there."""
        name = self._one(data)
        (self.shop.landing / to).parent.mkdir(parents=True, exist_ok=True)
        (self.shop.landing / name).rename(self.shop.landing / to)
        self.model.landing[to] = self.model.landing.pop(name)
        self._go_on(then)

    @precondition(lambda self: self.model.landing)
    @rule(then=then, data=st.data(), to=names)
    def copy(self, then: str, data: st.DataObject, to: str) -> None:
        """Copy a file with its time, over what was there."""
        name = self._one(data)
        if name != to:
            self._meets(to)
            (self.shop.landing / to).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(self.shop.landing / name, self.shop.landing / to)
            self.model.landing[to] = self.model.landing[name]
        self._go_on(then)

    @precondition(lambda self: self.model.landing)
    @rule(then=then, data=st.data())
    def delete(self, then: str, data: st.DataObject) -> None:
        """Remove a file."""
        name = self._one(data)
        (self.shop.landing / name).unlink()
        del self.model.landing[name]
        self._go_on(then)

    @precondition(lambda self: self.model.landing)
    @rule(strict=st.booleans())
    def run(self, strict: bool) -> None:
        """Bring in what is news."""
        self.model.run(strict)
        self.unfinished = False
        with self._opened() as context:
            ingest(context, context.project.sources["sales"], strict)
        self._agree_on_bronze()

    @precondition(lambda self: self.model.landing)
    @rule(early=st.booleans())
    def die(self, early: bool) -> None:
        """A run that ends at its commit, or between those of bronze and of the ledger."""
        if early or self.unfinished or not self._would_bring():
            self._killed(Lake, "commit")  # of bronze, or that with which a run finishes what the one before left
        else:
            self.unfinished = self.model.run(strict=False)
            self._killed(Ledger, "add")

    @precondition(lambda self: self.model.delivered)
    @rule()
    def build(self) -> None:
        """Let silver follow, as far as bronze is."""
        self.model.run(strict=False)
        self.unfinished = False
        report = self.shop.run("silver.sales")
        assert result(report, "silver.sales").status in ("built", "up to date")
        assert [(row[0], row[2]) for row in self.shop.rows("silver.sales")] == self.model.silver()

    def teardown(self) -> None:
        """Silver is right in the end, and a run has nothing to do."""
        if self.model.delivered:
            self.build()
            self._agree_on_bronze()
            assert self.shop.run("silver.sales").feeds[1].files == 0
        shutil.rmtree(self.root)

    def _opened(self) -> contextlib.AbstractContextManager[Context]:
        """The warehouse, for a run of a process of its own."""
        return self.shop.open()

    def _meets(self, name: str) -> None:
        """A name is about to be written, over what may be there."""
        self.in_place |= (self.shop.landing / name).exists()

    def _go_on(self, then: str) -> None:
        if then and self.model.landing:
            self.run(strict=False)

    def _one(self, data: st.DataObject) -> str:
        return data.draw(st.sampled_from(sorted(self.model.landing)))

    def _would_bring(self) -> bool:
        tried = Model()
        tried.landing, tried.delivered = self.model.landing, list(self.model.delivered)
        tried.holds, tried.headers = dict(self.model.holds), set(self.model.headers)
        return tried.run(strict=False)

    def _killed(self, owner: type, method: str) -> None:
        def dies(*_: object) -> None:
            raise KeyboardInterrupt

        with pytest.MonkeyPatch.context() as patch, self._opened() as context:
            patch.setattr(owner, method, dies)
            with contextlib.suppress(KeyboardInterrupt):
                ingest(context, context.project.sources["sales"])

    def _agree_on_bronze(self) -> None:
        found = [(row["_source_file"], row["qty"], row["_ingest_id"]) for row in rows_of(self.shop, "bronze.sales")]
        assert sorted(row[:2] for row in found) == self.model.bronze()
        assert len({row[2] for row in found}) == len(found)


class RetainedLandings(Landings):
    """The same in one process that runs again and again, beside others; what it retains changes nothing.

    It sees what was written in its place with its next whole look.
    """

    def __init__(self) -> None:
        super().__init__()
        self.retained = Retained()

    def _opened(self) -> contextlib.AbstractContextManager[Context]:
        self.retained.whole, self.in_place = self.in_place, False
        return self.shop.open(retained=self.retained)


#: What happens: files with the quantity they say before each run (None: removed), then how many deliveries there were
#: and the quantity in the end.
STORIES: dict[str, tuple[list[dict[str, int | None]], int, int]] = {
    "back on a later day": ([{f"{DAY_1}/a.csv": 1}, {f"{DAY_2}/a.csv": 2}, {"ingest_date=2026-01-03/a.csv": 1}], 3, 1),
    "the same on a later day": ([{f"{DAY_1}/a.csv": 1}, {f"{DAY_2}/a.csv": 1}], 2, 1),
    "all days at once": ([{f"{DAY_1}/a.csv": 1, f"{DAY_2}/a.csv": 2, "ingest_date=2026-01-03/a.csv": 1}], 3, 1),
    "back in a later hour": ([{f"{DAY_2}/hour={n:02d}/a.csv": q} for n, q in enumerate((1, 2, 1))], 3, 1),
    "back in a later folder": ([{f"2026/01/0{n}/a.csv": q} for n, q in ((1, 1), (2, 2), (3, 1))], 3, 1),
    "back under a later date in the name": ([{f"a-2026010{n}.csv": q} for n, q in ((1, 1), (2, 2), (3, 1))], 3, 1),
    "back under its own name": ([{"a.csv": 1}, {"a.csv": 2}, {"a.csv": 1}], 3, 1),
    "back and forth under its own name": ([{"a.csv": q} for q in (1, 2, 1, 2, 1)], 5, 1),
    "uploaded again": ([{"a.csv": 1}, {"a.csv": 1}, {"a.csv": 1}], 1, 1),
    "a retry beside it": ([{f"{DAY_1}/a.csv": 1}, {f"{DAY_1}/a-retry.csv": 1, f"{DAY_1}/retry/a.csv": 1}], 1, 1),
    "a retry landed with it": ([{f"{DAY_1}/a.csv": 1, f"{DAY_1}/b.csv": 1}], 1, 1),
    "a retry of what was corrected": ([{"a.csv": 1}, {"a.csv": 2}, {"b.csv": 1}], 3, 1),
    "corrected to what another file says": ([{"a.csv": 1, "b.csv": 2}, {"b.csv": 1}], 3, 1),
    "moved": ([{"a.csv": 1}, {"a.csv": None, "b.csv": 1}, {"b.csv": None, "c.csv": 1}], 1, 1),
    "copied, then deleted": ([{"a.csv": 1}, {"b.csv": 1}, {"a.csv": None}, {"a.csv": 1}], 1, 1),
    "deleted and back": ([{"a.csv": 1}, {"a.csv": None}, {"a.csv": 1}], 1, 1),
    "rotated": ([{"a.csv": 1}, {"a.csv": 2, "b.csv": 1}, {"a.csv": 3, "b.csv": 2, "c.csv": 1}], 3, 3),
    "repaired": ([{"a.csv": 0, "b.csv": 0}, {"a.csv": 1}, {"b.csv": 1}], 1, 1),
    "spoilt and restored": ([{"a.csv": 1}, {"a.csv": 0}, {"a.csv": 1}], 1, 1),
    "spoilt and corrected": ([{"a.csv": 1}, {"a.csv": 0}, {"a.csv": 2}], 2, 2),
}


def saying(quantity: int) -> str:
    """A file of one row that says a quantity; 0: one that is blocked."""
    return f"{HEADER}k,2026-01-01,{quantity},1\n" if quantity else f"{BAD}k,2026-01-01,0,1\n"


def rows_of(shop: MiniShop, name: str) -> list[dict[str, object]]:
    """Rows of a table, by their columns, lineage included."""
    with shop.looked_at() as context:
        table = context.lake.find(name)
        if table is None:
            return []
        back = context.engine.bind("back", table.types, [file.path for file in table.files()])
        columns = list(table.types)
        rows = context.engine.rows("select " + ", ".join(f'"{c}"' for c in columns) + f" from {back}")
        return [dict(zip(columns, row, strict=True)) for row in rows]
