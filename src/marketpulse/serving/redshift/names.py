"""Identifiers of Redshift: what must be quoted and what is too long."""

from __future__ import annotations

from marketpulse.errors import UsageError

LONGEST = 127
# Amazon Redshift Database Developer Guide, "Reserved words".
_WORDS = """
    aes128 aes256 all allowoverwrite analyse analyze and any array as asc authorization az64 backup between binary
    blanksasnull both bytedict bzip2 case cast check collate column constraint create credentials cross current_date
    current_time current_timestamp current_user current_user_id default deferrable deflate defrag delta delta32k desc
    disable distinct do else emptyasnull enable encode encrypt encryption end except explicit false for foreign freeze
    from full globaldict256 globaldict64k grant group gzip having identity ignore ilike in initially inner intersect
    interval into is isnull join leading left like limit localtime localtimestamp lun luns lzo lzop minus mostly16
    mostly32 mostly8 natural new not notnull null nulls off offline offset oid old on only open or order outer overlaps
    parallel partition percent permissions pivot placing primary raw readratio recover references rejectlog resort
    respect restore right select session_user similar snapshot some sysdate system table tag tdes text255 text32k then
    timestamp to top trailing true truncatecolumns union unique unnest unpivot user using verbose wallet when where with
    without
"""
# Words of the PostgreSQL it is made of that may name a column in some places only: types, and what looks like a call.
_TYPES = """
    bigint bit boolean char character coalesce dec decimal exists extract float greatest inout int integer least
    national nchar none nullif numeric out overlay position precision real row setof smallint substring time treat trim
    values varchar
"""
RESERVED = frozenset((_WORDS + _TYPES).split())


def name(identifier: str) -> str:
    """The identifier as it is written in SQL. Raise UsageError for one that is too long.

    >>> name("total"), name("order")
    ('total', '"order"')
    """
    if len(identifier.encode()) > LONGEST:
        raise UsageError(f"{identifier[:40]}… has {len(identifier)} letters", hint=f"Redshift takes {LONGEST}")
    return f'"{identifier}"' if identifier in RESERVED else identifier


def text(value: str) -> str:
    """A text in SQL; `$$` would end the procedure it stands in."""
    return "'" + value.replace("'", "''").replace("$$", "$ $") + "'"
