mock_provider "aws" {
  source = "../tests/mocks"
}

variables {
  profile = ""
}

run "account" {
  assert {
    condition     = !strcontains(output.backend_dev, "assume_role")
    error_message = "A role is taken that nobody named."
  }
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

run "what_no_role_may_ever_do" {
  assert {
    condition     = alltrue([for action in flatten(data.aws_iam_policy_document.boundary.statement[*].actions) : !strcontains(action, ":*") || action == "redshift-data:*"]) && !anytrue([for action in flatten(data.aws_iam_policy_document.boundary.statement[*].actions) : startswith(action, "iam:") && !contains(["iam:PassRole", "iam:CreateServiceLinkedRole"], action)])
    error_message = "A role could be allowed to make roles, or everything of a service."
  }
  assert {
    condition     = !anytrue([for action in flatten(data.aws_iam_policy_document.boundary.statement[*].actions) : startswith(action, "apigateway:")])
    error_message = "No role asks API Gateway for anything."
  }
}

run "in_an_account_of_its_own" {
  variables {
    role = "arn:aws:iam::123456789012:role/deploy"
  }
  assert {
    condition     = strcontains(output.backend_prod, "assume_role  = { role_arn = \"arn:aws:iam::123456789012:role/deploy\" }") && strcontains(output.backend_prod, "encrypt      = true")
    error_message = "The state would be looked for in the account of the profile."
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

run "workflows_of_a_repository" {
  variables {
    github = { repository = "shop/marketpulse" }
  }
  assert {
    condition     = toset(keys(output.github_roles)) == toset(["plan", "sandbox"])
    error_message = "Workflows have two roles."
  }
  assert {
    condition     = alltrue([for trust in data.aws_iam_policy_document.github_trust : alltrue([for each in trust.statement[0].condition : each.test == "StringEquals" && !strcontains(join(" ", each.values), "*")]) && length(trust.statement[0].condition) == 2])
    error_message = "Another repository, or any workflow of this one, may take a role."
  }
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.github_sandbox.statement : length(each.condition) == 1 if contains(each.actions, "iam:CreateRole")])
    error_message = "The sandbox may make roles that nothing caps."
  }
  assert {
    condition     = alltrue([for layer in ["landing", "landing-copy", "quarantine", "quarantine-copy", "gold"] : anytrue([for each in data.aws_iam_policy_document.github_plan.statement[0].resources : endswith(each, "-*-${layer}/*")])])
    error_message = "A pull request may read data, or its copy in the other region."
  }
}

run "no_repository" {
  assert {
    condition     = length(aws_iam_role.github) == 0 && length(aws_iam_openid_connect_provider.github) == 0
    error_message = "Somebody outside may take a role."
  }
}

run "half_a_repository" {
  command = plan
  variables {
    github = { repository = "marketpulse" }
  }
  expect_failures = [var.github]
}
