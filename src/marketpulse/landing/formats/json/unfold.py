"""Texts of JSON -> the records in them: the elements of the array that a path leads to, cut out as they were written.

The objects on the way (`_Nodes`) are found for all texts at once, a step of the path at a time. Each knows what stands
around it: the text it came in, in which every array on the way is replaced by the one element that leads here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from marketpulse.landing.formats.json.spelling import Names
from marketpulse.landing.formats.json.strings import Flags, Places
from marketpulse.landing.formats.json.tokens import (
    CLOSE_ARRAY,
    CLOSE_OBJECT,
    COMMA,
    OPEN_ARRAY,
    OPEN_OBJECT,
    Tokens,
    pairs,
    scan,
    slices,
    trimmed,
)
from marketpulse.landing.limits import Limits

#: What stands around records is repeated with each: so many bytes at once, or one text.
_AT_ONCE = 64 << 20
#: The records of a text may take so many times its own bytes, if that is more than one record may have.
TIMES = 10
_BLANK = " \t\r\n"


@dataclass(frozen=True)
class Around:
    """What stands around texts that are elements of a longer one: before and behind, and, of a record, `envelope`."""

    before: str = ""
    behind: str = ""
    envelope: str | None = None


ALONE = Around()


@dataclass(frozen=True)
class Found:
    """Records of some texts: of which `text`, the record as written, what is around it, its place, its reason if bad.

    `places` say the elements on the way from the outside (`.2.1`), `items` the element of the last array; null without.
    Records of a text are in the order they stand in it, which `begins` says.
    """

    text: Places
    begins: Places
    records: pa.StringArray
    envelopes: pa.StringArray
    places: pa.StringArray
    items: pa.Array
    reasons: pa.StringArray


@dataclass(frozen=True)
class _Nodes:
    """Objects on the way: in which text, from where to where, behind which bracket (an index of the marks).

    `before` and `behind` are around them. `envelope` is what a record has, if the object becomes one as it is: with
    `home_begins` and `home_ends`, which are those of the element or text it stands in.
    """

    text: Places
    begins: Places
    ends: Places
    bracket: Places
    before: pa.StringArray
    behind: pa.StringArray
    home_begins: Places
    home_ends: Places
    envelope: pa.StringArray
    place: pa.StringArray

    def take(self, which: Places | Flags) -> _Nodes:
        index = np.flatnonzero(which) if which.dtype == bool else which
        taken = pa.array(index)
        return _Nodes(*(v[index] if isinstance(v, np.ndarray) else v.take(taken) for v in self.__dict__.values()))


class _TooMuchError(Exception):
    """What is around the records of several texts takes more than is to be in memory at once."""


def unfold(
    texts: pa.StringArray, path: Sequence[str], limits: Limits, around: Around = ALONE, lists: bool = False
) -> Iterator[Found]:
    """Records of texts, in pieces; one without the path is a record. With `lists`, arrays are lists of texts."""
    if not len(texts):
        return
    try:
        found = _Unfolding(texts, limits, around).found(path, lists)
    except _TooMuchError:
        half = len(texts) // 2
        yield from unfold(_compact(texts.slice(0, half)), path, limits, around, lists)
        for each in unfold(_compact(texts.slice(half)), path, limits, around, lists):
            yield replace(each, text=each.text + half)
    else:
        yield found


def elements(texts: pa.StringArray, around: Around, items: Places) -> Iterator[Found]:
    """Texts that are records as they are: elements, called `items`, of the array that is open in a longer text."""
    size = len((around.envelope or "").encode())
    step = max(1, _AT_ONCE // max(1, size))
    for begin in range(0, len(texts), step):
        some = texts.slice(begin, step)
        count, order = len(some), np.arange(begin, begin + len(some))
        given = (_same(around.envelope, count), _same("", count), pa.array(items[begin : begin + count]))
        yield Found(order, order, some, *given, _same(None, count))


def _compact(texts: pa.StringArray) -> pa.StringArray:
    return texts.take(pa.array(np.arange(len(texts))))


class _Unfolding:
    """One go over texts. `texts` has its bytes for itself: none before its first text, none behind its last."""

    def __init__(self, texts: pa.StringArray, limits: Limits, around: Around) -> None:
        _, offsets, data = texts.buffers()
        self._texts, self._limits, self._around = texts, limits, around
        self._data = data if data is not None else pa.py_buffer(b"")
        self._offsets = np.frombuffer(offsets, np.int32)[: len(texts) + 1].astype(np.int64)
        self._marks: Tokens = scan(self._data, self._offsets[:-1])
        whole = self._marks.is_whole
        self._counts = np.diff(np.append(self._marks.firsts, len(self._marks.places)))
        self._pairs = pairs(self._marks, np.repeat(whole, self._counts))
        self._is_whole = whole & (self._counts > 0)
        self._names = Names(self._data, self._marks)
        self._done: list[Found] = []

    def found(self, path: Sequence[str], lists: bool) -> Found:
        """See `unfold`."""
        if not len(self._marks.places):
            self._keep(self._texts_as_nodes(np.zeros(len(self._texts), np.int64)))
            return _joined(self._done)
        nodes = self._roots(lists)
        for number, name in enumerate(path):
            nodes = self._step(nodes, name, is_last=number == len(path) - 1)
            if not len(nodes.text):
                break
        else:
            if len(nodes.text):
                self._keep(nodes)
        return _joined(self._done)

    def _roots(self, with_lists: bool) -> _Nodes:
        """The texts themselves, or what the arrays among them hold."""
        marks, places = self._marks.marks, self._marks.places
        first = np.minimum(self._marks.firsts, len(places) - 1)
        texts = self._texts_as_nodes(first)
        starts = self._is_whole & (places[first] == texts.begins)
        objects = starts & (marks[first] == OPEN_OBJECT)
        last = self._pairs[first]
        lists = starts & (marks[first] == OPEN_ARRAY) & (marks[last] == CLOSE_ARRAY) & (places[last] == texts.ends - 1)
        lists &= with_lists
        self._keep(texts.take(~lists & ~objects))
        if not lists.any():
            return texts.take(objects)
        return _concat([texts.take(objects), self._elements_of_lists(texts.take(lists))])

    def _texts_as_nodes(self, first: Places) -> _Nodes:
        begins, ends, count = self._offsets[:-1], self._offsets[1:], len(self._texts)
        before, behind = _same(self._around.before, count), _same(self._around.behind, count)
        homes = (begins, ends, _same(self._around.envelope, count), _same("", count))
        return _Nodes(np.arange(count), begins, ends, first, before, behind, *homes)

    def _elements_of_lists(self, lists: _Nodes) -> _Nodes:
        parent, item, begins, ends, bracket, is_object = self._elements(lists.bracket)
        taken = pa.array(parent)
        nodes = _Nodes(
            lists.text[parent],
            begins,
            ends,
            bracket,
            lists.before.take(taken),
            lists.behind.take(taken),
            begins,
            ends,
            lists.envelope.take(taken),
            _placed(lists.place.take(taken), item),
        )
        self._keep(nodes.take(~is_object))
        return nodes.take(is_object)

    def _step(self, nodes: _Nodes, name: str, is_last: bool) -> _Nodes:
        """The objects in the field `name` of the nodes; those of them that lack it, and elements, become records."""
        owner, quote, opens = self._fields(nodes, name)
        times = np.bincount(owner, minlength=len(nodes.text))
        self._keep(nodes.take(times > 1), f"names {name} twice")
        once = (times[owner] == 1) & (opens >= 0)
        owner, quote, opens = owner[once], quote[once], opens[once]
        is_array = (self._marks.marks[opens] == OPEN_ARRAY) & (self._marks.marks[self._pairs[opens]] == CLOSE_ARRAY)
        is_object = (self._marks.marks[opens] == OPEN_OBJECT) & (not is_last)
        here = np.zeros(len(nodes.text), bool)
        here[owner[is_array | is_object]] = True
        self._keep(nodes.take(~here & (times <= 1)))
        inner = self._inside(nodes.take(owner[is_object]), opens[is_object])
        return _concat([inner, self._unfolded(nodes.take(owner[is_array]), quote[is_array], opens[is_array], is_last)])

    def _inside(self, nodes: _Nodes, opens: Places) -> _Nodes:
        """The objects that are values of fields of the nodes."""
        begins, ends = self._marks.places[opens], self._marks.places[self._pairs[opens]] + 1
        before, behind = self._outside(nodes, begins, ends)
        homes = (nodes.home_begins, nodes.home_ends, nodes.envelope, nodes.place)
        return _Nodes(nodes.text, begins, ends, opens, before, behind, *homes)

    def _outside(self, nodes: _Nodes, begins: Places, ends: Places) -> tuple[pa.StringArray, pa.StringArray]:
        """What stands around parts of the nodes."""
        before = _put_together(nodes.before, slices(self._data, nodes.begins, begins))
        return before, _put_together(slices(self._data, ends, nodes.ends), nodes.behind)

    def _unfolded(self, nodes: _Nodes, quote: Places, opens: Places, is_last: bool) -> _Nodes:
        """The elements of arrays that are values of fields of the nodes."""
        envelope = _put_together(*self._outside(nodes, *self._member(quote, opens)))
        before, behind = self._outside(nodes, self._marks.places[opens], self._marks.places[self._pairs[opens]] + 1)
        parent, item, begins, ends, bracket, is_object = self._elements(opens)
        counts = np.bincount(parent, minlength=len(nodes.text))
        self._keep(nodes.take(counts == 0))
        fits = self._fits(nodes, counts, envelope)
        kept = fits[parent]
        parent, item, begins, ends, bracket = parent[kept], item[kept], begins[kept], ends[kept], bracket[kept]
        taken = pa.array(parent)
        place = _placed(nodes.place.take(taken), item)
        around = (_blank(before, len(parent)), _blank(behind, len(parent)))
        if not is_last:
            around = (before.take(taken), behind.take(taken))
        found = _Nodes(nodes.text[parent], begins, ends, bracket, *around, begins, ends, envelope.take(taken), place)
        if is_last:
            self._keep(found, items=item)
            return found.take(np.zeros(len(item), bool))
        self._keep(found.take(~is_object[kept]))
        return self._trimmed(found.take(is_object[kept]))

    def _trimmed(self, objects: _Nodes) -> _Nodes:
        """Elements without the blanks around them, so that what stands around records is the same however it is cut."""
        closes = self._marks.places[self._pairs[objects.bracket]] + 1
        ends = np.where(self._is_blank(closes, objects.ends), closes, objects.ends)
        return replace(objects, begins=self._marks.places[objects.bracket], ends=ends)

    def _fits(self, nodes: _Nodes, counts: Places, envelope: pa.StringArray) -> Flags:
        """Whether what is around the elements may be kept with each of them; the nodes where it may not are told."""
        lengths = pc.binary_length(envelope).to_numpy(zero_copy_only=False).astype(np.int64)
        cost = lengths * counts
        own = self._offsets[nodes.text + 1] - self._offsets[nodes.text]
        fits: Flags = cost <= np.maximum(self._limits.record, TIMES * own)
        if cost[fits].sum() > _AT_ONCE and len(self._texts) > 1:
            raise _TooMuchError
        for place in np.flatnonzero(~fits):
            reason = self._limits.too_often(int(counts[place]), int(lengths[place]))
            self._keep(nodes.take(np.array([place])), reason)
        return fits

    def _member(self, quote: Places, opens: Places) -> tuple[Places, Places]:
        """From where to where a field goes, with the comma that is too many without it; `quote` begins its name."""
        marks, places = self._marks.marks, self._marks.places
        closes = self._pairs[opens]
        has_before, has_behind = marks[opens - 1] == COMMA, marks[closes + 1] == COMMA
        begins = np.where(has_before & ~has_behind, places[opens - 1], quote)
        ends = np.where(has_behind, places[closes + 1], places[closes]) + 1
        return begins, ends

    def _fields(self, nodes: _Nodes, name: str) -> tuple[Places, Places, Places]:
        """The fields `name` of the nodes: whose, where the quote before the name is, the bracket of the value or -1."""
        marks, places = self._marks.marks, self._marks.places
        begins, ends = self._names.of(name)
        # The mark behind a name is the bracket of its value, if that is an object or an array.
        behind = np.searchsorted(places, begins)
        owner = np.searchsorted(nodes.begins, begins, side="right") - 1
        mine = (owner >= 0) & (behind > 0) & (behind < len(places))
        begins, ends, behind, owner = begins[mine], ends[mine], behind[mine], owner[mine]
        mine = (begins < nodes.ends[owner]) & (self._marks.depth[behind - 1] == self._marks.depth[nodes.bracket[owner]])
        begins, ends, behind, owner = begins[mine], ends[mine], behind[mine], owner[mine]
        between = trimmed(self._data, ends, places[behind], _BLANK)
        is_name = _flags(pc.starts_with(between, ":"))
        bare = _flags(pc.equal(between, ":")) & ((marks[behind] == OPEN_ARRAY) | (marks[behind] == OPEN_OBJECT))
        return owner[is_name], begins[is_name], np.where(bare, behind, -1)[is_name]

    def _is_blank(self, begins: Places, ends: Places) -> Flags:
        texts = trimmed(self._data, begins, np.maximum(begins, ends), _BLANK)
        is_empty: Flags = _flags(pc.equal(pc.binary_length(texts), 0)) & (ends >= begins)
        return is_empty

    def _elements(self, opens: Places) -> tuple[Places, Places, Places, Places, Places, Flags]:
        """Elements of arrays: of which, its number from 1, from where to where, its first mark, whether an object."""
        marks, places, depth = self._marks.marks, self._marks.places, self._marks.depth
        begin, end = places[opens], places[self._pairs[opens]]
        commas = np.flatnonzero((marks == COMMA) & np.isin(depth, np.unique(depth[opens])))
        owner = np.searchsorted(begin, places[commas], side="right") - 1
        commas, owner = commas[owner >= 0], owner[owner >= 0]
        commas = commas[(places[commas] < end[owner]) & (depth[commas] == depth[opens[owner]])]
        begins = np.sort(np.concatenate((begin, places[commas]))) + 1
        ends = np.sort(np.concatenate((end, places[commas])))
        parent = np.searchsorted(begin, begins, side="right") - 1
        bracket = np.minimum(np.searchsorted(places, begins), max(0, len(places) - 1))
        filled = places[bracket] < ends  # what has a mark
        filled[~filled] = ~self._is_blank(begins[~filled], ends[~filled])
        alone = np.bincount(parent, minlength=len(opens))[parent] == 1
        kept = filled | ~alone
        begins, ends, parent, filled, bracket = begins[kept], ends[kept], parent[kept], filled[kept], bracket[kept]
        item = np.arange(len(parent)) - np.searchsorted(parent, parent) + 1
        is_object = filled & (marks[bracket] == OPEN_OBJECT) & (marks[self._pairs[bracket]] == CLOSE_OBJECT)
        is_object[is_object] = self._is_blank(begins[is_object], places[bracket[is_object]])
        return parent, item, begins, ends, bracket, is_object

    def _keep(self, nodes: _Nodes, reason: str | None = None, items: Places | None = None) -> None:
        """Make records of nodes."""
        count = len(nodes.text)
        if not count:
            return
        texts = trimmed(self._data, nodes.home_begins, nodes.home_ends, _BLANK)
        numbers = pa.nulls(count, pa.int64()) if items is None else pa.array(items, pa.int64())
        reasons = _same(reason, count)
        self._done.append(Found(nodes.text, nodes.home_begins, texts, nodes.envelope, nodes.place, numbers, reasons))


def _flags(values: pa.BooleanArray) -> Flags:
    found: Flags = values.to_numpy(zero_copy_only=False)
    return found


def _same(value: str | None, count: int) -> pa.StringArray:
    return pa.nulls(count, pa.string()) if value is None else pa.repeat(pa.scalar(value, pa.string()), count)


def _blank(like: pa.StringArray, count: int) -> pa.StringArray:
    return pa.repeat(pa.scalar("", like.type), count)


def _put_together(*parts: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise(*parts, "")


def _placed(outer: pa.StringArray, item: Places) -> pa.StringArray:
    return _put_together(outer, _same(".", len(item)), pc.cast(pa.array(item), pa.string()))


def _concat(parts: Sequence[_Nodes]) -> _Nodes:
    """Nodes together, in the order they stand."""
    filled = [part for part in parts if len(part.text)] or [parts[0]]
    if len(filled) == 1:
        return filled[0]
    columns = {name: [getattr(part, name) for part in filled] for name in _Nodes.__dataclass_fields__}
    order = np.argsort(np.concatenate(columns["begins"]), kind="stable")
    return _Nodes(*(_ordered(values, order) for values in columns.values()))


def _joined(parts: list[Found]) -> Found:
    """Records together, in the order they stand."""
    if not parts:
        none, nothing = np.zeros(0, np.int64), pa.array([], pa.string())
        return Found(none, none, nothing, nothing, nothing, pa.array([], pa.int64()), nothing)
    if len(parts) == 1:
        return parts[0]
    columns = {name: [getattr(part, name) for part in parts] for name in Found.__dataclass_fields__}
    order = np.argsort(np.concatenate(columns["begins"]), kind="stable")
    return Found(*(_ordered(values, order) for values in columns.values()))


def _ordered(values: list[Any], order: Places) -> Any:
    if isinstance(values[0], np.ndarray):
        return np.concatenate(values)[order]
    return pa.concat_arrays(values).take(pa.array(order))
