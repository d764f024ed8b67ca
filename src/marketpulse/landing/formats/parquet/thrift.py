"""Structs of Thrift's compact protocol, as far as headers of Parquet pages need it: numbers, and structs of numbers.

The protocol: a byte a field, its upper half the step to the field's number, its lower half the type; numbers are
varints, signed ones in zigzag. https://github.com/apache/thrift/blob/master/doc/specs/thrift-compact-protocol.md
"""

from __future__ import annotations

from typing import Any

_TRUE, _FALSE, _BYTE, _I16, _I32, _I64, _DOUBLE, _BINARY, _LIST, _SET, _MAP, _STRUCT = range(1, 13)
_DEEPEST = 8


def struct(data: bytes) -> tuple[dict[int, Any], int]:
    """Fields by their numbers, and how many bytes they took. Raise IndexError or ValueError for what is none.

    >>> struct(bytes([0x15, 0x04, 0x15, 0x80, 0x01, 0x00]))
    ({1: 2, 2: 64}, 6)
    """
    return _struct(data, 0, _DEEPEST)


def _struct(data: bytes, at: int, depth: int) -> tuple[dict[int, Any], int]:
    if not depth:
        raise ValueError("too deep")
    fields: dict[int, Any] = {}
    number = 0
    while kind := data[at]:
        at += 1
        if kind >> 4:
            number += kind >> 4
        else:
            number, at = _signed(data, at)
        fields[number], at = _value(data, at, kind & 15, depth)
    return fields, at + 1


def _value(data: bytes, at: int, kind: int, depth: int) -> tuple[Any, int]:
    if kind in (_TRUE, _FALSE):
        return kind == _TRUE, at
    if kind in (_I16, _I32, _I64):
        return _signed(data, at)
    if kind == _BYTE:
        return data[at], at + 1
    if kind == _DOUBLE:
        return None, at + 8
    if kind == _BINARY:
        length, at = _varint(data, at)
        return None, at + length
    if kind == _STRUCT:
        return _struct(data, at, depth - 1)
    raise ValueError(f"a header of a page has no field of type {kind}")


def _signed(data: bytes, at: int) -> tuple[int, int]:
    value, at = _varint(data, at)
    return (value >> 1) ^ -(value & 1), at


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if not byte & 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number without an end")
