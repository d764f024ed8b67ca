"""Text: characters, regular expressions, JSON, URLs, digests."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import reduce

from sqlglot import exp

from marketpulse.sql.authored import VALID_JSON
from marketpulse.sql.function import UnsupportedError, literal, made, quoted, row
from marketpulse.sql.functions.schema import structure

_JAVA_ONLY = re.compile(r"\(\?(?:[=!<>]|P)|\\[1-9kGZzpPQEXRhHvV]|[*+?}]\+|&&")
#: A group that has a number: not one that is only for order (`(?:…)`).
_GROUP = re.compile(r"\\.|\[\^?\]?(?:\\.|\[:\w+:\]|[^\]\\])*\]|(\((?!\?)|\(\?P?<(?![=!]))", re.DOTALL)
_STEP = re.compile(r"\.([A-Za-z_][A-Za-z0-9_]*)|\[(\d+)\]|\['([^'\"]+)'\]")


def pattern(argument: exp.Expr) -> str:
    """Regular expression as a DuckDB literal; refuse what only Java reads."""
    text = literal(argument, "pattern")
    if found := _JAVA_ONLY.search(text):
        raise UnsupportedError(
            f"the regular expression uses {found[0]}, which DuckDB reads otherwise or not at all",
            "no look-around, back references, named groups or possessive quantifiers",
        )
    return quoted(text)


def matches(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    """`text rlike pattern`: the pattern is found anywhere."""
    return f"regexp_matches({texts[0]}, {pattern(arguments[1])})"


def _groups(text: str) -> int:
    """How many groups of a regular expression have a number."""
    return sum(1 for found in _GROUP.finditer(text) if found[1])


def _need_group(arguments: Sequence[exp.Expr], group: int) -> None:
    groups = _groups(literal(arguments[1], "pattern"))
    if group > groups:
        raise UnsupportedError(f"the regular expression has {groups} groups, not {group}", "put ( ) around the part")


def _replace(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    replacement = literal(arguments[2], "replacement").replace("\\", "\\\\")
    _need_group(arguments, max((int(number) for number in re.findall(r"\$(\d)", replacement)), default=0))
    replacement = re.sub(r"\$(\d)", r"\\\1", replacement)
    return f"regexp_replace({texts[0]}, {pattern(arguments[1])}, {quoted(replacement)}, 'g')"


def _extract(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    group = int(arguments[2].name) if len(arguments) > 2 and arguments[2].name.isdigit() else 1
    regex = pattern(arguments[1])
    _need_group(arguments, group)
    return f"regexp_extract({texts[0]}, {regex}, {group})"


def _split(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    return f"str_split_regex({texts[0]}, {pattern(arguments[1])})"


def _substring(_: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    text, start, *length = texts
    if not length:
        return f"substring({text}, {start})"
    # Position 0 means the first character; a negative start before the text still uses up the length.
    end = f"(case when {start} < 0 then length({text}) + ({start}) else greatest(({start}) - 1, 0) end)"
    first = f"greatest({end}, 0)"
    return f"substring({text}, {first} + 1, greatest({end} + ({length[0]}) - {first}, 0))"


def _locate(_: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    return f"cast(strpos({texts[1]}, {texts[0]}) as int)"


def _sha2(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    if arguments[1].name not in ("256", "0"):
        raise UnsupportedError(f"sha2 with {arguments[1].name} bits", "use sha2(text, 256)")
    return f"sha256({texts[0]})"


def _json(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    path = literal(arguments[1], "JSON path")
    steps = list(_STEP.finditer(path, 1))
    if not path.startswith("$") or "".join(step[0] for step in steps) != path[1:]:
        raise UnsupportedError(f"the JSON path {path} is not supported", "paths: $.name.name[0]")
    duck = "$" + "".join(f"[{s[2]}]" if s[2] else f'."{s[1] or s[3]}"' for s in steps)
    return f"json_extract_string(case when json_valid({texts[0]}) then {texts[0]} end, {quoted(duck)})"


def _from_json(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    schema = structure(literal(arguments[1], "schema"))
    if arguments[0].meta.get(VALID_JSON):  # see `marketpulse.sql.carry`
        return f"from_json({texts[0]}, {quoted(schema)})"
    # What is no JSON gives a struct of nulls; an empty text gives null.
    text = f"case when json_valid({texts[0]}) then {texts[0]} when trim({texts[0]}) <> '' then '{{}}' end"
    return f"from_json({text}, {quoted(schema)})"


def _parse_url(arguments: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    part = literal(arguments[1], "part").upper()
    text = texts[0]
    valid = f"case when regexp_full_match({text}, '[A-Za-z0-9:/?#\\[\\]@!$&''()*+,;=._~%-]*') then {text} end"
    parts = {
        "HOST": (r"^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:@]+)", 1),
        "PATH": (r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?(?://[^/?#]*)?([^?#]*)", 1),
        "QUERY": (r"^[^?#]*\?([^#]*)", 1),
        "PROTOCOL": (r"^([A-Za-z][A-Za-z0-9+.-]*):", 1),
        "REF": (r"#(.*)$", 1),
    }
    if part not in parts:
        raise UnsupportedError(f"parse_url(…, '{part}') is not supported", f"parts: {', '.join(parts)}")
    if len(arguments) == 2:
        regex, group = parts[part]
        found = f"regexp_extract({valid}, {quoted(regex)}, {group})"
        return found if part == "PATH" else f"nullif({found}, '')"
    key = re.escape(literal(arguments[2], "key"))
    if part != "QUERY":
        raise UnsupportedError(f"parse_url(…, '{part}', key) has no key", "a key is for QUERY")
    query = f"regexp_extract({valid}, {quoted(parts['QUERY'][0])}, 1)"
    present = f"regexp_matches({query}, {quoted(f'(?:^|&){key}=')})"
    return f"case when {present} then regexp_extract({query}, {quoted(f'(?:^|&){key}=([^&]*)')}, 1) end"


def _join(_: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    return f"({' || '.join(texts)})"


_BROKEN = "contains(regexp_replace({0}, '%[0-9A-Fa-f]{{2}}', '', 'g'), '%')"
_DECODED = "try(url_decode(replace({0}, '+', ' ')))"


def _url_decode(_: Sequence[exp.Expr], texts: Sequence[str]) -> str:
    """Java takes + for a space, fails at a % without two digits, and writes U+FFFD for what is no UTF-8."""
    broken, decoded = _BROKEN.format(texts[0]), _DECODED.format(texts[0])
    return f"case when not {broken} and not contains({decoded}, '\ufffd') then {decoded} end"


_CAPITAL = "upper(left(w, 1)) || lower(substring(w, 2))"
#: Letters that become several: Spark knows them, DuckDB leaves them as they are (or writes ẞ).
_SEVERAL = {
    "ß": "SS",
    "ŉ": "ʼN",
    "ǰ": "J̌",
    "ﬀ": "FF",
    "ﬁ": "FI",
    "ﬂ": "FL",
    "ﬃ": "FFI",
    "ﬄ": "FFL",
    "ﬅ": "ST",
    "ﬆ": "ST",
}
_ASCII = "strlen({0}) = length({0})"
_WIDE = reduce(lambda text, pair: f"replace({text}, '{pair[0]}', '{pair[1]}')", _SEVERAL.items(), "{0}")
_UPPER = f"case when {_ASCII} then upper({{0}}) else upper({_WIDE}) end"
# The last sigma of a word is another letter. Letters are those that stand beside one: of Latin, Greek, Cyrillic and
# Armenian. A pattern of all letters there are takes an engine longer to prepare than to read a small table.
_RANGES = (
    "41-5a 61-7a aa-aa b5-b5 ba-ba c0-d6 d8-f6 f8-2af 370-373 376-377 37b-37d 37f-37f 386-386 388-3f5 3f7-481 48a-556"
    " 560-588 1e00-1fbc 1fbe-1fbe 1fc2-1fcc 1fd0-1fdb 1fe0-1fec 1ff2-1ffc"
)
_LETTERS = "".join("-".join(chr(int(end, 16)) for end in span.split("-")) for span in _RANGES.split())
_SIGMA = f"regexp_replace({{0}}, '([{_LETTERS}])Σ([^{_LETTERS}]|$)', '\\1ς\\2', 'g')"
_LOWER = f"case when {_ASCII} then lower({{0}}) else lower(replace({_SIGMA}, 'İ', 'i̇')) end"

TEXT = {
    "ascii": row("ascii({0})"),
    "btrim": row("trim({0}, ' ')"),
    "char_length": row("cast(length({0}) as int)"),
    "character_length": row("cast(length({0}) as int)"),
    "concat": made(_join, *range(1, 40), note="null if any part is null", gives="text"),
    "concat_ws": row("concat_ws({*})", least=2, note="skips nulls; of texts, not of arrays", gives="text"),
    "contains": row("contains({0}, {1})"),
    "endswith": row("ends_with({0}, {1})"),
    "from_json": made(_from_json, 2, note="a schema whose leaves are STRING"),
    "get_json_object": made(_json, 2, note="null for what is no JSON", gives="text"),
    "initcap": row(
        f"array_to_string(list_transform(string_split({{0}}, ' '), lambda w: {_CAPITAL}), ' ')",
        note="words are parted by a space",
        gives="text",
    ),
    "instr": row("cast(strpos({0}, {1}) as int)"),
    "lcase": row(_LOWER),
    "left": row("left({0}, greatest({1}, 0))", gives="text"),
    "length": row("cast(length({0}) as int)", gives="whole"),
    "levenshtein": row("cast(levenshtein({0}, {1}) as int)"),
    "locate": made(_locate, 2),
    "lower": row(_LOWER, gives="text"),
    "lpad": row("lpad({0}, {1}, ' ')", "lpad({0}, {1}, {2})", gives="text"),
    "ltrim": row("ltrim({0}, ' ')", gives="text"),
    "md5": row("md5({0})", gives="text"),
    "parse_url": made(_parse_url, 2, 3, note="HOST PATH QUERY PROTOCOL REF, and QUERY with a key", gives="text"),
    "position": made(_locate, 2),
    "regexp_extract": made(_extract, 2, 3, note="group 1 unless told; '' when nothing matches", gives="text"),
    "regexp_like": made(matches, 2),
    "regexp_replace": made(_replace, 3, note="all matches; $1 is the first group", gives="text"),
    "repeat": row("repeat({0}, greatest({1}, 0))", gives="text"),
    "replace": row("replace({0}, {1}, '')", "replace({0}, {1}, {2})", gives="text"),
    "reverse": row("reverse({0})"),
    "right": row("right({0}, greatest({1}, 0))", gives="text"),
    "rlike": made(matches, 2),
    "rpad": row("rpad({0}, {1}, ' ')", "rpad({0}, {1}, {2})", gives="text"),
    "rtrim": row("rtrim({0}, ' ')", gives="text"),
    "sha2": made(_sha2, 2, note="256 bits", gives="text"),
    "split": made(_split, 2, note="by a regular expression"),
    "split_part": row("split_part({0}, {1}, {2})", gives="text"),
    "startswith": row("starts_with({0}, {1})"),
    "substr": made(_substring, 2, 3, gives="text"),
    "substring": made(_substring, 2, 3, note="0 and negative positions as Spark reads them", gives="text"),
    "translate": row("translate({0}, {1}, {2})", gives="text"),
    "trim": row("trim({0}, ' ')", note="spaces only", gives="text"),
    "ucase": row(_UPPER),
    "upper": row(_UPPER, gives="text"),
    "url_decode": made(_url_decode, 1, note="null for what is not well encoded, or no UTF-8", gives="text"),
}
