"""One table of the catalogue: what it is, what it promises, what it is made of, how it is."""

from __future__ import annotations

from datetime import datetime

from marketpulse.project.contract import Column, Contract, InputRule, Rule
from marketpulse.serving.catalog.facts import Entry, Load
from marketpulse.serving.catalog.html import Html, grid, join, safe, sql, tag
from marketpulse.serving.catalog.numbers import numbers
from marketpulse.units import size

_SHOWN_SNAPSHOTS = 8
_KINDS = {"dim": "dimension", "fct": "fact", "agg": "aggregate", "mart": "mart"}


def article(entry: Entry, now: datetime) -> Html:
    """Everything about one table."""
    parts = [
        _head(entry),
        _words(entry),
        tag("div", _facts(entry), _health(entry, now), class_="two"),
        _neighbours(entry),
        _loads(entry),
        _columns(entry),
        numbers(entry),
        _rules(entry.contract) if entry.contract else None,
        _buckets(entry.contract) if entry.contract else None,
        _snapshots(entry),
        *(_query(name, text) for name, text in entry.queries.items()),
    ]
    return tag("article", *parts, id=entry.name, class_=f"l-{entry.layer}", data_find=_haystack(entry))


def card(entry: Entry) -> Html:
    """What leads to a table that has a page of its own."""
    about = tag("p", entry.grain, class_="grain")
    return tag("article", _head(entry), about, id=entry.name, class_=f"l-{entry.layer}", data_find=_haystack(entry))


def link(name: str) -> Html:
    """A table or a column (`gold.daily.total`), clickable."""
    return tag("a", tag("code", name), href=f"#{name}")


def age(moment: datetime, now: datetime) -> str:
    """How long ago, in the largest whole unit."""
    seconds = max((now - moment).total_seconds(), 0)
    for unit, length in (("day", 86_400), ("hour", 3_600), ("minute", 60)):
        if seconds >= length:
            count = int(seconds // length)
            return f"{count} {unit}{'s' if count > 1 else ''} old"
    return "just now"


def bar(load: Load) -> Html:
    """The conservation of one load as a bar of its four parts."""
    parts = ("accepted", "deduplicated", "quarantined", "filtered")
    pieces = [
        tag("span", class_=f"c-{part}", style=f"flex:{load.numbers[part]}", title=f"{load.numbers[part]:,} {part}")
        for part in parts
        if load.numbers.get(part)
    ]
    return tag("span", *pieces, class_="bar", aria_hidden="true")


def load_rows(loads: list[Load], into: bool) -> Html:
    """Read = accepted + deduplicated + quarantined + filtered, a feed a row."""
    heads = ["feed", *(["into"] if into else []), "read", "accepted", "deduplicated", "quarantined", "filtered"]
    rows = []
    for load in loads:
        numbers = [f"{load.numbers.get(head, 0):,}" for head in heads if head in load.numbers]
        where = [link(f"bronze.{load.source}"), *([link(load.table)] if into else [])]
        beside = [f"{load.numbers.get(name, 0):,}" for name in ("replaced", "removed")]
        rows.append([*where, *numbers, *beside, bar(load)])
    first = 2 if into else 1
    return grid([*heads, "replaced", "removed", ""], rows, range(first, first + 7), "loads")


def _head(entry: Entry) -> Html:
    kind = _KINDS.get(entry.short.split("_")[0]) if entry.layer == "gold" else None
    badges = [tag("span", text, class_="badge") for text in (entry.layer, kind) if text]
    if any(column.classification == "pii" for column in entry.columns):
        badges.append(tag("span", "PII", class_="badge pii", title="Has columns with personal data"))
    if entry.status is None:
        badges.append(tag("span", "not built", class_="badge off"))
    elif entry.status.behind:
        badges.append(tag("span", "behind " + ", ".join(entry.status.behind), class_="badge warn"))
    return tag("header", tag("h3", tag("a", entry.name, href=f"#{entry.name}")), tag("p", *badges, class_="badges"))


def _words(entry: Entry) -> Html:
    if entry.contract:
        contract = entry.contract
        more = [
            tag("p", tag("b", f"{word.capitalize()}. "), text, class_="note")
            for word, text in contract.notes.items()
            if word != "purpose"
        ]
        return join([tag("p", entry.grain, class_="grain"), tag("p", contract.purpose), *more])
    about = entry.source.description if entry.source else ""
    return join([tag("p", entry.grain, class_="grain"), tag("p", about)])


def _facts(entry: Entry) -> Html:
    rows: list[tuple[str, object]] = [("Owner", entry.owner)]
    if entry.contract:
        rows += _contract_facts(entry.contract)
    if entry.source:
        source = entry.source
        rows += [("Lands in", tag("code", f"{source.folder}/{source.pattern}")), ("Format", source.format)]
        if source.required:
            rows.append(("Must have", ", ".join(source.required)))
    if entry.landed:
        landed = entry.landed
        rows.append(("Files", f"{landed.files:,} taken, {landed.duplicates:,} with known content"))
        rows.append(("Records", f"{landed.records:,} read, {landed.malformed:,} of them malformed"))
    return _list(rows)


def _contract_facts(contract: Contract) -> list[tuple[str, object]]:
    rows: list[tuple[str, object]] = [("Key", tag("code", ", ".join(contract.key)) if contract.key else "none")]
    whole = "none" if contract.managed else "none, rebuilt whole"
    rows.append(("Partition", tag("code", contract.partition) if contract.partition else whole))
    if contract.merge:
        order = f" by {', '.join(contract.merge.order_by)}" if contract.merge.order_by else ""
        rows.append(("Merge", f"the {contract.merge.policy} row of a key stays{order}"))
    if contract.history:
        rows.append(("History", f"type 2, per {', '.join(contract.history.entity)}"))
    if contract.merge:
        rows.append(("Blocked above", f"{contract.rejected_share_limit:.0%} rejected rows"))
    return rows


def _health(entry: Entry, now: datetime) -> Html:
    status = entry.status
    if status is None:
        return tag("p", "The warehouse does not have this table yet.", class_="empty")
    when = f"{status.committed_at:%Y-%m-%d %H:%M} UTC, {age(status.committed_at, now)}" if status.committed_at else "–"
    buckets = f" in {status.buckets:,} buckets" if entry.contract and entry.contract.partition else ""
    rows: list[tuple[str, object]] = [
        ("Rows", tag("strong", f"{status.rows:,}")),
        ("Size", f"{size(status.size)} in {status.files:,} files{buckets}"),
        ("Committed", when),
        ("Snapshots", f"{len(status.snapshots):,}"),
    ]
    return _list(rows)


def _list(rows: list[tuple[str, object]]) -> Html:
    return tag("dl", *(tag("div", tag("dt", word), tag("dd", value)) for word, value in rows))


def _neighbours(entry: Entry) -> Html | None:
    parts = []
    for word, names in (("Made from", entry.made_from), ("Makes", entry.makes)):
        if names:
            parts.append(
                tag("div", tag("h4", word), tag("p", join((link(name) for name in names), " "), class_="links"))
            )
    return tag("div", *parts, class_="two") if parts else None


def _loads(entry: Entry) -> Html | None:
    if not entry.loads:
        return None
    return join([tag("h4", "Last load"), load_rows(entry.loads, into=False)])


def _columns(entry: Entry) -> Html:
    key = entry.contract.key if entry.contract else ()
    rows = [_column(entry, column, key) for column in entry.columns]
    heads = ["column", "type", "description", "made from"] if entry.made_from else ["column", "type", "description"]
    return join([tag("h4", f"{len(rows)} columns"), grid(heads, rows, name="columns")])


def _column(entry: Entry, column: Column, key: tuple[str, ...]) -> list[object]:
    marks: list[object] = []
    if column.name in key:
        marks.append(tag("span", "key", class_="mark key"))
    elif column.required:
        marks.append(tag("span", "required", class_="mark"))
    if entry.contract and entry.contract.partition == column.name:
        marks.append(tag("span", "partition", class_="mark"))
    if column.classification != "public":
        marks.append(tag("span", column.classification.upper(), class_="mark pii"))
    name = tag("code", column.name, id=f"{entry.name}.{column.name}")
    kind = join([tag("code", column.type), *_measure(column)], " ")
    cells: list[object] = [join([name, *marks], " "), kind, column.description]
    return [*cells, _origins(entry, column.name)] if entry.made_from else cells


def _measure(column: Column) -> list[Html]:
    """The unit of a number, and how it adds up, as far as it is known."""
    said = column.measure
    words = [f"in {said.currency}"] if said.currency else []
    if said.unit:
        words.append(f"in {said.unit}")
    if said.additive is not None:
        over = f" over {', '.join(said.not_over)}" if said.not_over else ""
        words.append("adds up" if said.additive else f"does not add up{over}")
    return [tag("span", word, class_="mark") for word in words]


def _origins(entry: Entry, column: str) -> Html:
    """Where a column comes from; the table is named only when there are several."""
    links = []
    for origin in entry.origins.get(column, []):
        short = origin.rsplit(".", 1)[1] if len(entry.made_from) == 1 else origin.split(".", 1)[1]
        links.append(tag("a", tag("code", short), href=f"#{origin}", title=origin))
    history = entry.contract.history if entry.contract else None
    if not links and history and column in history.filled:
        return safe("the versions that follow")
    return join(links, " ")


def _rules(contract: Contract) -> Html | None:
    if not contract.rules:
        return None
    rows = [
        [
            tag("span", rule.action, class_=f"badge a-{rule.action}"),
            tag("code", rule.name),
            rule.description,
            _must(rule),
        ]
        for rule in contract.rules
    ]
    heads = ["action", "rule", "a row that breaks it", "what must hold"]
    return join([tag("h4", f"{len(rows)} rules"), grid(heads, rows, name="rules")])


def _must(rule: Rule) -> Html:
    if rule.comparison:
        return tag("code", f"{rule.query} {rule.comparison[0]} {rule.comparison[1]:f}")
    return tag("code", rule.condition or "")


def _buckets(contract: Contract) -> Html | None:
    if not contract.inputs:
        return None
    items = [tag("li", link(rule.table), " ", _reach(rule, contract.partition or "")) for rule in contract.inputs]
    return tag("details", tag("summary", "Which changes rebuild which buckets"), tag("ul", *items))


def _reach(rule: InputRule, partition: str) -> object:
    if rule.touches:
        reads = f" (each {partition} reads {_aligned(rule)})" if rule.column else ""
        return join([f"a query over the changed rows gives the days{reads}", sql(rule.touches.strip())])
    return f"each {partition} reads {_aligned(rule)}"


def _aligned(rule: InputRule) -> str:
    before = f" from {rule.before} days before" if rule.before else ""
    after = f" to {rule.after} days after" if rule.after else ""
    reach = f",{before}{after}" if before or after else ", the same"
    return f"{rule.column}{reach}"


def _snapshots(entry: Entry) -> Html | None:
    if entry.status is None or not entry.status.snapshots:
        return None
    newest = list(reversed(entry.status.snapshots))[:_SHOWN_SNAPSHOTS]
    rows = [
        [tag("code", s.snapshot_id), f"{s.committed_at:%Y-%m-%d %H:%M:%S}", s.operation, tag("code", s.batch_id or "")]
        for s in newest
    ]
    consumed = [f"{name} at {snapshot}" for name, snapshot in entry.status.consumed.items()]
    words = tag("p", "Built from ", ", ".join(consumed), class_="note") if consumed else None
    table = grid(["snapshot", "committed (UTC)", "operation", "run"], rows, name="snapshots")
    return tag("details", tag("summary", f"Snapshots ({len(entry.status.snapshots):,})"), words, table)


def _query(name: str, text: str) -> Html:
    return tag("details", tag("summary", "SQL ", tag("code", name)), sql(text.strip()), class_="query")


def _haystack(entry: Entry) -> str:
    """What the search looks through."""
    contract = entry.contract
    words = [entry.name, entry.owner, *(column.name for column in entry.columns)]
    words += [contract.grain, contract.purpose, *(rule.name for rule in contract.rules)] if contract else []
    words += [entry.source.description] if entry.source else []
    words += [word for metric in entry.metrics for word in (metric.name, *metric.synonyms)]
    words += ["pii"] if any(column.classification == "pii" for column in entry.columns) else []
    return " ".join(words).lower()
