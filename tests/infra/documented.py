"""Rules of AWS that no service's model carries: a plan that breaks one would be applied, and would not work.

One function a rule, each with what AWS says; `docs/aws.md` has the list. `broken(plan)` gives what is wrong.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from marketpulse.serving.redshift.names import RESERVED
from tests.infra.policies import Access, like

#: Services that say nothing in a request that a condition of a resource's policy could hold.
SILENT = {"events.amazonaws.com"}
#: Actions that take no resource ("Service Authorization Reference").
TAKES_NONE = ("glue:GetSecurityConfiguration", "ec2:Describe*", "cloudwatch:PutMetricData")
#: Requests that name no tags: a condition on their tags is never true.
CARRIES_NO_TAGS = ("ec2:DeleteNetworkInterface", "ec2:DeleteVolume", "ec2:TerminateInstances")
#: Metric -> the sets of dimensions it is counted by ("metrics and dimensions" of each service).
DIMENSIONS: dict[tuple[str, str], list[set[str]]] = {
    ("AWS/Redshift-Serverless", "QueriesQueued"): [{"QueryType", "Workgroup"}, {"Database", "QueryType", "Workgroup"}],
    ("AWS/Redshift-Serverless", "ComputeCapacity"): [{"Workgroup"}],
    ("AWS/Kinesis", "GetRecords.IteratorAgeMilliseconds"): [{"StreamName"}],
    ("AWS/Kinesis", "WriteProvisionedThroughputExceeded"): [{"StreamName"}],
    ("AWS/Firehose", "DeliveryToS3.Success"): [{"DeliveryStreamName"}],
    ("AWS/Firehose", "ExecuteProcessing.Success"): [{"DeliveryStreamName"}],
    ("AWS/Firehose", "DeliveryToS3.DataFreshness"): [{"DeliveryStreamName"}],
    ("AWS/ApiGateway", "4XXError"): [{"ApiName"}, {"ApiName", "Stage"}],
    ("AWS/ApiGateway", "5XXError"): [{"ApiName"}, {"ApiName", "Stage"}],
    ("AWS/ApplicationELB", "HTTPCode_Target_5XX_Count"): [{"LoadBalancer"}, {"AvailabilityZone", "LoadBalancer"}],
    ("AWS/ApplicationELB", "HealthyHostCount"): [{"LoadBalancer", "TargetGroup"}],
    ("AWS/Events", "FailedInvocations"): [{"RuleName"}],
    ("AWS/S3", "ReplicationLatency"): [{"SourceBucket", "DestinationBucket", "RuleId"}],
    ("AWS/Lambda", "Errors"): [{"FunctionName"}, {"FunctionName", "Resource"}],
}
#: Databases of Redshift's own ("CREATE TEMPLATE", "Querying the AWS Glue Data Catalog").
ITS_OWN = {"awsdatacatalog", "padb_harvest", "sys:internal", "template0", "template1"}
CLIENT_TYPES = {"application/json", "application/x-www-form-urlencoded", "text/plain"}
_ORIGIN = "Access-Control-Allow-Origin"
_EXPRESSION = re.compile(r"!\{(\w+):([^}]*)\}")


def broken(plan: dict[str, Any]) -> list[str]:
    """What AWS would not do as the plan says."""
    access = Access(plan)
    rules = (
        _silent,
        _unscoped,
        _tagless,
        _dimensions,
        _budgets,
        _databases,
        _scans,
        _queued,
        _polled,
        _shell,
        _regions,
        _prefixes,
        _pages,
    )
    return [f"{rule.__name__.strip('_')}: {each}" for rule in rules for each in rule(access)]


def _many(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value or [])


def _silent(access: Access) -> Iterator[str]:
    """EventBridge: "condition blocks aren't supported in Amazon SNS topic policies", nor in the key of such a topic."""
    policies = [("topic", each["policy"]) for each in access.of("aws_sns_topic_policy")]
    policies += [("key", each["policy"]) for each in access.of("aws_kms_key")]
    for kind, policy in policies:
        for statement in json.loads(policy)["Statement"]:
            principal = statement.get("Principal", {})
            services = set(_many(principal.get("Service"))) if isinstance(principal, dict) else set()
            if services & SILENT and statement.get("Condition"):
                yield f"the {kind}'s policy asks {', '.join(services & SILENT)} for what it does not send"


def _unscoped(access: Access) -> Iterator[str]:
    """An action that takes no resource is allowed on "*" only."""
    for role, statements in access.roles.items():
        for each in statements:
            named = [action for action in _many(each["Action"]) if any(like(p, action) for p in TAKES_NONE)]
            if each["Effect"] == "Allow" and named and "*" not in _many(each["Resource"]):
                yield f"{role} may {named[0]} on a resource, which it does not take"


def _tagless(access: Access) -> Iterator[str]:
    """aws:TagKeys is in requests that set or take tags."""
    for role, statements in access.roles.items():
        for each in statements:
            keys = {key for test in each.get("Condition", {}).values() for key in test}
            bad = [action for action in _many(each["Action"]) if action in CARRIES_NO_TAGS]
            if "aws:TagKeys" in keys and bad:
                yield f"{role} may {bad[0]} only with tags, which such a request does not carry"


def _dimensions(access: Access) -> Iterator[str]:
    """A metric is there under the dimensions it was put with, and under no others."""
    for alarm in access.of("aws_cloudwatch_metric_alarm"):
        known = DIMENSIONS.get((str(alarm["namespace"]), str(alarm["metric_name"])))
        if known is None and str(alarm["namespace"]).startswith("AWS/"):
            yield f"alarm {alarm['alarm_name']} watches {alarm['metric_name']}: put its dimensions into the table"
        if known is not None and set(alarm["dimensions"] or {}) not in known:
            yield f"alarm {alarm['alarm_name']} watches {alarm['metric_name']} by {sorted(alarm['dimensions'] or {})}"


def _budgets(access: Access) -> Iterator[str]:
    """A tag is written user:<key>$<value>."""
    for budget in access.of("aws_budgets_budget"):
        for each in budget["cost_filter"]:
            for value in each["values"]:
                if each["name"] == "TagKeyValue" and not re.fullmatch(r"(user|aws):[\w-]+\$[\w-]+", value):
                    yield f"budget {budget['name']} counts by {value}"


def _databases(access: Access) -> Iterator[str]:
    """A first database has lowercase letters and digits, and no name that Redshift has for itself."""
    for each in access.of("aws_redshiftserverless_namespace"):
        name = str(each["db_name"])
        if not re.fullmatch(r"[a-z][a-z0-9]{0,63}", name) or name in RESERVED or name in ITS_OWN:
            yield f"namespace {each['namespace_name']} has a database called {name}"


def _scans(access: Access) -> Iterator[str]:
    """A limit that a query's own settings override is none ("client-side settings"); so is another owner's bucket."""
    for group in access.of("aws_athena_workgroup"):
        (said,) = group["configuration"]
        (result,) = said["result_configuration"]
        if not said["enforce_workgroup_configuration"] or not said["bytes_scanned_cutoff_per_query"]:
            yield f"workgroup {group['name']} lets a query read without end"
        if not result["expected_bucket_owner"] or not result["encryption_configuration"]:
            yield f"workgroup {group['name']} puts answers anywhere, or as they are"


def _queued(access: Access) -> Iterator[str]:
    """A workflow that is on takes no second event: what is sent to it meanwhile is not kept."""
    for target in access.of("aws_cloudwatch_event_target"):
        if ":glue:" in target["arn"]:
            yield f"rule {target['rule']} sends to a workflow, which keeps nothing"


def _polled(access: Access) -> Iterator[str]:
    """A queue's visibility is six times the function's timeout, and the batch's window."""
    queues = {each["arn"]: each for each in access.of("aws_sqs_queue")}
    functions = {each["arn"]: each for each in access.of("aws_lambda_function")}
    for each in access.of("aws_lambda_event_source_mapping"):
        queue, function = queues.get(each["event_source_arn"]), functions.get(each["function_arn"])
        if queue and function:
            least = 6 * function["timeout"] + (each["maximum_batching_window_in_seconds"] or 0)
            if queue["visibility_timeout_seconds"] < least:
                yield f"queue {queue['name']} shows messages again after less than {least} s"


def _shell(access: Access) -> Iterator[str]:
    """Python shell installs wheels with pip, which asks an index for what they depend on."""
    for job in access.of("aws_glue_job"):
        if job["command"][0]["name"] == "pythonshell" and "--extra-py-files" in job["default_arguments"]:
            yield f"{job['name']} installs {job['default_arguments']['--extra-py-files']}"


def _regions(access: Access) -> Iterator[str]:
    """Clients of a job that no region is given to ask another one's endpoints."""
    for job in access.of("aws_glue_job"):
        given = job["default_arguments"]
        inner = (
            json.loads(given["--arguments-json"])
            if "--arguments-json" in given
            else {"--region": given.get("--region")}
        )
        if not given.get("--region") or not inner.get("--region"):
            yield f"{job['name']} is told no region"


def _prefixes(access: Access) -> Iterator[str]:
    """Firehose: namespaces of expressions; a prefix of errors says the type of the error, a prefix of data does not."""
    for stream in access.of("aws_kinesis_firehose_delivery_stream"):
        for to in stream["extended_s3_configuration"] or []:
            for field, allowed in (("prefix", {"timestamp"}), ("error_output_prefix", {"firehose", "timestamp"})):
                for namespace, value in _EXPRESSION.findall(to[field] or ""):
                    if namespace not in allowed or (namespace == "firehose" and value == "error-output"):
                        yield f"{stream['name']}: !{{{namespace}:{value}}} in {field}"
            if "!{" in (to["prefix"] or "") and "!{firehose:error-output-type}" not in (
                to["error_output_prefix"] or ""
            ):
                yield f"{stream['name']}: error_output_prefix does not say the type of the error"


def _pages(access: Access) -> Iterator[str]:
    """Browsers ask before they post, and read what says that they may; a type without a template is a 415."""
    for api in access.of("aws_api_gateway_rest_api"):
        document = json.loads(api["body"])
        for path, methods in document["paths"].items():
            if "options" not in methods:
                yield f"{path} answers no OPTIONS"
            yield from (f"{path}: {each}" for operation in methods.values() for each in _answered(operation))
        told = document["x-amazon-apigateway-gateway-responses"]
        for kind in ("DEFAULT_4XX", "DEFAULT_5XX"):
            if _ORIGIN not in str(told.get(kind, {}).get("responseParameters")):
                yield f"{kind} is not to be read by pages"
        if api["minimum_compression_size"] in (None, "", "-1", -1):
            yield f"{api['name']} takes no body that is packed: only where compression is on is one unpacked"


def _answered(operation: dict[str, Any]) -> Iterator[str]:
    integration = operation["x-amazon-apigateway-integration"]
    missing = CLIENT_TYPES - set(integration["requestTemplates"])
    if integration["passthroughBehavior"] == "never" and missing:
        yield f"it refuses {', '.join(sorted(missing))}"
    for pattern, response in integration["responses"].items():
        if _ORIGIN not in str(response["responseParameters"]):
            yield f"its answer {pattern} is not to be read by pages"
        if response["statusCode"] not in operation["responses"]:
            yield f"its answer {response['statusCode']} is none of the method's"
