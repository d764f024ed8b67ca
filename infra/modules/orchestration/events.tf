# What is put into the queue, and who hears of a failure.

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
  # A record that comes is no event.
  pace  = max(1, var.arrivals.minutes)
  ticks = length(var.streams) == 0 ? {} : { streams = { pattern = null, schedule = "rate(${local.pace} minute${local.pace == 1 ? "" : "s"})" } }
  about = { arrivals = "A file landed", schedule = "It is time for a run", streams = "Streams may have more: ${join(", ", var.streams)}" }
}

resource "aws_cloudwatch_event_rule" "start" {
  for_each = merge(local.starts, local.ticks)

  name                = "${var.name}-${each.key}"
  description         = local.about[each.key]
  event_pattern       = each.value.pattern
  schedule_expression = each.value.schedule
}

resource "aws_cloudwatch_event_target" "start" {
  for_each = aws_cloudwatch_event_rule.start

  rule = each.value.name
  arn  = aws_sqs_queue.this.arn

  depends_on = [aws_sqs_queue_policy.this]
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

# What EventBridge could not hand over it tells nobody but this metric.
resource "aws_cloudwatch_metric_alarm" "undelivered" {
  for_each = merge({ for rule, each in aws_cloudwatch_event_rule.start : rule => each.name }, { failed = aws_cloudwatch_event_rule.failed.name })

  alarm_name          = "${var.name}-events-undelivered-${each.key}"
  alarm_description   = "EventBridge could not deliver what rule ${each.value} found. Runbook: docs/aws.md"
  namespace           = "AWS/Events"
  metric_name         = "FailedInvocations"
  dimensions          = { RuleName = each.value }
  statistic           = "Sum"
  period              = 300
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = 0
  treat_missing_data  = "notBreaching"
  alarm_actions       = [var.topic_arn]
  ok_actions          = [var.topic_arn]
}
