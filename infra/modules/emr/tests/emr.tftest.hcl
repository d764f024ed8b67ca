mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "marketpulse-dev"
  lake = {
    buckets     = { logs = "p-logs" }
    bucket_arns = { for layer in ["silver", "gold", "artifacts", "logs"] : layer => "arn:aws:s3:::p-${layer}" }
    kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
  }
  catalog = { arn = "c", database_arns = { silver = "s", gold = "g" }, table_arns = { silver = "s/*", gold = "g/*" } }
  network = { vpc_id = "vpc-1", subnet_ids = ["subnet-1", "subnet-2"], security_group_id = "sg-1" }
}

run "serverless_with_limits" {
  assert {
    condition     = aws_emrserverless_application.this.maximum_capacity[0].cpu == "16 vCPU" && aws_emrserverless_application.this.auto_stop_configuration[0].enabled && aws_emrserverless_application.this.auto_start_configuration[0].enabled
    error_message = "The application has no end, or does not start and stop by itself."
  }
  assert {
    condition     = output.cluster_id == null && length(aws_emr_cluster.this) == 0 && length(aws_iam_role.cluster) == 0
    error_message = "There is a cluster that nobody asked for."
  }
}

run "cluster_beside_it" {
  variables {
    cluster = { core = 3, spot = 5, idle_minutes = 10 }
  }
  override_resource {
    target = aws_emr_cluster.this
    values = { id = "j-1" }
  }
  assert {
    condition     = output.cluster_id == "j-1" && tolist(aws_emr_managed_scaling_policy.this["this"].compute_limits)[0].maximum_capacity_units == 8 && tolist(aws_emr_managed_scaling_policy.this["this"].compute_limits)[0].maximum_core_capacity_units == 3
    error_message = "Scaling goes beyond core and Spot nodes."
  }
  assert {
    condition     = aws_emr_cluster.this["this"].auto_termination_policy[0].idle_timeout == 600
    error_message = "The cluster does not end itself."
  }
}

run "release_without_this_spark" {
  command = plan
  variables {
    release = "emr-6.15.0"
  }
  expect_failures = [var.release]
}

run "less_than_driver_and_executor" {
  command = plan
  variables {
    capacity = { vcpu = 4 }
  }
  expect_failures = [var.capacity]
}

run "cluster_without_core" {
  command = plan
  variables {
    cluster = { core = 0 }
  }
  expect_failures = [var.cluster]
}
