mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name = "marketpulse-dev"
  lake = {
    buckets     = { logs = "p-logs" }
    bucket_arns = { for layer in ["bronze", "silver", "gold", "artifacts", "logs", "quarantine"] : layer => "arn:aws:s3:::p-${layer}" }
    kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
  }
  catalog = {
    arn           = "c"
    database_arns = { bronze = "b", silver = "s", gold = "g" }
    table_arns    = { bronze = "b/*", silver = "s/*", gold = "g/*" }
  }
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
  assert {
    condition     = output.gold == { kind = "serverless", id = output.application_id, arn = aws_emrserverless_application.this.arn, role_arn = aws_iam_role.this.arn }
    error_message = "Gold does not run on the application."
  }
}

run "outside_of_the_private_network" {
  variables {
    network = null
  }
  assert {
    condition     = length(aws_emrserverless_application.this.network_configuration) == 0
    error_message = "The application stands in a network without a way to what it needs."
  }
}

run "a_cluster_needs_a_network" {
  command = plan
  variables {
    network = null
    cluster = { core = 1 }
  }
  expect_failures = [var.network]
}

run "the_run_ledger_is_all_of_bronze" {
  assert {
    condition     = local.run_ledger == { objects = "arn:aws:s3:::p-bronze/flow_runs/*", table = "b/flow_runs" }
    error_message = "Gold may write more of bronze than the run ledger, or not that."
  }
}

run "gold_on_a_cluster" {
  variables {
    cluster = { core = 3, spot = 5, idle_minutes = 10 }
  }
  override_resource {
    target = aws_emr_cluster.this
    values = { id = "j-1", arn = "arn:cluster" }
  }
  assert {
    condition     = output.cluster_id == "j-1" && tolist(aws_emr_managed_scaling_policy.this["this"].compute_limits)[0].maximum_capacity_units == 8 && tolist(aws_emr_managed_scaling_policy.this["this"].compute_limits)[0].maximum_core_capacity_units == 3
    error_message = "Scaling goes beyond core and Spot nodes."
  }
  assert {
    condition     = aws_emr_cluster.this["this"].auto_termination_policy[0].idle_timeout == 600
    error_message = "The cluster does not end itself."
  }
  assert {
    condition     = output.gold == { kind = "cluster", id = "j-1", arn = "arn:cluster", role_arn = aws_iam_role.nodes["this"].arn }
    error_message = "Gold does not run on the cluster."
  }
  assert {
    condition = alltrue([for way, rules in { in = aws_vpc_security_group_ingress_rule.cluster, out = aws_vpc_security_group_egress_rule.cluster } :
    length([for rule in rules : rule if rule.from_port == 8443 || rule.from_port == 9443]) == 2 && length([for rule in rules : rule if rule.ip_protocol == "-1"]) == 1])
    error_message = "EMR cannot reach its nodes in a private subnet, or they not EMR and each other."
  }
  assert {
    condition     = toset(flatten([for each in data.aws_iam_policy_document.cluster["this"].statement : each.actions if each.sid == "LookAfterRules"])) == toset(["ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress"])
    error_message = "EMR may not look after the rules of its groups, and makes no cluster then."
  }
  assert {
    condition     = anytrue([for each in data.aws_iam_policy_document.cluster["this"].statement : contains(each.actions, "iam:CreateServiceLinkedRole") && try(one(each.condition).values, []) == tolist(["spot.amazonaws.com"])])
    error_message = "The first Spot node of an account would be refused."
  }
  # The nodes copy the logs themselves, and the step relays them.
  assert {
    condition     = aws_emr_cluster.this["this"].log_uri == "s3://p-logs/emr/"
    error_message = "The log lies where the nodes may not write or the gold step may not read."
  }
}

run "release_without_this_python" {
  command = plan
  variables {
    release = "emr-7.0.0"
  }
  expect_failures = [var.release]
}

run "spark_4" {
  command = plan
  variables {
    release = "emr-spark-8.1.0"
  }
  assert {
    condition     = aws_emrserverless_application.this.release_label == "emr-spark-8.1.0"
    error_message = "A release of Spark 4 is not taken."
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

run "cluster_of_arm" {
  command = plan
  variables {
    cluster = { instance_type = "r6gd.xlarge" }
  }
  expect_failures = [var.cluster]
}

run "cluster_that_never_ends" {
  command = plan
  variables {
    cluster = { idle_minutes = 0 }
  }
  expect_failures = [var.cluster]
}
