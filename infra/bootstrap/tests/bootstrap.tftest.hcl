mock_provider "aws" {
  source = "../tests/mocks"
}

run "account" {
  assert {
    condition     = strcontains(output.backend_bootstrap, "key          = \"marketpulse/bootstrap.tfstate\"") && strcontains(output.backend_bootstrap, aws_s3_bucket.state.id)
    error_message = "The state of bootstrap would stay on one machine."
  }
  assert {
    condition     = alltrue([for stream in ["error", "output"] : aws_cloudwatch_log_group.python_shell[stream].name == "/aws-glue/python-jobs/${stream}" && aws_cloudwatch_log_group.python_shell[stream].retention_in_days == 30 && aws_cloudwatch_log_group.python_shell[stream].kms_key_id == aws_kms_key.catalog.arn])
    error_message = "Lines of Python-shell jobs are kept for ever, with a key that is not ours."
  }
  assert {
    condition     = anytrue([for each in data.aws_iam_policy_document.catalog_key.statement : contains(flatten([for p in each.principals : tolist(p.identifiers)]), "logs.eu-test-1.amazonaws.com")])
    error_message = "Logs may not use the key of their groups."
  }
  assert {
    condition     = length(aws_ce_cost_allocation_tag.this) == 0
    error_message = "Billing does not know a tag of a new account yet, and refuses to count by it."
  }
}

run "tags_that_billing_counts_by" {
  variables {
    billing_tags = ["Environment"]
  }
  assert {
    condition     = aws_ce_cost_allocation_tag.this["Environment"].status == "Active"
    error_message = "The budgets of the environments count nothing."
  }
}

run "logs_for_a_year" {
  variables {
    log_days = 365
  }
  assert {
    condition     = aws_cloudwatch_log_group.python_shell["output"].retention_in_days == 365
    error_message = "The value is not that of the groups."
  }
}
