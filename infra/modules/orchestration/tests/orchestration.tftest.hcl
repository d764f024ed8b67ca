mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name           = "marketpulse-dev"
  jobs           = { for step in ["ingest", "silver", "gold", "serve", "maintain"] : step => "marketpulse-dev-${step}" }
  schedule       = "cron(0 3 * * ? *)"
  landing_bucket = "landing"
  topic_arn      = "arn:aws:sns:eu-test-1:123456789012:alerts"
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
    condition     = aws_glue_trigger.start.type == "EVENT" && aws_glue_trigger.start.actions[0].job_name == "marketpulse-dev-ingest"
    error_message = "The workflow has one start, and it is an event."
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

run "batch_beyond_glue" {
  command = plan
  variables {
    arrivals = { files = 1000 }
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
