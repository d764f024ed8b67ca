# What starts the workflow, and who hears of a failure.

locals {
  starts = {
    arrivals = { pattern = jsonencode({
      source      = ["aws.s3"]
      detail-type = ["Object Created"]
      # What Firehose could not deliver lies under _errors/ and starts nothing.
      detail = { bucket = { name = [var.landing_bucket] }, object = { key = [{ anything-but = { prefix = "_" } }] } }
    }), schedule = null }
    schedule = { pattern = null, schedule = var.schedule }
  }
}

resource "aws_cloudwatch_event_rule" "start" {
  for_each = local.starts

  name                = "${var.name}-${each.key}"
  description         = each.key == "schedule" ? "It is time for a run" : "A file landed"
  event_pattern       = each.value.pattern
  schedule_expression = each.value.schedule
}

resource "aws_cloudwatch_event_target" "start" {
  for_each = aws_cloudwatch_event_rule.start

  rule     = each.value.name
  arn      = aws_glue_workflow.this.arn
  role_arn = aws_iam_role.this.arn
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["events.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "TellTheWorkflow"
    actions   = ["glue:notifyEvent"]
    resources = [aws_glue_workflow.this.arn]
  }
}

resource "aws_iam_role" "this" {
  name               = "${var.name}-start"
  assume_role_policy = data.aws_iam_policy_document.trust.json
}

resource "aws_iam_role_policy" "this" {
  name   = "tell-the-workflow"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}

resource "aws_cloudwatch_event_rule" "failed" {
  name        = "${var.name}-failed"
  description = "A job of this environment failed"
  event_pattern = jsonencode({
    source      = ["aws.glue"]
    detail-type = ["Glue Job State Change"]
    detail      = { jobName = values(var.jobs), state = ["ERROR", "FAILED", "TIMEOUT"] }
  })
}

resource "aws_cloudwatch_event_target" "failed" {
  rule = aws_cloudwatch_event_rule.failed.name
  arn  = var.topic_arn

  input_transformer {
    input_paths    = { job = "$.detail.jobName", run = "$.detail.jobRunId", state = "$.detail.state", message = "$.detail.message" }
    input_template = "\"<job> is <state>: <message> Run <run>. What now: docs/aws.md, runbook.\""
  }
}
