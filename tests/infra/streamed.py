"""A data stream that is not ours, read by the job ingest: denied while no setting names it, then in one commit.

The stream is made as another team would make it, encrypted by a key of theirs where the environment has no way out but
endpoints. The feed is beside those of the shop, in a project that extends it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.infra.pipeline import client, inside, marketpulse, run_step
from tests.infra.stack import Stack

STREAM, COUNT = "web-orders", 40
SOURCE = f"""name: web_orders
description: Orders of the web shop, a message each.
owner: web
format: json
stream: {{kinesis: {{stream: {STREAM}}}}}
"""


def refused(stack: Stack, name: str) -> dict[str, str]:
    """Make the stream; ingest may not read it, and reads the other feeds. The change that lets it."""
    kinesis = client(stack.env, "kinesis")
    kinesis.create_stream(StreamName=STREAM, ShardCount=2)
    key = client(stack.env, "kms").create_key()["KeyMetadata"]["Arn"] if name == "prod" else None
    if key:
        kinesis.start_stream_encryption(StreamName=STREAM, EncryptionType="KMS", KeyId=key)
    for number in range(COUNT):
        kinesis.put_record(StreamName=STREAM, PartitionKey=str(number), Data=json.dumps({"id": number}).encode())
    why = "no way leads to kinesis" if name == "prod" else "is not authorized to perform: kinesis:DescribeStreamSummary"
    feeds = _ingested(stack, ok=1)
    assert [feed for feed, told in feeds.items() if told["blocked"]] == ["web_orders"], feeds
    (blocked,) = feeds["web_orders"]["blocked"]
    assert why in blocked["message"], blocked
    assert "name it in streams" in blocked["hint"], blocked
    return {"streams = {}": f'streams = {{ {STREAM} = {{ key_arn = "{key}" }} }}' if key else _NAMED}


_NAMED = f"streams = {{ {STREAM} = {{}} }}"


def read(stack: Stack) -> str:
    """What ingest reads once it may, and where the next one begins; say what came out."""
    told = _ingested(stack)["web_orders"]
    assert (told["slices"], told["records"]) == (1, COUNT), told
    again = _ingested(stack)["web_orders"]
    assert (again["slices"], again["records"]) == (0, 0), again
    asked = "select count(*) as rows, count(distinct _ingest_id) as places from bronze.web_orders"
    env = inside(stack.env, stack.outputs())
    project = ("--project", str(_project(stack.work)))
    (found,) = json.loads(marketpulse(env, stack.work, "query", asked, "--format", "json", *project))
    assert found == {"rows": COUNT, "places": COUNT}, found
    return f"ingest read {COUNT} records of a stream in the name of its role, each once"


def _ingested(stack: Stack, ok: int = 0) -> dict[str, dict[str, Any]]:
    """Run the job ingest; what it said of each feed."""
    job = stack.outputs()["jobs"]["ingest"]
    lines = run_step(stack.env, job, stack.work, {"--project": str(_project(stack.work))}, ok)
    return {line["source"]: line for line in lines if line["event"] == "feed"}


def _project(work: Path) -> Path:
    folder = work / "streamed"
    (folder / "sources").mkdir(parents=True, exist_ok=True)
    (folder / "project.yaml").write_text("name: streamed\nextends: retail\n")
    (folder / "sources" / "web_orders.yaml").write_text(SOURCE)
    return folder
