mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name           = "marketpulse-dev"
  jobs           = { for step in ["ingest", "silver", "gold", "serve", "maintain"] : step => "marketpulse-dev-${step}" }
  schedule       = "cron(0 3 * * ? *)"
  landing_bucket = "landing"
  topic_arn      = "arn:aws:sns:eu-test-1:123456789012:alerts"
  starter        = "s3://artifacts/hash/start-workflow.zip"
  log_days       = 30
  kms_key_arn    = "arn:aws:kms:eu-test-1:123456789012:key/k"
}

run "chain" {
  assert {
    condition     = { for step, trigger in aws_glue_trigger.after : step => trigger.predicate[0].conditions[0].job_name } == { silver = "marketpulse-dev-ingest", gold = "marketpulse-dev-silver", serve = "marketpulse-dev-gold", maintain = "marketpulse-dev-gold" }
    error_message = "Steps do not follow each other."
  }
  assert {
    condition     = alltrue([for trigger in aws_glue_trigger.after : trigger.predicate[0].conditions[0].state == "SUCCEEDED"])
    error_message = "A step would follow one that failed."
  }
  assert {
    condition     = aws_glue_trigger.start.type == "ON_DEMAND" && !aws_glue_trigger.start.enabled && aws_glue_trigger.start.actions[0].job_name == "marketpulse-dev-ingest"
    error_message = "The workflow has one start, and the starter alone pulls it."
  }
  assert {
    condition     = alltrue([for target in aws_cloudwatch_event_target.start : target.arn == aws_sqs_queue.this.arn])
    error_message = "What happens while a run is on would be lost: events must wait in a queue."
  }
  assert {
    condition     = aws_lambda_event_source_mapping.this.event_source_arn == aws_sqs_queue.this.arn && contains(aws_lambda_event_source_mapping.this.function_response_types, "ReportBatchItemFailures")
    error_message = "Messages that no run follows would not come again."
  }
  assert {
    condition     = aws_sqs_queue.this.visibility_timeout_seconds >= 6 * aws_lambda_function.this.timeout + aws_lambda_event_source_mapping.this.maximum_batching_window_in_seconds && aws_sqs_queue.this.message_retention_seconds == 1209600
    error_message = "A message would come again while it is looked at, or be gone before a run could begin."
  }
  assert {
    condition     = aws_lambda_function.this.s3_bucket == "artifacts" && aws_lambda_function.this.s3_key == "hash/start-workflow.zip" && aws_lambda_function.this.environment[0].variables == tomap({ BACKFILL = "marketpulse-dev-backfill", MINUTES = "30", WORKFLOW = "marketpulse-dev" })
    error_message = "The starter is another one, or starts another workflow."
  }
  assert {
    condition     = { for rule, alarm in aws_cloudwatch_metric_alarm.undelivered : rule => alarm.dimensions.RuleName } == { arrivals = "marketpulse-dev-arrivals", schedule = "marketpulse-dev-schedule", failed = "marketpulse-dev-failed" }
    error_message = "What EventBridge cannot deliver is told to nobody."
  }
  assert {
    condition     = aws_cloudwatch_event_rule.start["schedule"].schedule_expression == "cron(0 3 * * ? *)" && jsondecode(aws_cloudwatch_event_rule.start["arrivals"].event_pattern).detail.bucket.name == ["landing"]
    error_message = "Schedule and arrivals are both events."
  }
  assert {
    condition     = toset(jsondecode(aws_cloudwatch_event_rule.failed.event_pattern).detail.jobName) == toset(values(var.jobs)) && aws_cloudwatch_event_target.failed.arn == var.topic_arn
    error_message = "A failed job is not told to anybody."
  }
  assert {
    condition     = aws_glue_trigger.backfill.type == "ON_DEMAND" && !aws_glue_trigger.backfill.enabled && aws_glue_trigger.backfill.actions[0].arguments["--full-refresh"] == "true"
    error_message = "A backfill starts by hand, and builds anew."
  }
}

run "schedule_that_is_none" {
  command = plan
  variables {
    schedule = "0 3 * * *"
  }
  expect_failures = [var.schedule]
}

run "rarer_than_a_day" {
  command = plan
  variables {
    arrivals = { minutes = 2000 }
  }
  expect_failures = [var.arrivals]
}

run "job_missing" {
  command = plan
  variables {
    jobs = { ingest = "i", silver = "s", gold = "g", maintain = "m" }
  }
  expect_failures = [var.jobs]
}

run "streams_are_read_as_often_as_a_run_may_begin" {
  variables {
    streams  = ["orders"]
    arrivals = { minutes = 15 }
  }
  assert {
    condition     = aws_cloudwatch_event_rule.start["streams"].schedule_expression == "rate(15 minutes)" && aws_cloudwatch_event_target.start["streams"].arn == aws_sqs_queue.this.arn
    error_message = "What comes in a stream waits for a file or for the schedule."
  }
  assert {
    condition     = contains(keys(aws_cloudwatch_metric_alarm.undelivered), "streams")
    error_message = "A clock that does not reach the queue is told to nobody."
  }
}

run "streams_all_the_time" {
  variables {
    streams  = ["orders"]
    arrivals = { minutes = 0 }
  }
  assert {
    condition     = aws_cloudwatch_event_rule.start["streams"].schedule_expression == "rate(1 minute)"
    error_message = "EventBridge takes no other words for a minute."
  }
}
