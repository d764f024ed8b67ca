mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "marketpulse-dev"
  cidr        = "10.20.0.0/16"
  kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
}

run "closed_by_default" {
  assert {
    condition     = length(aws_nat_gateway.this) == 0 && length(aws_internet_gateway.this) == 0
    error_message = "There is a way to the internet that nobody asked for."
  }
  assert {
    condition     = toset(values(local.private)) == toset(["10.20.0.0/18", "10.20.64.0/18", "10.20.128.0/18"])
    error_message = "Subnets are not three quarters of the VPC."
  }
  assert {
    condition     = toset(output.job_subnets[*].zone) == toset(["eu-test-1a", "eu-test-1b"]) && length(output.serving_subnet_ids) == 3
    error_message = "Jobs have two zones, serving three."
  }
  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["emr-serverless", "glue", "kms", "logs", "monitoring", "redshift-data", "sts"])
    error_message = "The jobs cannot reach what they need, or pay for what they do not."
  }
  assert {
    condition     = aws_flow_log.this.traffic_type == "ALL" && aws_cloudwatch_log_group.flow.kms_key_id == var.kms_key_arn
    error_message = "Flow logs are not whole or not encrypted with the environment's key."
  }
}

run "gold_on_a_cluster" {
  variables {
    gold_service = "elasticmapreduce"
  }
  assert {
    condition     = toset(keys(aws_vpc_endpoint.interface)) == toset(["elasticmapreduce", "glue", "kms", "logs", "monitoring", "redshift-data", "sts"])
    error_message = "The step that starts gold does not reach the cluster's service, or there is an endpoint for the other."
  }
}

run "nothing_that_is_paid_by_the_hour" {
  variables {
    endpoint_zones = 0
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0 && length(aws_nat_gateway.this) == 0 && aws_vpc_endpoint.s3.vpc_endpoint_type != "Interface"
    error_message = "Something stands by the hour."
  }
}

run "unknown_service_of_gold" {
  command = plan
  variables {
    gold_service = "emr"
  }
  expect_failures = [var.gold_service]
}

run "one_nat_when_asked" {
  variables {
    egress         = "nat"
    endpoint_zones = 1
  }
  assert {
    condition     = length(aws_nat_gateway.this) == 1 && aws_route.nat["eu-test-1a"].destination_cidr_block == "0.0.0.0/0"
    error_message = "egress = nat makes one gateway and the route to it."
  }
  assert {
    condition     = alltrue([for endpoint in aws_vpc_endpoint.interface : length(endpoint.subnet_ids) == 1])
    error_message = "endpoint_zones = 1 means one."
  }
}

run "cidr_that_is_none" {
  command = plan
  variables {
    cidr = "10.20.0.0/40"
  }
  expect_failures = [var.cidr]
}

run "cidr_with_host_bits" {
  command = plan
  variables {
    cidr = "10.20.1.7/16"
  }
  expect_failures = [var.cidr]
}

run "cidr_too_small" {
  command = plan
  variables {
    cidr = "10.20.0.0/28"
  }
  expect_failures = [var.cidr]
}

run "cidr_that_is_public" {
  command = plan
  variables {
    cidr = "8.8.0.0/16"
  }
  expect_failures = [var.cidr]
}

run "three_endpoint_zones" {
  command = plan
  variables {
    endpoint_zones = 3
  }
  expect_failures = [var.endpoint_zones]
}

run "unknown_egress" {
  command = plan
  variables {
    egress = "internet"
  }
  expect_failures = [var.egress]
}

run "region_of_two_zones" {
  command = plan
  override_data {
    target = data.aws_availability_zones.this
    values = { names = ["eu-test-1a", "eu-test-1b"] }
  }
  expect_failures = [data.aws_availability_zones.this]
}

run "a_way_to_streams_that_are_read" {
  variables {
    streams = ["arn:aws:kinesis:eu-test-1:123456789012:stream/orders"]
  }
  assert {
    condition     = contains(keys(aws_vpc_endpoint.interface), "kinesis-streams") && length(aws_vpc_endpoint.interface) == 8
    error_message = "No way leads to the stream, or more ways than that."
  }
  assert {
    condition     = toset(data.aws_iam_policy_document.streams["kinesis-streams"].statement[0].resources) == toset(var.streams) && !anytrue([for action in data.aws_iam_policy_document.streams["kinesis-streams"].statement[0].actions : startswith(action, "kinesis:Put")])
    error_message = "The way to streams leads to others, or lets something be put there."
  }
}

run "no_way_to_streams_outside_of_the_private_network" {
  variables {
    streams        = ["arn:aws:kinesis:eu-test-1:123456789012:stream/orders"]
    endpoint_zones = 0
  }
  assert {
    condition     = length(aws_vpc_endpoint.interface) == 0
    error_message = "Something stands by the hour."
  }
}
