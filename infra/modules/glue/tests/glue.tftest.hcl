mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "marketpulse-dev"
  environment = "dev"
  log_days    = 30
  artifacts   = { glue_job = "s3://a/1/glue_job.py", glue_libs = "s3://a/2/glue_libs.gluewheels.zip", emr_job = "s3://a/3/emr_job.py", emr_venv = "s3://a/4/emr_venv.tar.gz", glue_start_emr = "s3://a/5/glue_start_emr.py", glue_redshift = "s3://a/6/glue_redshift.py", redshift = "s3://a/7/redshift.json", shell_libs = "s3://a/8/shell-libs.zip" }
  lake = {
    bucket_prefix = "p"
    buckets       = { landing = "p-landing", quarantine = "p-quarantine", artifacts = "p-artifacts", logs = "p-logs" }
    bucket_arns   = { for layer in ["landing", "bronze", "silver", "gold", "quarantine", "artifacts", "logs"] : layer => "arn:aws:s3:::p-${layer}" }
    kms_key_arn   = "arn:aws:kms:eu-test-1:123456789012:key/k"
  }
  catalog = {
    arn           = "arn:aws:glue:eu-test-1:123456789012:catalog"
    namespace     = "d_{layer}"
    database_arns = { bronze = "b", silver = "s", gold = "g" }
    table_arns    = { bronze = "b/*", silver = "s/*", gold = "g/*" }
  }
  network = { zone = "eu-test-1a", subnet_id = "subnet-1", gold_subnet_ids = ["subnet-1", "subnet-2"], security_group_id = "sg-1" }
  gold    = { kind = "serverless", id = "app", arn = "arn:app", role_arn = "arn:role", timeout_minutes = 90 }
  serving = { workgroup = "w", workgroup_arn = "arn:w", database = "marketpulse", secret_arn = "arn:secret", every_minutes = 60 }
}

run "jobs" {
  assert {
    condition     = output.jobs == { for step in ["ingest", "silver", "maintain", "gold", "serve"] : step => "marketpulse-dev-${step}" }
    error_message = "Five jobs, one a step."
  }
  assert {
    condition     = alltrue([for stage, job in aws_glue_job.stage : job.default_arguments["--stage"] == stage && job.glue_version == "5.1" && job.default_arguments["--datalake-formats"] == "iceberg"])
    error_message = "A job does not run its stage on Glue 5.1 with Iceberg."
  }
  assert {
    condition     = aws_glue_job.stage["silver"].default_arguments["--warehouse-uri"] == "s3://p-{layer}" && aws_glue_job.stage["silver"].default_arguments["--namespace"] == "d_{layer}"
    error_message = "Jobs get the templates as they are."
  }
  assert {
    condition     = jsondecode(aws_glue_job.step["gold"].default_arguments["--arguments-json"])["--stage"] == "gold" && aws_glue_job.step["gold"].timeout > 90
    error_message = "The gold step asks for gold, and outlives it to report."
  }
  assert {
    condition     = alltrue([for job in merge(aws_glue_job.stage, aws_glue_job.step) : job.security_configuration == "marketpulse-dev" && job.execution_property[0].max_concurrent_runs == 2])
    error_message = "A job writes unencrypted, or a backfill's trigger finds no room in it."
  }
}

run "outside_of_the_private_network" {
  variables {
    network = null
  }
  assert {
    condition     = length(aws_glue_connection.this) == 0 && alltrue([for job in merge(aws_glue_job.stage, aws_glue_job.step) : length(job.connections) == 0])
    error_message = "A job would stand in a network that leads nowhere."
  }
  assert {
    condition     = length(data.aws_iam_policy_document.network) == 0 && !contains(data.aws_iam_policy_document.gold.statement[*].sid, "LetTheApplicationIntoItsSubnets")
    error_message = "A role may make interfaces in a network it has nothing to do with."
  }
}

run "gold_on_serverless" {
  assert {
    condition     = aws_glue_job.step["gold"].default_arguments["--application-id"] == "app" && aws_glue_job.step["gold"].default_arguments["--execution-role-arn"] == "arn:role" && !contains(keys(aws_glue_job.step["gold"].default_arguments), "--cluster-id")
    error_message = "The gold step does not speak to its application alone."
  }
  assert {
    condition     = toset(flatten(data.aws_iam_policy_document.gold.statement[*].sid)) == toset(["StartOnItsApplication", "FollowItsRuns", "HandOverTheRoleOfGold", "LetTheApplicationIntoItsSubnets", "RelayTheLog", "FindTheLog"])
    error_message = "The gold step may do other things than start, follow and cancel on its application."
  }
}

run "redshift_is_woken_when_gold_changed" {
  assert {
    condition     = aws_glue_job.step["serve"].default_arguments["--gold-database"] == "d_gold" && aws_glue_job.step["serve"].default_arguments["--every-minutes"] == "60" && aws_glue_job.step["serve"].default_arguments["--state-uri"] == "s3://p-artifacts/tmp/served"
    error_message = "Every run wakes Redshift, whether gold changed or not."
  }
}

run "what_aws_asks_for" {
  assert {
    condition     = alltrue([for job in merge(aws_glue_job.stage, aws_glue_job.step) : job.default_arguments["--region"] == "eu-test-1"]) && jsondecode(aws_glue_job.step["gold"].default_arguments["--arguments-json"])["--region"] == "eu-test-1"
    error_message = "A client without a region asks another one's endpoints, which a job in a VPC never reaches."
  }
  assert {
    condition     = alltrue([for job in aws_glue_job.stage : !contains(keys(job.default_arguments), "--enable-glue-datacatalog")])
    error_message = "Spark would look for database default, which no role may see."
  }
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.common.statement : length(each.condition) == 0 if contains(each.actions, "ec2:DeleteNetworkInterface")])
    error_message = "A request to delete an interface carries no tags: it would be denied."
  }
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.common.statement : toset(each.resources) == toset(["*"]) if contains(each.actions, "glue:GetSecurityConfiguration")])
    error_message = "glue:GetSecurityConfiguration takes no resource: named with one it is denied."
  }
  assert {
    condition     = anytrue([for each in data.aws_iam_policy_document.stage["transform"].statement : contains(each.actions, "s3:GetObject") && contains(each.resources, "arn:aws:s3:::p-logs/spark/*")])
    error_message = "Spark may not look for its own event log."
  }
  assert {
    condition     = anytrue([for each in data.aws_iam_policy_document.gold.statement : contains(each.actions, "ec2:CreateNetworkInterface") && length([for arn in each.resources : arn if can(regex("subnet/subnet-[12]$", arn))]) == 2 && try(one(each.condition).variable, "") == "aws:CalledViaLast"])
    error_message = "The application could not be started in its subnets."
  }
}

run "gold_on_a_cluster" {
  variables {
    gold = { kind = "cluster", id = "j-1", arn = "arn:cluster", role_arn = "arn:nodes", timeout_minutes = 90 }
  }
  assert {
    condition     = aws_glue_job.step["gold"].default_arguments["--cluster-id"] == "j-1" && length(setintersection(keys(aws_glue_job.step["gold"].default_arguments), ["--application-id", "--execution-role-arn"])) == 0
    error_message = "The gold step does not speak to its cluster alone."
  }
  assert {
    condition     = toset(flatten(data.aws_iam_policy_document.gold.statement[*].sid)) == toset(["StartOnItsCluster", "FollowItsSteps", "RelayTheLog", "FindTheLog"])
    error_message = "The gold step may do other things than add, follow and cancel steps of its cluster."
  }
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.gold.statement : toset(each.resources) == toset(["arn:cluster"]) if contains(["StartOnItsCluster", "FollowItsSteps"], each.sid)])
    error_message = "It may do so on more than that cluster."
  }
}

run "gold_on_nothing_known" {
  command = plan
  variables {
    gold = { kind = "ec2", id = "j-1", arn = "arn:cluster", role_arn = "arn:nodes", timeout_minutes = 90 }
  }
  expect_failures = [var.gold]
}

run "steps_bring_their_boto3" {
  assert {
    condition     = alltrue([for job in aws_glue_job.step : job.default_arguments["--libraries-uri"] == "s3://a/8/shell-libs.zip"])
    error_message = "Python shell would use a boto3 that knows neither EMR Serverless nor Redshift Serverless."
  }
  assert {
    condition     = alltrue([for job in aws_glue_job.step : !contains(keys(job.default_arguments), "--extra-py-files")])
    error_message = "Python shell would ask a package index for what its wheels depend on, and there is no way out to one."
  }
}

run "unknown_engine" {
  command = plan
  variables {
    engine = "pandas"
  }
  expect_failures = [var.engine]
}

run "gold_on_glue" {
  command = plan
  variables {
    jobs = { gold = {} }
  }
  expect_failures = [var.jobs]
}

run "one_worker" {
  command = plan
  variables {
    jobs = { silver = { workers = 1 } }
  }
  expect_failures = [var.jobs]
}

run "no_stream_that_nobody_named" {
  assert {
    condition     = length(data.aws_iam_policy_document.streams) == 0
    error_message = "A role may read streams though no setting says so."
  }
}

run "streams_that_are_named" {
  variables {
    streams = {
      orders = { arn = "arn:aws:kinesis:eu-test-1:123456789012:stream/orders", key_arn = "arn:aws:kms:eu-test-1:123456789012:key/o" }
      visits = { arn = "arn:aws:kinesis:eu-test-1:123456789012:stream/visits", key_arn = null }
    }
  }
  assert {
    condition     = keys(data.aws_iam_policy_document.streams) == ["transform"]
    error_message = "Another role than that of ingest may read streams."
  }
  assert {
    condition     = toset(data.aws_iam_policy_document.streams["transform"].statement[0].resources) == toset(["arn:aws:kinesis:eu-test-1:123456789012:stream/orders", "arn:aws:kinesis:eu-test-1:123456789012:stream/visits"])
    error_message = "Ingest may read other streams than those named."
  }
  assert {
    condition     = toset(data.aws_iam_policy_document.streams["transform"].statement[0].actions) == toset(["kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"])
    error_message = "Ingest may do other things with a stream than read it."
  }
  assert {
    condition     = toset(data.aws_iam_policy_document.streams["transform"].statement[1].resources) == toset(["arn:aws:kms:eu-test-1:123456789012:key/o"]) && one(data.aws_iam_policy_document.streams["transform"].statement[1].condition).values[0] == "kinesis.eu-test-1.amazonaws.com"
    error_message = "The key of a stream opens more than what Kinesis reads with it."
  }
}
