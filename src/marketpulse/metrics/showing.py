"""Values of metrics as people write them: `12,345`, `3.2 %`, `1 h 05 min`."""

from __future__ import annotations

from decimal import Decimal

from marketpulse.metrics.metric import Metric

_FORMATS = {"money": "#,##0.00", "count": "#,##0", "share": "0.0%", "number": "#,##0.00"}
Number = int | float | Decimal


def written(metric: Metric, value: Number | None) -> str:
    """A value in the format of its metric; a dash where there is none.

    >>> written(Metric("rate", "", "share"), 0.0321), written(Metric("orders", "", "count"), 1234)
    ('3.2 %', '1,234')
    """
    if value is None:
        return "–"
    if metric.unit == "duration" and not metric.format:
        return _duration(float(value))
    form = metric.format or _FORMATS[metric.unit]
    is_share, digits = form.endswith("%"), len(form.rstrip("%").partition(".")[2])
    number = value * 100 if is_share else value
    separated = f"{number:,.{digits}f}" if "," in form or not metric.format else f"{number:.{digits}f}"
    separated = separated if float(separated.replace(",", "")) else separated.removeprefix("-")
    return f"{separated} %" if is_share else separated


def change_of(value: Number | None, before: Number | None) -> float | None:
    """By which part of what was before a value differs; None where there is nothing to compare with.

    >>> change_of(110, 100), change_of(5, 0)
    (0.1, None)
    """
    if value is None or not before:
        return None
    return round((float(value) - float(before)) / abs(float(before)), 6)


def change_written(change: float | None) -> str:
    """A change in percent, with its sign."""
    return "–" if change is None else f"{change * 100:+,.1f} %".replace("-0.0 %", "0.0 %").replace("+0.0 %", "0.0 %")


def _duration(seconds: float) -> str:
    whole = round(seconds)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:,} h {minutes:02} min" if hours else f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
