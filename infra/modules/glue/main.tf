# The jobs. Three run stages of the flow on Spark; two small Python-shell steps start what runs elsewhere (gold on EMR,
# the SQL of Redshift). Their arguments are those of marketpulse.jobs.arguments and of the two scripts.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  jobs = { for stage in ["ingest", "silver", "maintain"] : stage => try(var.jobs[stage], {
    worker_type = "G.1X", workers = 2, timeout_minutes = 60, retries = 1
  }) }
  # Which role does it, and with which layer's tag.
  roles = { ingest = "transform", silver = "transform", maintain = "maintain" }
  layer = { ingest = "bronze", silver = "silver", maintain = "gold" }

  # What every stage is told, on Glue and on EMR. A run's own name is given by the workflow (WORKFLOW_RUN_ID).
  arguments = {
    "--environment"   = var.environment
    "--landing-uri"   = "s3://${var.lake.buckets["landing"]}"
    "--warehouse-uri" = "s3://${var.lake.bucket_prefix}-{layer}"
    "--namespace"     = var.catalog.namespace
    "--catalog"       = "glue"
    "--engine"        = var.engine
    "--full-refresh"  = "false"
    "--run-id"        = "workflow"
    "--region"        = data.aws_region.this.name
    "--erasures"      = "s3://${var.lake.buckets["quarantine"]}/_people"
  }
  logs     = "/${var.name}/glue"
  networks = var.network == null ? {} : { private = var.network }
}

resource "aws_glue_job" "stage" {
  for_each = local.jobs

  name                   = "${var.name}-${each.key}"
  description            = "Stage ${each.key} of the flow"
  role_arn               = aws_iam_role.this[local.roles[each.key]].arn
  glue_version           = var.glue_version
  worker_type            = each.value.worker_type
  number_of_workers      = each.value.workers
  timeout                = each.value.timeout_minutes
  max_retries            = each.value.retries
  connections            = [for each in aws_glue_connection.this : each.name]
  security_configuration = aws_glue_security_configuration.this.name
  tags                   = { Layer = local.layer[each.key] }

  command {
    name            = "glueetl"
    python_version  = "3"
    script_location = var.artifacts["glue_job"]
  }

  # One for each workflow, which has one run at a time: a trigger whose job has no room is never tried again. Two runs of
  # a stage cannot harm each other: a commit on top of what the other changed is planned anew.
  execution_property {
    max_concurrent_runs = 2
  }

  default_arguments = merge(local.arguments, {
    "--stage"                            = each.key
    "--additional-python-modules"        = var.artifacts["glue_libs"]
    "--python-modules-installer-option"  = "--no-index"
    "--datalake-formats"                 = "iceberg"
    "--enable-auto-scaling"              = "true"
    "--enable-continuous-cloudwatch-log" = "true"
    "--enable-metrics"                   = "true"
    "--enable-observability-metrics"     = "true"
    "--custom-logGroup-prefix"           = local.logs
    "--enable-spark-ui"                  = "true"
    "--spark-event-logs-path"            = "s3://${var.lake.buckets["logs"]}/spark/"
    "--TempDir"                          = "s3://${var.lake.buckets["artifacts"]}/tmp/"
  })

  depends_on = [aws_iam_role_policy.this, aws_cloudwatch_log_group.this]
}

locals {
  # A cluster's nodes have their role; an application is given one with each run.
  gold_on = {
    serverless = { "--application-id" = var.gold.id, "--execution-role-arn" = var.gold.role_arn }
    cluster    = { "--cluster-id" = var.gold.id }
  }
  steps = {
    gold = {
      script  = "glue_start_emr"
      minutes = var.gold.timeout_minutes + 15
      arguments = merge(local.gold_on[var.gold.kind], {
        "--entry-point"     = var.artifacts["emr_job"]
        "--archives"        = "${var.artifacts["emr_venv"]}#environment"
        "--log-uri"         = "s3://${var.lake.buckets["logs"]}/emr/"
        "--timeout-minutes" = tostring(var.gold.timeout_minutes)
        "--run-id"          = "workflow"
        "--arguments-json"  = jsonencode(merge(local.arguments, { "--stage" = "gold" }))
      })
    }
    serve = {
      script  = "glue_redshift"
      minutes = 60
      arguments = {
        "--workgroup"       = var.serving.workgroup
        "--database"        = var.serving.database
        "--secret-arn"      = var.serving.secret_arn
        "--statements-uri"  = var.artifacts["redshift"]
        "--pseudonyms-uri"  = "s3://${var.lake.buckets["quarantine"]}/_people/pseudonyms"
        "--gold-database"   = replace(var.catalog.namespace, "{layer}", "gold")
        "--every-minutes"   = tostring(var.serving.every_minutes)
        "--state-uri"       = "s3://${var.lake.buckets["artifacts"]}/tmp/served"
        "--timeout-minutes" = "45"
      }
    }
  }
}

resource "aws_glue_job" "step" {
  for_each = local.steps

  name                   = "${var.name}-${each.key}"
  description            = each.key == "gold" ? "Runs stage gold on EMR and follows it to its end" : "Brings Redshift's schema, views, grants and marts up to date"
  role_arn               = aws_iam_role.this[each.key].arn
  glue_version           = "3.0"
  max_capacity           = 0.0625
  timeout                = each.value.minutes
  max_retries            = 1
  connections            = [for each in aws_glue_connection.this : each.name]
  security_configuration = aws_glue_security_configuration.this.name
  # Python shell's own boto3 is older than the services the steps speak to. Wheels would be installed by pip, which looks
  # for what they depend on outside: the scripts unpack a zip instead.
  default_arguments = merge(each.value.arguments, {
    "--libraries-uri" = var.artifacts["shell_libs"]
    "--region"        = data.aws_region.this.name
  })
  tags = { Layer = "gold" }

  command {
    name            = "pythonshell"
    python_version  = "3.9"
    script_location = var.artifacts[each.value.script]
  }

  execution_property {
    max_concurrent_runs = 2
  }

  depends_on = [aws_iam_role_policy.this]
}
