"""Glue Python-shell step: run generated SQL in Redshift Serverless, statement by statement, and fail when one fails.

Needs boto3 and the standard library only (Python 3.9); `--libraries-uri` brings a boto3 that is newer than the shell's.
Every statement can be run again, so a retry of the step is safe, and so is running it after every build of gold: that
is what brings the copies up to date.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import time
import zipfile
from datetime import datetime, timezone
from typing import Any

FAILED = {"FAILED", "ABORTED"}
#: As a statement names the parameter that is the secret of pseudonyms.
PARAMETER = ":pseudonyms"


def main(argv: list[str]) -> int:
    """Run every statement of the file, in order; 0 done, 1 a statement failed, 2 wrong arguments or file."""
    arguments = parse(argv)
    be_in(arguments.region)
    use_libraries(arguments.libraries_uri)
    import boto3

    try:
        statements = read_statements(boto3.client("s3"), arguments.statements_uri)
    except ValueError as error:
        say("error", message=f"{arguments.statements_uri}: {error}", hint="build it anew: make package")
        return 2
    try:
        secret = read(boto3.client("s3"), arguments.pseudonyms_uri) if arguments.pseudonyms_uri else ""
    except boto3.client("s3").exceptions.NoSuchKey:
        say("error", message=f"{arguments.pseudonyms_uri}: there is no such file", hint="the first ingest makes it")
        return 1
    state = gold(boto3.client("glue"), arguments, secret) if arguments.state_uri else ""
    served, minutes = remembered(boto3.client("s3"), arguments.state_uri) if state else ("", None)
    if state and state == served:
        say("nothing new", workgroup=arguments.workgroup)
        return 0
    if minutes is not None and minutes < arguments.every_minutes:
        say("not yet", served_minutes_ago=round(minutes), every_minutes=arguments.every_minutes)
        return 0
    deadline = time.monotonic() + 60 * arguments.timeout_minutes
    client = boto3.client("redshift-data")
    for number, sql in enumerate(statements, 1):
        problem = run(client, arguments, sql, deadline, secret)
        if problem:
            say("error", statement=number, of=len(statements), message=problem, sql=sql[:500])
            return 1
        say("statement done", statement=number, of=len(statements))
    if state:
        remember(boto3.client("s3"), arguments.state_uri, state)
    say("served", statements=len(statements), workgroup=arguments.workgroup)
    return 0


def parse(argv: list[str]) -> argparse.Namespace:
    """Read the arguments; those Glue adds for itself are left alone."""
    parser = argparse.ArgumentParser(prog="glue_redshift", allow_abbrev=False)
    parser.add_argument("--workgroup", required=True, help="Redshift Serverless workgroup.")
    parser.add_argument("--database", required=True, help="Database in it.")
    parser.add_argument("--secret-arn", required=True, help="Secret of the owner of the schemas.")
    parser.add_argument("--statements-uri", required=True, help="s3:// URI of the statements, a JSON list of SQL.")
    parser.add_argument("--pseudonyms-uri", default="", help="s3:// URI of what keys pseudonyms.")
    parser.add_argument("--gold-database", default="", help="Glue database of gold, looked at for what changed.")
    parser.add_argument("--state-uri", default="", help="s3:// URI where what was served last is remembered.")
    parser.add_argument("--every-minutes", type=float, default=0, help="Serve what is new at most so often.")
    parser.add_argument("--region", default="", help="Region of AWS (default: as the environment says).")
    parser.add_argument("--libraries-uri", default="", help="s3:// URI of a zip of libraries to use.")
    parser.add_argument("--timeout-minutes", type=float, default=45, help="How long all of them may take.")
    return parser.parse_known_args(argv)[0]


def read_statements(s3: Any, uri: str) -> list[str]:
    """The statements of the file. Raise ValueError when it is not a JSON list of texts."""
    found = json.loads(read(s3, uri))
    if not isinstance(found, list) or not all(isinstance(sql, str) and sql.strip() for sql in found):
        raise ValueError("not a JSON list of SQL statements")
    return found


def read(s3: Any, uri: str) -> str:
    """A text file."""
    bucket, _, key = uri[len("s3://") :].partition("/")
    return str(s3.get_object(Bucket=bucket, Key=key)["Body"].read().decode())


def gold(glue: Any, arguments: argparse.Namespace, secret: str) -> str:
    """What gold is now, and what is to be run: a digest of metadata files, the statements' name, the secret.

    Redshift is paid by the second from its first statement on: a run that changed nothing of gold shall not wake it.
    """
    pages = glue.get_paginator("get_tables").paginate(DatabaseName=arguments.gold_database)
    tables = [table for page in pages for table in page["TableList"]]
    told = sorted((table["Name"], table.get("Parameters", {}).get("metadata_location", "")) for table in tables)
    return hashlib.sha256(json.dumps([told, arguments.statements_uri, secret]).encode()).hexdigest()


def remembered(s3: Any, uri: str) -> tuple[str, float | None]:
    """The digest of what was served last, and how many minutes ago; None when nothing is known of it."""
    bucket, _, key = uri[len("s3://") :].partition("/")
    try:
        found = s3.get_object(Bucket=bucket, Key=key)
    except s3.exceptions.NoSuchKey:
        return "", None
    age = datetime.now(timezone.utc) - found["LastModified"]  # noqa: UP017 - Python 3.9
    return str(found["Body"].read().decode()), age.total_seconds() / 60


def remember(s3: Any, uri: str, state: str) -> None:
    """Write down what was served; lost, it is served once more."""
    bucket, _, key = uri[len("s3://") :].partition("/")
    s3.put_object(Bucket=bucket, Key=key, Body=state.encode())


def run(client: Any, arguments: argparse.Namespace, sql: str, deadline: float, secret: str = "") -> str | None:
    """Run one statement to its end; the answer is what went wrong.

    A statement that names the parameter is given the secret so: it is no part of texts, which are kept and told.
    """
    where = {"WorkgroupName": arguments.workgroup, "Database": arguments.database, "SecretArn": arguments.secret_arn}
    given: dict[str, Any] = {}
    if PARAMETER in sql:
        if not secret:
            return "it needs what keys pseudonyms: --pseudonyms-uri"
        given["Parameters"] = [{"name": PARAMETER[1:], "value": secret}]
    started = client.execute_statement(Sql=sql, **where, **given)
    pause = 0.5
    while True:
        state = client.describe_statement(Id=started["Id"])
        if state["Status"] == "FINISHED":
            return None
        if state["Status"] in FAILED:
            return str(state.get("Error", state["Status"].lower()))
        if time.monotonic() > deadline:
            client.cancel_statement(Id=started["Id"])
            return f"cancelled: all statements together took more than {arguments.timeout_minutes:g} minutes"
        time.sleep(pause)
        pause = min(pause * 1.5, 10)


def be_in(region: str) -> None:
    """Tell every client the region, by both names: each reads one of them only."""
    if region:
        os.environ.update(AWS_REGION=region, AWS_DEFAULT_REGION=region)


def use_libraries(uri: str) -> None:
    """Import from this zip of libraries before all others; no index is asked, and nothing is installed.

    A process of its own fetches it with the boto3 that is there; what this one may have imported of it is forgotten.
    """
    if not uri:
        return
    folder = tempfile.mkdtemp()
    bucket, _, key = uri[len("s3://") :].partition("/")
    fetch = "import boto3, sys; boto3.client('s3').download_file(*sys.argv[1:])"
    subprocess.run([sys.executable, "-c", fetch, bucket, key, f"{folder}/libraries.zip"], check=True)  # noqa: S603 - itself
    with zipfile.ZipFile(f"{folder}/libraries.zip") as archive:
        archive.extractall(folder)
        brought = {name.partition("/")[0].partition(".")[0] for name in archive.namelist()}
    for name in [each for each in sys.modules if each.partition(".")[0] in brought]:
        del sys.modules[name]
    sys.path.insert(0, folder)


def say(event: str, **values: Any) -> None:
    """One JSON line, as every job writes them."""
    moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
    level = "ERROR" if event == "error" else "INFO"
    print(json.dumps({"time": moment, "level": level, "event": event, "stage": "serve", **values}), flush=True)


if __name__ == "__main__":
    if code := main(sys.argv[1:]):
        sys.exit(code)
