mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "marketpulse-dev"
  environment = "dev"
  emails      = ["ops@example.com"]
  limits      = { stale_hours = 30, quarantined_percent = 5, lag_minutes = 15, month_usd = 300 }
  kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
  watched = {
    jobs         = { ingest = "marketpulse-dev-ingest" }
    job_logs     = "/marketpulse-dev/glue/output"
    stream       = "stream"
    delivery     = "delivery"
    delivery_log = "/marketpulse-dev/firehose"
    function_log = "/marketpulse-dev/delivery"
    endpoint     = "api"
    workgroup    = "workgroup"
  }
}

run "somebody_is_told" {
  assert {
    condition     = alltrue([for alarm in aws_cloudwatch_metric_alarm.this : alarm.alarm_actions == toset([aws_sns_topic.this.arn])])
    error_message = "An alarm tells nobody."
  }
  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this)) == toset(["data-stale", "delivery-failed", "delivery-late", "endpoint-errors", "endpoint-refuses", "function-failed", "job-errors", "records-aside", "redshift-capacity", "stream-lag", "stream-throttled", "table-blocked"])
    error_message = "Alarms and runbook differ."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["data-stale"].treat_missing_data == "breaching" && aws_cloudwatch_metric_alarm.this["data-stale"].evaluation_periods == 30
    error_message = "Nothing at all is the worst kind of stale, and must be told."
  }
  assert {
    condition     = alltrue([for name, filter in aws_cloudwatch_log_metric_filter.this : filter.log_group_name == (name == "aside" ? "/marketpulse-dev/delivery" : "/marketpulse-dev/glue/output")])
    error_message = "A metric is counted from another log."
  }
  assert {
    condition     = aws_cloudwatch_metric_alarm.this["function-failed"].statistic == "Minimum" && aws_cloudwatch_metric_alarm.this["function-failed"].threshold == 1 && aws_cloudwatch_metric_alarm.this["function-failed"].dimensions.DeliveryStreamName == "delivery"
    error_message = "A function that fails now and then is not told."
  }
  assert {
    condition     = aws_sns_topic.this.kms_master_key_id == var.kms_key_arn && aws_budgets_budget.this.limit_amount == "300.0"
    error_message = "The topic is not encrypted, or the budget another."
  }
  assert {
    condition     = jsondecode(aws_ce_anomaly_monitor.this.monitor_specification).Tags == { Key = "user:Environment", MatchOptions = null, Values = ["dev"] } && one(one(aws_ce_anomaly_subscription.this.threshold_expression[0].dimension).values) == "30"
    error_message = "Anomalies are looked for in what others cost, or a tenth of the limit is another."
  }
  assert {
    condition     = anytrue([for each in data.aws_iam_policy_document.topic.statement : contains(flatten([for p in each.principals : tolist(p.identifiers)]), "costalerts.amazonaws.com")])
    error_message = "An anomaly tells nobody."
  }
  assert {
    condition     = one(one(aws_budgets_budget.this.cost_filter).values) == "user:Environment$dev"
    error_message = "The budget counts a tag that nothing has."
  }
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.topic.statement : length(each.condition) == 0 if contains(flatten([for p in each.principals : tolist(p.identifiers)]), "events.amazonaws.com")])
    error_message = "EventBridge takes no condition in a topic's policy: mails of failed jobs would not arrive."
  }
  assert {
    condition     = contains(flatten([for each in data.aws_iam_policy_document.topic.statement : [for p in each.principals : tolist(p.identifiers)]]), "events.amazonaws.com")
    error_message = "EventBridge may not tell the topic."
  }
  assert {
    condition     = toset(keys(aws_cloudwatch_metric_alarm.this["redshift-capacity"].dimensions)) == toset(["QueryType", "Workgroup"])
    error_message = "QueriesQueued is counted by {QueryType, Workgroup}: with other dimensions there is no such metric."
  }
}

run "address_that_is_none" {
  command = plan
  variables {
    emails = ["ops"]
  }
  expect_failures = [var.emails]
}

run "stale_after_a_month" {
  command = plan
  variables {
    limits = { stale_hours = 720, month_usd = 1 }
  }
  expect_failures = [var.limits]
}

run "no_budget" {
  command = plan
  variables {
    limits = { month_usd = 0 }
  }
  expect_failures = [var.limits]
}
