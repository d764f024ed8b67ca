mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name    = "marketpulse-dev"
  gold    = { bucket_arn = "arn:aws:s3:::g", catalog_arn = "c", database_arn = "d", table_arn = "t", kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k" }
  network = { subnet_ids = ["subnet-1", "subnet-2", "subnet-3"], security_group_id = "sg-1" }
}

run "private_and_bounded" {
  assert {
    condition     = !aws_redshiftserverless_workgroup.this.publicly_accessible && aws_redshiftserverless_workgroup.this.enhanced_vpc_routing
    error_message = "Redshift can be reached from outside, or its traffic leaves the VPC."
  }
  assert {
    condition     = aws_redshiftserverless_usage_limit.this.breach_action == "deactivate" && aws_redshiftserverless_usage_limit.this.amount == 16
    error_message = "A day may cost more than its limit."
  }
  assert {
    condition     = aws_redshiftserverless_namespace.this.manage_admin_password && aws_redshiftserverless_namespace.this.admin_user_password == null
    error_message = "A password would be in the state."
  }
  assert {
    condition     = contains([for parameter in aws_redshiftserverless_workgroup.this.config_parameter : "${parameter.parameter_key}=${parameter.parameter_value}"], "require_ssl=true")
    error_message = "Connections without TLS are taken."
  }
  assert {
    condition     = length(output.statements) == 2 && strcontains(output.statements[0], "IAMR:marketpulse-dev-analyst")
    error_message = "The role of analysts is in no group."
  }
}

run "without_endpoints" {
  variables {
    network = { subnet_ids = ["subnet-1", "subnet-2", "subnet-3"], security_group_id = "sg-1", routed = false }
  }
  assert {
    condition     = !aws_redshiftserverless_workgroup.this.enhanced_vpc_routing && !aws_redshiftserverless_workgroup.this.publicly_accessible
    error_message = "Redshift would look for Glue through a network that does not lead there, or can be reached from outside."
  }
}

run "capacity_between_steps" {
  command = plan
  variables {
    capacity = { base = 12 }
  }
  expect_failures = [var.capacity]
}

run "most_below_base" {
  command = plan
  variables {
    capacity = { base = 32, most = 16 }
  }
  expect_failures = [var.capacity]
}

run "two_zones" {
  command = plan
  variables {
    network = { subnet_ids = ["subnet-1", "subnet-2"], security_group_id = "sg-1" }
  }
  expect_failures = [var.network]
}
