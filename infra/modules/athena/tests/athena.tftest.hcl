mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name    = "marketpulse-dev"
  gold    = { bucket_arn = "arn:aws:s3:::g", catalog_arn = "c", database_arn = "d", table_arn = "t", kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k" }
  answers = { bucket = "p-answers", bucket_arn = "arn:aws:s3:::p-answers" }
}

run "bounded_and_enforced" {
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].bytes_scanned_cutoff_per_query == 10000000000 && aws_athena_workgroup.this.configuration[0].enforce_workgroup_configuration
    error_message = "A query may read without end, or brings a limit of its own."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].output_location == "s3://p-answers/athena/" && aws_athena_workgroup.this.configuration[0].result_configuration[0].expected_bucket_owner == "123456789012"
    error_message = "Answers go where they do not expire, or to a bucket of somebody else."
  }
  assert {
    condition     = aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].encryption_option == "SSE_KMS" && aws_athena_workgroup.this.configuration[0].result_configuration[0].encryption_configuration[0].kms_key_arn == var.gold.kms_key_arn
    error_message = "Answers are not encrypted with the environment's key."
  }
}

run "stewards_write_nothing_but_answers" {
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.steward.statement : alltrue([for resource in each.resources : startswith(resource, "arn:aws:s3:::p-answers/")]) if contains(each.actions, "s3:PutObject")])
    error_message = "A steward may write into gold."
  }
  assert {
    condition     = length([for each in data.aws_iam_policy_document.steward.statement : each if anytrue([for action in each.actions : startswith(action, "glue:") && !startswith(action, "glue:Get")])]) == 0
    error_message = "A steward may change tables."
  }
}

run "a_limit_below_what_athena_counts" {
  command = plan
  variables {
    gigabytes_a_query = 0.001
  }
  expect_failures = [var.gigabytes_a_query]
}
