"""What a text is, and what its parameters are."""

from __future__ import annotations

import time
from contextlib import suppress

import pytest

from marketpulse.errors import UsageError
from marketpulse.wire import types
from marketpulse.wire.parameters import completed
from marketpulse.wire.statements import statements

TEXT, TEXTS = types.TEXT, types.TYPES[types.TEXT].array


@pytest.mark.parametrize(
    ("text", "kinds"),
    [
        ("select 1", ["query"]),
        (" ; ;; -- x\n /* ; */ ", []),
        ("select ';', \";\" -- ;\n; /* ; */ select $$;$$", ["query", "query"]),
        ("from gold.x", ["query"]),
        ("show tables from gold", ["query"]),
        ("SHOW transaction isolation level", ["show"]),
        ("begin; select 1; end", ["begin", "query", "commit"]),
        ("/* hint */ insert into x values (1)", ["refused"]),
        ("explain select 1", ["query"]),
        ('declare "c 1" no scroll cursor without hold for select 1', ["declare"]),
        ("fetch forward all from c", ["fetch"]),
    ],
)
def test_a_text_is_cut_where_its_statements_end(text: str, kinds: list[str]) -> None:
    try:
        assert [each.kind for each in statements(text)] == kinds
    except UsageError:
        assert '"c 1"' in text  # a name with a blank is no name of a cursor here


def test_a_cursor_goes_forward_and_says_how_far() -> None:
    for text, count in {
        "fetch c": 1,
        "fetch all in c": None,
        "fetch 0 c": 0,
        "fetch forward 7 c": 7,
        'fetch 3 from "c"': 3,
    }.items():
        (found,) = statements(text)
        assert (found.name, found.count) == ("c", count)
    for text in ("fetch backward 2 from c", f"fetch {'9' * 5_000} from c"):
        with pytest.raises(UsageError, match="forward only"):
            list(statements(text))


@pytest.mark.parametrize(
    "text",
    ["declare a{}x", "begin; declare a{}cursor{}x", "declare a cursor{}", "set a{}x", "fetch forward{}a b", "show{}x",
     "fetch{}from{}", "close{}", "--{}", "/*{}", "{}select"],
)  # fmt: skip
def test_a_text_of_any_length_is_taken_apart_at_once(text: str) -> None:
    began = time.process_time()
    with suppress(UsageError):
        list(statements(text.replace("{}", " " * 100_000)))
        list(statements(text.replace("{}", " cursor for " * 10_000)))
    assert time.process_time() - began < 1


@pytest.mark.parametrize(
    ("text", "given", "found"),
    [
        ("select '$1', \"$2\" -- $3", [], []),
        ("select $2", [], [TEXT, TEXT]),
        ("select $1::date, cast($2 as numeric(18,4)), $3::pg_catalog.int8[]", [], [types.DATE, types.NUMERIC, 1016]),
        ("select a = any($1), b <> all($2)", [], [TEXTS, TEXTS]),
        ("select $1::date", [types.TIMESTAMP], [types.TIMESTAMP]),
        ("select 1", [types.INT4], [types.INT4]),
        ("select $1, $1::bool", [0], [types.BOOL]),
        ("select 'unterminated $1", [], []),
        ("select $²", [], []),
        (f"select ${'9' * 5_000}", [], []),
    ],
)
def test_the_type_of_a_parameter_is_what_the_client_says_else_the_text(
    text: str, given: list[int], found: list[int]
) -> None:
    assert completed(text, given) == found
