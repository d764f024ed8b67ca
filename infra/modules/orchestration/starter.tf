# The queue of what happened, and the function that starts a run for it (jobs/start_workflow.py). A message is gone when a
# run began after it; until then it comes again, every few minutes, so nothing that lands during a run is forgotten.

locals {
  seconds    = { function = 30, batch = 60 }
  starter    = regex("^s3://([^/]+)/(.+)$", var.starter)
  queue_days = 14
}

resource "aws_sqs_queue" "this" {
  name                       = "${var.name}-starts"
  message_retention_seconds  = local.queue_days * 24 * 3600
  visibility_timeout_seconds = 6 * local.seconds.function + local.seconds.batch
  sqs_managed_sse_enabled    = true
}

data "aws_iam_policy_document" "queue" {
  statement {
    sid       = "RulesOfThisEnvironment"
    actions   = ["sqs:SendMessage"]
    resources = [aws_sqs_queue.this.arn]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "ArnEquals"
      variable = "aws:SourceArn"
      values   = [for rule in aws_cloudwatch_event_rule.start : rule.arn]
    }
  }
}

resource "aws_sqs_queue_policy" "this" {
  queue_url = aws_sqs_queue.this.id
  policy    = data.aws_iam_policy_document.queue.json
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "TakeMessages"
    actions   = ["sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage"]
    resources = [aws_sqs_queue.this.arn]
  }

  statement {
    sid       = "StartTheWorkflow"
    actions   = ["glue:GetWorkflow", "glue:StartWorkflowRun"]
    resources = [aws_glue_workflow.this.arn]
  }

  statement {
    sid       = "WaitForABackfill"
    actions   = ["glue:GetWorkflow"]
    resources = [aws_glue_workflow.backfill.arn]
  }

  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.this.arn}:*"]
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-start"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "this" {
  name   = "start-the-workflow"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  name              = "/${var.name}/start"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_lambda_function" "this" {
  # checkov:skip=CKV_AWS_115: two of them at once at most (aws_lambda_event_source_mapping.this)
  # checkov:skip=CKV_AWS_116: a message that fails stays in its queue
  # checkov:skip=CKV_AWS_117: it speaks to Glue alone, and a VPC would ask for one more endpoint
  # checkov:skip=CKV_AWS_173: names and a number are no secret
  # checkov:skip=CKV_AWS_272: its code lies under the hash of its content
  # checkov:skip=CKV_AWS_50: its lines say what it did and why
  function_name = "${var.name}-start"
  description   = "Starts a run of ${var.name} after every arrival"
  role          = aws_iam_role.this.arn
  runtime       = "python3.13"
  handler       = "start_workflow.handler"
  s3_bucket     = local.starter[0]
  s3_key        = local.starter[1]
  timeout       = local.seconds.function

  environment {
    variables = {
      BACKFILL = aws_glue_workflow.backfill.name
      MINUTES  = var.arrivals.minutes
      WORKFLOW = aws_glue_workflow.this.name
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.this.name
  }

  depends_on = [aws_iam_role_policy.this]
}

resource "aws_lambda_event_source_mapping" "this" {
  event_source_arn                   = aws_sqs_queue.this.arn
  function_name                      = aws_lambda_function.this.arn
  batch_size                         = 1000
  maximum_batching_window_in_seconds = local.seconds.batch
  function_response_types            = ["ReportBatchItemFailures"]

  scaling_config {
    maximum_concurrency = 2
  }
}

resource "aws_cloudwatch_metric_alarm" "starter" {
  alarm_name          = "${var.name}-start-failed"
  alarm_description   = "Files landed and no run can be started. Runbook: docs/aws.md"
  namespace           = "AWS/Lambda"
  metric_name         = "Errors"
  dimensions          = { FunctionName = aws_lambda_function.this.function_name }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 3
  datapoints_to_alarm = 2
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
