"""Who may come in, and what a stranger can do at the door: nothing to others, and little to the machine."""

from __future__ import annotations

import ipaddress
import struct
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Thread

import psycopg
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from marketpulse.errors import UsageError
from marketpulse.wire.opening import Told, opened_wire
from tests.engines.test_syntax import REACHES_OUT
from tests.serving.test_masking import ANSWERED, PEOPLE, REFUSED
from tests.shop import MiniShop
from tests.wire.house import Raw, Wire, said, wired

#: Beginnings that are none: too short, too long, negative, of another protocol, with texts that have no end.
BEGINNINGS = [
    b"GET / HTTP/1.1\r\n\r\n",
    struct.pack("!i", 3),
    struct.pack("!i", -1),
    struct.pack("!i", 2**31 - 1),
    struct.pack("!ii", 12, 2 << 16) + b"user",
    struct.pack("!ii", 13, 3 << 16) + b"user\xff",
    struct.pack("!ii", 9, 3 << 16) + b"\0",
    struct.pack("!ii", 8, 80877103) * 4,
    b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
]
#: Messages of somebody who came in that are none.
BROKEN = [
    (b"Q", b"no end"),
    (b"B", b"\0\0" + struct.pack("!hh", 0, 32_000)),
    (b"B", b"\0\0" + struct.pack("!hhi", 0, 1, -7)),
    (b"P", b"\0select 1\0" + struct.pack("!h", -1)),
    (b"P", b"\0select 1\0" + struct.pack("!h", 0) + b"and more"),
    (b"B", b"\0\0" + struct.pack("!hhhh", 2, 0, 0, 0)),
    (b"D", b"X\0"),
    (b"C", b"X\0"),
    (b"Q", b"select 1\0and more"),
    (b"Q", b"select " + b"1+" * 900 + b"1\0"),
    (b"Q", b"select " + b"(" * 900 + b" from pg_class\0"),
    (b"Q", b"select " + b"array[" * 900 + b"1" + b"]" * 900 + b"::text from pg_class\0"),
    (b"Q", b"select $" + b"9" * 5_000 + b"\0"),
    (b"Q", b"select '\xff'\0"),
    (b"D", b""),
    (b"E", b"\0"),
]


@pytest.mark.parametrize("bytes_", BEGINNINGS)
def test_what_is_no_beginning_ends_there_and_hurts_nobody(wire: Wire, bytes_: bytes) -> None:
    with Raw(wire) as raw:
        raw.say(bytes_)
        with suppress(OSError):  # it may be over already
            raw.socket.shutdown(1)
            while raw.socket.recv(1000):
                pass
    assert wire.rows("select 1") == [(1,)]


@pytest.mark.parametrize(("letter", "body"), BROKEN)
def test_a_broken_message_is_an_error_after_which_one_goes_on(wire: Wire, letter: bytes, body: bytes) -> None:
    with Raw(wire) as raw:
        raw.enter()
        raw.message(letter, body)
        if letter != b"Q":
            raw.message(b"S")
        assert [heard for heard, _ in raw.until_ready()] == [b"E"]
        raw.message(b"Q", b"select 1\0")
        assert [heard for heard, _ in raw.until_ready()] == [b"T", b"D", b"C"]


def test_a_message_that_is_too_long_is_not_read(wire: Wire) -> None:
    with Raw(wire) as raw:
        raw.enter()
        raw.say(b"Q", struct.pack("!i", 2**31 - 1))
        letter, body = raw.hear()
        assert (letter, said(body)["S"], said(body)["C"]) == (b"E", "FATAL", "54000")
        assert raw.hear() == (b"", b"")
    with Raw(wire) as raw:  # before somebody has said who he is, little may be said
        raw.begin()
        raw.hear()
        raw.say(b"p", struct.pack("!i", 20_000))
        assert said(raw.hear()[1])["C"] == "54000"


@pytest.mark.parametrize(
    ("change", "code", "words"),
    [
        ({"password": "wrong"}, "28P01", "password authentication failed"),
        ({"password": ""}, "28P01", ""),
        ({"dbname": "other"}, "3D000", "the one here is mini"),
        ({"replication": "database"}, "0A000", "replicate"),
    ],
)
def test_who_does_not_know_the_password_or_wants_something_else_stays_out(
    wire: Wire, change: dict[str, str], code: str, words: str
) -> None:
    given = {"user": "analyst", "password": wire.password, "database": "mini"}
    given |= {"database" if name == "dbname" else name: value for name, value in change.items()}
    with Raw(wire) as raw:
        pairs = [("user", given["user"]), ("database", given["database"])]
        pairs += [("replication", given["replication"])] if "replication" in given else []
        raw.begin(*(word for pair in pairs for word in pair))
        letter, body = raw.hear()
        if letter == b"R":
            raw.message(b"p", given["password"].encode() + b"\0")
            letter, body = raw.hear()
        assert (letter, said(body)["C"]) == (b"E", code)
        assert words in body.decode()
        assert raw.hear() == (b"", b"")


def test_a_query_before_the_password_is_no_way_in(wire: Wire) -> None:
    with Raw(wire) as raw:
        raw.begin()
        assert raw.hear()[0] == b"R"
        raw.message(b"Q", b"select 1\0")
        assert said(raw.hear()[1])["C"] == "28P01"


def test_only_who_knows_its_secret_stops_a_query(wire: Wire) -> None:
    def cancel(process: int, secret: int) -> None:
        with Raw(wire) as stranger:
            stranger.say(struct.pack("!iiiI", 16, 80877102, process, secret))
            assert stranger.socket.recv(1) == b""

    with Raw(wire) as raw:
        process, secret = raw.enter()
        found: list[bytes] = []
        raw.message(b"Q", b"select count(*) from range(100000000) a, range(100000000) b\0")
        waiting = Thread(target=lambda: found.append(raw.hear()[0]))
        waiting.start()
        cancel(process, secret ^ 1)
        cancel(process + 1, secret)
        waiting.join(0.5)
        assert waiting.is_alive()
        cancel(process, secret)
        waiting.join(20)
        assert found == [b"E"]


@pytest.mark.parametrize("query", REFUSED)
def test_what_is_hidden_is_not_there_whatever_is_made_of_it(wire: Wire, query: str) -> None:
    with pytest.raises(psycopg.Error):
        wire.rows(query)


@pytest.mark.parametrize("query", ANSWERED)
def test_what_takes_all_columns_takes_those_that_are_shown(wire: Wire, query: str) -> None:
    assert not PEOPLE.search(str(wire.rows(query)))


def test_nothing_beside_the_tables_is_read_not_by_the_catalogue_either(wire: Wire) -> None:
    secret = [each for each in REACHES_OUT.splitlines() if each not in ("show tables", "explain select 1")]
    secret = [each for each in secret if "information_schema" not in each]
    secret += [
        "select * from pg_class, read_text('/etc/passwd')",
        "select relname, (select content from read_text('/etc/passwd')) from pg_class",
        "select * from pg_catalog.pg_class where oid in (select count(*) from glob('/*'))",
        "select current_setting('x'), * from duckdb_settings()",
        "select version(), getenv('HOME')",
        "select * from whole_gold.dim_buyer, metrics.lines",
        "with whole_gold as (select 1) select * from whole_gold.dim_buyer, metrics.lines",
        "with dim_buyer as (select 1) select * from whole_gold.dim_buyer, metrics.lines",
        "select * from memory.whole_gold.dim_buyer, metrics.lines",
        "select pg_read_file('/etc/passwd')",
        "select * from pg_type_words",
        "create macro pg_x() as 1",
    ]
    with wire.connect() as connection:
        for query in secret:
            with pytest.raises(psycopg.Error):
                connection.execute(query)


def test_another_address_needs_tls_and_files_that_are_right(people: MiniShop, tmp_path: Path) -> None:
    def refused(told: Told) -> str:
        with pytest.raises(UsageError) as caught, opened_wire(people.settings, told):
            pass
        return str(caught.value)

    assert "unencrypted" in refused(Told("0.0.0.0", 0))
    assert "TLS needs both" in refused(Told("127.0.0.1", 0, certificate=tmp_path / "c.pem"))
    password = tmp_path / "password"
    password.write_text("short")
    password.chmod(0o600)
    assert "16 characters" in refused(Told("127.0.0.1", 0, password=password))
    password.chmod(0o640)
    assert "chmod 600" in refused(Told("127.0.0.1", 0, password=password))
    assert "no password can be read" in refused(Told("127.0.0.1", 0, password=tmp_path / "nothing"))
    (tmp_path / "c.pem").write_text("nothing")
    assert "no certificate" in refused(Told("0.0.0.0", 0, certificate=tmp_path / "c.pem", key=tmp_path / "c.pem"))


def test_by_tls_it_is_the_certificate_s_server_and_without_it_nobody_comes_in(people: MiniShop, tmp_path: Path) -> None:
    certificate, key = _certified(tmp_path)
    told = Told("0.0.0.0", 0, certificate=certificate, key=key)
    with wired(people, told=told) as wire:
        with wire.connect(sslmode="verify-full", sslrootcert=str(certificate)) as connection:
            assert connection.execute("select count(*) from silver.sales").fetchone() == (3,)
            assert connection.pgconn.ssl_in_use
        with pytest.raises(psycopg.OperationalError, match="TLS only"):
            wire.connect(sslmode="disable")
        with Raw(wire) as raw:  # what is said before TLS is not taken for what comes by it
            raw.say(struct.pack("!ii", 8, 80877103), struct.pack("!ii", 23, 3 << 16), b"user\0analyst\0\0\0")
            assert raw.socket.recv(1) == b"S"
            heard = b""
            with suppress(ConnectionResetError):
                while part := raw.socket.recv(1000):
                    heard += part
            assert not heard.startswith(b"R")  # it is asked for no password


def _certified(folder: Path) -> tuple[Path, Path]:
    """A certificate for this machine, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    built = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    built = built.serial_number(1).not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    names = x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    signed = built.add_extension(names, False).sign(key, hashes.SHA256())
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )
    return certificate, private
