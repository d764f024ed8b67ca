# Each alarm has one meaning and one entry in the runbook of docs/aws.md.

locals {
  # name -> what went wrong, and when. `missing` says what no data means.
  alarms = {
    data-stale = {
      text    = "No stage finished for ${var.limits.stale_hours} h: people read old numbers"
      metric  = "finished", namespace = local.namespace, dimensions = {}, statistic = "Sum"
      compare = "LessThanThreshold", limit = 1, period = 3600, periods = var.limits.stale_hours, missing = "breaching"
    }
    table-blocked = {
      text    = "A table failed a gate and kept its last good snapshot"
      metric  = "blocked", namespace = local.namespace, dimensions = {}, statistic = "Sum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 1, missing = "notBreaching"
    }
    job-errors = {
      text    = "A job said what is wrong and ended"
      metric  = "errors", namespace = local.namespace, dimensions = {}, statistic = "Sum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 1, missing = "notBreaching"
    }
    stream-lag = {
      text    = "Events wait on the stream for more than ${var.limits.lag_minutes} min"
      metric  = "GetRecords.IteratorAgeMilliseconds", namespace = "AWS/Kinesis", dimensions = { StreamName = var.watched.stream }, statistic = "Maximum"
      compare = "GreaterThanThreshold", limit = var.limits.lag_minutes * 60000, period = 300, periods = 1, missing = "notBreaching"
    }
    stream-throttled = {
      text    = "The stream refuses events: more arrive than it takes"
      metric  = "WriteProvisionedThroughputExceeded", namespace = "AWS/Kinesis", dimensions = { StreamName = var.watched.stream }, statistic = "Sum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 2, missing = "notBreaching"
    }
    delivery-failed = {
      text    = "Firehose could not write files to landing; the stream still has the events"
      metric  = "DeliveryToS3.Success", namespace = "AWS/Firehose", dimensions = { DeliveryStreamName = var.watched.delivery }, statistic = "Minimum"
      compare = "LessThanThreshold", limit = 1, period = 300, periods = 1, missing = "notBreaching"
    }
    function-failed = {
      text    = "The function that says what lands fails: Firehose puts aside what it was asked about"
      metric  = "ExecuteProcessing.Success", namespace = "AWS/Firehose", dimensions = { DeliveryStreamName = var.watched.delivery }, statistic = "Minimum"
      compare = "LessThanThreshold", limit = 1, period = 300, periods = 1, missing = "notBreaching"
    }
    records-aside = {
      text    = "Records that cannot land whole are put aside"
      metric  = "aside", namespace = local.namespace, dimensions = {}, statistic = "Sum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 1, missing = "notBreaching"
    }
    delivery-late = {
      text    = "Events reach landing more than 30 min after they came"
      metric  = "DeliveryToS3.DataFreshness", namespace = "AWS/Firehose", dimensions = { DeliveryStreamName = var.watched.delivery }, statistic = "Maximum"
      compare = "GreaterThanThreshold", limit = 1800, period = 300, periods = 1, missing = "notBreaching"
    }
    redshift-capacity = {
      text    = "Redshift queries wait in a queue"
      metric  = "QueriesQueued", namespace = "AWS/Redshift-Serverless", dimensions = { QueryType = "SELECT", Workgroup = var.watched.workgroup }, statistic = "Maximum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 3, missing = "notBreaching"
    }
  }
}

# Those of the door that stands.
locals {
  gateway = {
    endpoint-errors = {
      text    = "The endpoint answers clients with errors of its own"
      metric  = "5XXError", namespace = "AWS/ApiGateway", dimensions = { ApiName = var.watched.endpoint }, statistic = "Sum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 2, missing = "notBreaching"
    }
    # Averaged, the metric is a share. A wrong key now and then is everyday; many of them are a client that lost its key.
    endpoint-refuses = {
      text    = "The endpoint refuses more than a fifth of what clients send"
      metric  = "4XXError", namespace = "AWS/ApiGateway", dimensions = { ApiName = var.watched.endpoint }, statistic = "Average"
      compare = "GreaterThanThreshold", limit = 0.2, period = 300, periods = 3, missing = "notBreaching"
    }
  }
  collector = {
    collector-errors = {
      text    = "The collector answers clients with errors of its own: Kinesis refuses, or it is full"
      metric  = "HTTPCode_Target_5XX_Count", namespace = "AWS/ApplicationELB", dimensions = { LoadBalancer = try(var.watched.balancer.balancer, "") }, statistic = "Sum"
      compare = "GreaterThanThreshold", limit = 0, period = 300, periods = 2, missing = "notBreaching"
    }
    collector-missing = {
      text    = "Fewer than two tasks of the collector answer"
      metric  = "HealthyHostCount", namespace = "AWS/ApplicationELB", dimensions = { LoadBalancer = try(var.watched.balancer.balancer, ""), TargetGroup = try(var.watched.balancer.tasks, "") }, statistic = "Minimum"
      compare = "LessThanThreshold", limit = 2, period = 60, periods = 5, missing = "breaching"
    }
  }
  watched = merge(local.alarms, var.watched.endpoint == null ? {} : local.gateway, var.watched.balancer == null ? {} : local.collector)
}

resource "aws_cloudwatch_metric_alarm" "this" {
  for_each = local.watched

  alarm_name          = "${var.name}-${each.key}"
  alarm_description   = "${each.value.text}. Runbook: docs/aws.md"
  namespace           = each.value.namespace
  metric_name         = each.value.metric
  dimensions          = each.value.dimensions
  statistic           = each.value.statistic
  period              = each.value.period
  evaluation_periods  = each.value.periods
  comparison_operator = each.value.compare
  threshold           = each.value.limit
  treat_missing_data  = each.value.missing
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}

resource "aws_cloudwatch_metric_alarm" "quarantined" {
  alarm_name          = "${var.name}-quarantine-rate"
  alarm_description   = "More than ${var.limits.quarantined_percent} % of the rows of an hour were rejected. Runbook: docs/aws.md"
  evaluation_periods  = 1
  comparison_operator = "GreaterThanThreshold"
  threshold           = var.limits.quarantined_percent
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]

  metric_query {
    id          = "rate"
    label       = "rejected, %"
    expression  = "IF(read > 0, 100 * quarantined / read, 0)"
    return_data = true
  }

  dynamic "metric_query" {
    for_each = toset(["quarantined", "read"])
    content {
      id = metric_query.value
      metric {
        namespace   = local.namespace
        metric_name = metric_query.value
        period      = 3600
        stat        = "Sum"
      }
    }
  }
}

# S3 counts by the rule that copies (modules/lake, copy.tf).
resource "aws_cloudwatch_metric_alarm" "copy" {
  for_each = var.watched.copies

  alarm_name          = "${var.name}-copy-late-${each.key}"
  alarm_description   = "What arrived in ${each.value.from} is not in the other region after 15 minutes. Runbook: docs/aws.md"
  namespace           = "AWS/S3"
  metric_name         = "ReplicationLatency"
  dimensions          = { SourceBucket = each.value.from, DestinationBucket = each.value.to, RuleId = "copy" }
  statistic           = "Maximum"
  period              = 300
  evaluation_periods  = 3
  comparison_operator = "GreaterThanThreshold"
  threshold           = 900
  treat_missing_data  = "notBreaching"
  alarm_actions       = [aws_sns_topic.this.arn]
  ok_actions          = [aws_sns_topic.this.arn]
}
