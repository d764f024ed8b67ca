"""Who may do what: a table of allowed and denied actions for every role, and rules for all of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from tests.infra import caps
from tests.infra.policies import Access, Statement, like

ACCOUNT, REGION = "123456789012", "us-east-2"
GLUE = f"arn:aws:glue:{REGION}:{ACCOUNT}"
CLUSTER = f"arn:aws:elasticmapreduce:{REGION}:{ACCOUNT}:cluster/"
READ, WRITE, DELETE = "s3:GetObject", "s3:PutObject", "s3:DeleteObject"
COMMIT, START, STEP = "glue:UpdateTable", "emr-serverless:StartJobRun", "elasticmapreduce:AddJobFlowSteps"
# Actions that take no resource, by AWS's own reference: the only ones that may name "*".
UNSCOPED = (
    "glue:GetSecurityConfiguration",
    "ec2:Describe*",
    "cloudwatch:PutMetricData",
    "ecr:GetAuthorizationToken",
    "redshift-data:CancelStatement",
    "redshift-data:DescribeStatement",
    "redshift-data:GetStatementResult",
)


@dataclass(frozen=True)
class Names:
    """Names of an environment that has been applied."""

    access: Access
    environment: str

    def s3(self, layer: str, key: str = "t/data/f.parquet", environment: str | None = None) -> str:
        return f"arn:aws:s3:::marketpulse-{ACCOUNT}-{environment or self.environment}-{layer}/{key}"

    def table(self, layer: str, environment: str | None = None, name: str = "t") -> str:
        return f"{GLUE}:table/marketpulse_{(environment or self.environment).replace('-', '_')}_{layer}/{name}"

    def one(self, kind: str) -> str:
        """ARN of the only resource of a type; of a key, of the one that is not a copy's."""
        (found,) = [each for each in self.access.of(kind) if "copies" not in str(each.get("description"))]
        return str(found["arn"])

    def role(self, short: str) -> str:
        return f"arn:aws:iam::{ACCOUNT}:role/marketpulse-{self.environment}-{short}"

    def athena(self, workgroup: str) -> str:
        return f"arn:aws:athena:{REGION}:{ACCOUNT}:workgroup/{workgroup}"

    @property
    def other(self) -> str:
        """Another environment of the same account."""
        return "stg" if self.environment != "stg" else "dev"


def table(n: Names) -> dict[str, tuple[list[tuple[str, str]], list[tuple[str, str]]]]:
    """Role -> (what it may, what it may not)."""
    key, other_key = n.one("aws_kms_key"), f"arn:aws:kms:{REGION}:{ACCOUNT}:key/another"
    (secret,) = [each["admin_password_secret_arn"] for each in n.access.of("aws_redshiftserverless_namespace")]
    application, workgroup = n.one("aws_emrserverless_application"), n.one("aws_redshiftserverless_workgroup")
    (workflow,) = [w["arn"] for w in n.access.of("aws_glue_workflow") if not w["name"].endswith("backfill")]
    queue = n.one("aws_sqs_queue")
    functions = {each["function_name"]: each["arn"] for each in n.access.of("aws_lambda_function")}
    registry = next((each["arn"] for each in n.access.of("aws_ecr_repository")), "")
    landing, starter = (functions[f"marketpulse-{n.environment}-{name}"] for name in ("events-landing", "start"))
    stream, script = n.one("aws_kinesis_stream"), n.s3("artifacts", "hash/glue_job.py")
    nobody = [(READ, n.s3(layer, environment=n.other)) for layer in ("landing", "silver", "gold")]
    nobody += [("kms:Decrypt", other_key), (COMMIT, n.table("gold", n.other)), ("iam:CreateRole", n.role("x"))]
    nobody += [("kms:ScheduleKeyDeletion", key), ("s3:PutBucketPolicy", n.s3("gold", "").rstrip("/"))]
    none = [(READ, n.s3(layer)) for layer in ("landing", "bronze", "silver", "gold", "quarantine", "artifacts")]
    file = n.s3("bronze", "flow_runs/data/f.parquet")
    run_ledger = [(READ, file), (WRITE, file), (COMMIT, n.table("bronze", name="flow_runs"))]
    return {
        "glue-transform": (
            [
                (READ, n.s3("landing")),
                (READ, script),
                (WRITE, n.s3("bronze")),
                (WRITE, n.s3("silver")),
                (WRITE, n.s3("quarantine")),
                (WRITE, n.s3("logs", "runs/r.json")),
                (COMMIT, n.table("silver")),
                ("kms:Decrypt", key),
                ("kms:GenerateDataKey", key),
                ("glue:GetTable", n.table("bronze")),
            ],
            [
                (WRITE, n.s3("landing")),
                (DELETE, n.s3("landing")),
                (READ, n.s3("gold")),
                (WRITE, n.s3("gold")),
                (COMMIT, n.table("gold")),
                (WRITE, script),
                (READ, n.s3("logs", "s3/gold/x")),
                (START, application),
                ("kinesis:GetRecords", stream),
                ("kinesis:GetRecords", stream.rpartition("/")[0] + "/of-others"),
                ("kinesis:PutRecord", stream.rpartition("/")[0] + "/web-orders"),
            ],
        ),
        "glue-maintain": (
            [
                (WRITE, n.s3("gold")),
                (DELETE, n.s3("bronze")),
                (COMMIT, n.table("gold")),
                (WRITE, n.s3("quarantine", "_people/audit/a.json")),
            ],
            [(READ, n.s3("landing")), (WRITE, script), ("s3:DeleteObjectVersion", n.s3("gold"))],
        ),
        "glue-gold": (
            [*_starts_gold(n)[0], (READ, script), (READ, n.s3("logs", "emr/stdout.gz"))],
            [*_starts_gold(n)[1], *none[:5], (START, application + "x"), ("iam:PassRole", n.role("emr-gold"))],
        ),
        "glue-serve": (
            [
                ("redshift-data:ExecuteStatement", workgroup),
                ("secretsmanager:GetSecretValue", secret),
                (READ, script),
                ("glue:GetTables", n.table("gold")),
                (WRITE, n.s3("artifacts", "tmp/served")),
                (READ, n.s3("quarantine", "_people/pseudonyms")),
            ],
            [
                *none[:5],
                (READ, n.s3("quarantine", "_people/secret-1")),
                (READ, n.s3("quarantine")),
                ("secretsmanager:GetSecretValue", secret + "x"),
                ("redshift-serverless:GetCredentials", workgroup),
            ],
        ),
        "emr-gold": (
            [
                (READ, n.s3("silver")),
                (WRITE, n.s3("gold")),
                (COMMIT, n.table("gold")),
                (READ, script),
                (READ, n.s3("quarantine", "_people/erased.json")),
                *run_ledger,
            ],
            [
                (READ, n.s3("landing")),
                (READ, n.s3("bronze")),
                (WRITE, n.s3("bronze")),
                (COMMIT, n.table("bronze")),
                (WRITE, n.s3("silver")),
                (COMMIT, n.table("silver")),
                (READ, n.s3("quarantine")),
                (WRITE, script),
            ],
        ),
        "emr-cluster": (
            [("kms:Decrypt", key), ("ec2:DescribeSubnets", "*")],
            [*none, (WRITE, n.s3("gold")), (START, application)],
        ),
        "emr-nodes": (
            [
                (READ, n.s3("silver")),
                (WRITE, n.s3("gold")),
                (WRITE, n.s3("logs", "emr/j-1/steps/s-1/stdout.gz")),
                *run_ledger,
            ],
            [
                (READ, n.s3("landing")),
                (WRITE, n.s3("bronze")),
                (WRITE, n.s3("silver")),
                (COMMIT, n.table("silver")),
                (WRITE, script),
            ],
        ),
        "redshift": (
            [(READ, n.s3("gold")), (WRITE, n.s3("gold", "_exports/x")), ("glue:GetTable", n.table("gold"))],
            [(WRITE, n.s3("gold")), (READ, n.s3("silver")), (READ, n.s3("landing")), (COMMIT, n.table("gold"))],
        ),
        "analyst": (
            [("redshift-data:ExecuteStatement", workgroup), ("redshift-serverless:GetCredentials", workgroup)],
            [
                *none,
                (READ, n.s3("answers", "athena/q.csv")),
                ("athena:StartQueryExecution", n.athena(f"marketpulse-{n.environment}")),
                ("athena:GetQueryResults", n.athena(f"marketpulse-{n.environment}")),
                ("glue:GetTable", n.table("gold")),
                ("kms:Decrypt", key),
                ("secretsmanager:GetSecretValue", secret),
            ],
        ),
        "steward": (
            [
                ("athena:StartQueryExecution", n.athena(f"marketpulse-{n.environment}")),
                (READ, n.s3("gold")),
                ("glue:GetTable", n.table("gold")),
                (WRITE, n.s3("answers", "athena/q.csv")),
                ("kms:Decrypt", key),
            ],
            [
                ("athena:StartQueryExecution", n.athena("primary")),
                ("athena:UpdateWorkGroup", n.athena(f"marketpulse-{n.environment}")),
                (WRITE, n.s3("gold")),
                (COMMIT, n.table("gold")),
                *none[:3],
                *none[4:],
            ],
        ),
        "events-endpoint": (
            [("kinesis:PutRecord", stream)],
            [("kinesis:GetRecords", stream), (WRITE, n.s3("landing")), ("kms:Decrypt", key)],
        ),
        "events-key": ([], [("kinesis:PutRecord", stream), *none]),
        "events-landing": (
            [(WRITE, n.s3("landing", "collect_rejects/f.ndjson")), ("kms:GenerateDataKey", key)],
            [
                (WRITE, n.s3("landing", "clickstream/f.gz")),
                ("kinesis:GetRecords", stream),
                (DELETE, n.s3("landing", "collect_rejects/f.ndjson")),
                *none,
            ],
        ),
        "collector-start": (
            [("ecr:BatchGetImage", registry), ("ecr:GetAuthorizationToken", "*")],
            [("ecr:BatchGetImage", registry + "x"), ("kinesis:PutRecords", stream), *none],
        ),
        "collector-run": (
            [
                ("kinesis:PutRecords", stream),
                (READ, n.s3("artifacts", "door/collect.yaml")),
                ("kms:GenerateDataKey", key),
            ],
            [
                ("kinesis:GetRecords", stream),
                (READ, script),
                (WRITE, n.s3("artifacts", "door/collect.yaml")),
                (WRITE, n.s3("landing")),
                *none[:5],
            ],
        ),
        "events-delivery": (
            [
                ("kinesis:GetRecords", stream),
                (WRITE, n.s3("landing", "clickstream/f.gz")),
                ("lambda:InvokeFunction", f"{landing}:$LATEST"),
            ],
            [
                (WRITE, n.s3("landing", "sales/f.csv")),
                (READ, n.s3("landing")),
                (DELETE, n.s3("landing", "clickstream/f")),
                ("lambda:InvokeFunction", starter),
            ],
        ),
        "privacy": (
            [("s3:DeleteObjectVersion", n.s3(layer)) for layer in ("landing", "bronze", "silver", "gold", "quarantine")]
            + [
                ("s3:ListBucketVersions", n.s3("gold", "").rstrip("/")),
                (COMMIT, n.table("bronze")),
                (WRITE, n.s3("gold")),
            ],
            [("s3:PutBucketVersioning", n.s3("gold", "").rstrip("/")), (WRITE, script), (START, application)],
        ),
        "start": (
            [("glue:StartWorkflowRun", workflow), ("glue:GetWorkflow", workflow), ("sqs:ReceiveMessage", queue)],
            [("glue:StartJobRun", "*"), ("glue:StartWorkflowRun", workflow + "-backfill"), *none],
        ),
        "copy": (
            [("s3:GetObjectVersionForReplication", n.s3("landing")), ("s3:ReplicateObject", n.s3("landing-copy"))],
            [
                (READ, n.s3("gold")),
                (WRITE, n.s3("landing")),
                ("s3:ReplicateObject", n.s3("landing")),
                (READ, n.s3("landing-copy")),
            ],
        ),
        "vpc-flow": ([], [*none, ("kms:Decrypt", key)]),
        "optimizer": ([(WRITE, n.s3("gold"))], [(WRITE, n.s3("silver")), (READ, n.s3("landing"))]),
    } | {"*": ([], nobody)}


def _starts_gold(n: Names) -> tuple[list[tuple[str, str]], list[tuple[str, str]]]:
    """What the gold step may and may not do: on the cluster if there is one, else on the serverless application."""
    application, another = n.one("aws_emrserverless_application"), CLUSTER + "j-ANOTHER"
    serverless = [(START, application), ("emr-serverless:GetJobRun", f"{application}/jobruns/1")]
    verbs = ("AddJobFlowSteps", "CancelSteps", "DescribeCluster", "DescribeStep", "ListSteps")
    never = [(f"elasticmapreduce:{verb}", CLUSTER + "j-1") for verb in ("RunJobFlow", "TerminateJobFlows")]
    never += [(STEP, another)]
    for cluster in n.access.of("aws_emr_cluster"):
        never += [("elasticmapreduce:TerminateJobFlows", cluster["arn"])]
        return [(f"elasticmapreduce:{verb}", cluster["arn"]) for verb in verbs], [*serverless, *never]
    return serverless, never


def wrong(plan: dict[str, Any], environment: str, boundary: list[Statement] | None = None) -> list[str]:
    """What the policies of a plan say that they should not, or do not say that they should.

    `boundary` are the statements of the policy that caps every role.
    """
    access = Access(plan, boundary)
    names = Names(access, environment)
    expected = table(names)
    prefix = f"marketpulse-{environment}-"
    found = []
    for role in access.roles:
        short = role.removeprefix(prefix)
        if short not in expected:
            found.append(f"{role} is in no table: say what it may and may not")
        may, may_not = expected.get(short, ([], []))
        found += [f"{role} may not {action} {on}" for action, on in may if not access.allows(role, action, on)]
        denied = [*may_not, *expected["*"][1]]
        found += [f"{role} may {action} {on}" for action, on in denied if access.allows(role, action, on)]
    return found + caps.broken(access) + _wildcards(access) + _trust(access) + _pass_role(names) + _buckets(names)


def _wildcards(access: Access) -> list[str]:
    """No `*` on `*`; "*" as resource only for what takes none."""
    found = []
    for role, statements in access.roles.items():
        for statement in (each for each in statements if each["Effect"] == "Allow"):
            actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
            found += [f"{role} may {action}" for action in actions if action.endswith("*")]
            scoped = [each for each in actions if not any(like(pattern, each) for pattern in UNSCOPED)]
            if statement["Resource"] == "*" and scoped:
                found.append(f"{role} may {scoped} on everything")
    return found


#: Services that say in whose name they take a role, by AWS's documents ("confused deputy"). Others are not known to say
#: so: asked for it, they would take no role at all.
SAYS_WHOSE = {
    "ecs-tasks.amazonaws.com",
    "emr-serverless.amazonaws.com",
    "glue.amazonaws.com",
    "vpc-flow-logs.amazonaws.com",
}
SAYS_NOTHING = {
    "apigateway.amazonaws.com",
    "ec2.amazonaws.com",
    "elasticmapreduce.amazonaws.com",
    "firehose.amazonaws.com",
    "lambda.amazonaws.com",
    "redshift-serverless.amazonaws.com",
    "redshift.amazonaws.com",
    "s3.amazonaws.com",
}


def _trust(access: Access) -> list[str]:
    """A role is taken by a service in the name of this account, where it says in whose, or by this account's people."""
    found = []
    for role in access.of("aws_iam_role"):
        for statement in json.loads(role["assume_role_policy"])["Statement"]:
            principal, condition = statement["Principal"], statement.get("Condition", {})
            account = principal.get("AWS", "") in (ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root")
            services = principal.get("Service", [])
            services = {services} if isinstance(services, str) else set(services)
            guarded = services <= SAYS_WHOSE and condition.get("StringEquals", {}).get("aws:SourceAccount") == ACCOUNT
            plain = services <= SAYS_NOTHING and not condition
            if not (account or (services and (guarded or plain))):
                found.append(f"{role['name']} is taken by {principal} in whoever's name")
    return found


def _pass_role(n: Names) -> list[str]:
    """The gold step hands gold's role to EMR Serverless, no other and to nobody else; for a cluster it hands none."""
    gold, to = f"marketpulse-{n.environment}-glue-gold", "emr-serverless.amazonaws.com"
    good = n.access.allows(gold, "iam:PassRole", n.role("emr-gold"), iam__PassedToService=to)
    other = n.access.allows(gold, "iam:PassRole", n.role("redshift"), iam__PassedToService=to)
    elsewhere = n.access.allows(gold, "iam:PassRole", n.role("emr-gold"), iam__PassedToService="ec2.amazonaws.com")
    serverless = not n.access.of("aws_emr_cluster")
    return [] if (good, other, elsewhere) == (serverless, False, False) else ["glue-gold hands over the wrong role"]


def _buckets(n: Names) -> list[str]:
    """What bucket policies forbid even to somebody who may do everything."""
    admin = [{"Effect": "Allow", "Action": "*", "Resource": "*"}]
    key = n.one("aws_kms_key")
    header, algorithm = "s3:x-amz-server-side-encryption-aws-kms-key-id", "s3:x-amz-server-side-encryption"
    found = []
    for layer in ("landing", "bronze", "silver", "gold", "quarantine", "artifacts", "answers"):
        cases = {
            "plain": ({}, True),
            "this key": ({header: key, algorithm: "aws:kms"}, True),
            "another key": ({header: key + "x", algorithm: "aws:kms"}, False),
            "no key": ({algorithm: "AES256"}, False),
            "no TLS": ({"aws:SecureTransport": "false"}, False),
        }
        for name, (context, may) in cases.items():
            asked = Access(n.access.plan, context={"aws:SecureTransport": "true"} | context)
            if asked.decides(admin, WRITE, n.s3(layer), {}) != may:
                found.append(f"{layer}: a write with {name} is {'denied' if may else 'allowed'}")
        kept = n.environment == "prod" and layer not in ("answers", "artifacts")
        if n.access.decides(admin, "s3:DeleteObjectVersion", n.s3(layer), {}) == kept:
            found.append(f"{layer}: removing a version is {'allowed' if kept else 'denied'}")
    return found
