# Two zones of private subnets for the jobs, and a third because Redshift Serverless asks for three. What computes talks to S3 through the gateway endpoint and to the few AWS services it
# needs through interface endpoints, so there is no way out by default.

data "aws_region" "this" {}

data "aws_availability_zones" "this" {
  # checkov:skip=CKV_AWS_394: the first three by name are taken, a new zone comes after them
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }

  lifecycle {
    postcondition {
      condition     = length(self.names) >= 3
      error_message = "Region ${data.aws_region.this.name} has ${length(self.names)} zones, and Redshift Serverless asks for three. Take another: TF_VAR_region, or region in envs/*/variables.tf."
    }
  }
}

locals {
  zones = slice(data.aws_availability_zones.this.names, 0, min(3, length(data.aws_availability_zones.this.names)))
  # Three quarters of the VPC are private subnets; the last sixteenth is for the NAT gateway, if there is one.
  private = { for index, zone in local.zones : zone => cidrsubnet(var.cidr, 2, index) }
  public  = var.egress == "nat" ? { (local.zones[0]) = cidrsubnet(var.cidr, 4, 15) } : {}

  # Service -> who needs it.
  services = {
    glue               = "catalog, from every engine"
    kms                = "data keys"
    logs               = "log lines of jobs"
    monitoring         = "metrics of jobs"
    sts                = "roles of jobs"
    (var.gold_service) = "the step that starts gold"
    redshift-data      = "the step that serves"
  }
  streams   = length(var.streams) == 0 ? {} : { kinesis-streams = "ingest, which reads streams" }
  endpoints = var.endpoint_zones == 0 ? {} : merge(local.services, local.streams)
}

resource "aws_vpc" "this" {
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = var.name }
}

resource "aws_subnet" "private" {
  for_each = local.private

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "${var.name}-private-${each.key}" }
}

resource "aws_route_table" "private" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-private" }
}

resource "aws_route_table_association" "private" {
  for_each = aws_subnet.private

  subnet_id      = each.value.id
  route_table_id = aws_route_table.private.id
}

# AWS makes this group with every VPC; empty, it lets nothing through that was put there by mistake.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-unused" }
}

resource "aws_vpc_endpoint" "s3" {
  vpc_id          = aws_vpc.this.id
  service_name    = "com.amazonaws.${data.aws_region.this.name}.s3"
  route_table_ids = [aws_route_table.private.id]
  tags            = { Name = "${var.name}-s3" }
}

# What leads to streams leads to those that are read, and reads: it is no way for data to leave by.
data "aws_iam_policy_document" "streams" {
  for_each = local.streams

  statement {
    sid       = "ReadTheseStreams"
    actions   = ["kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = var.streams
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalAccount"
      values   = [aws_vpc.this.owner_id]
    }
  }
}

resource "aws_vpc_endpoint" "interface" {
  for_each = local.endpoints

  vpc_id              = aws_vpc.this.id
  service_name        = "com.amazonaws.${data.aws_region.this.name}.${each.key}"
  vpc_endpoint_type   = "Interface"
  private_dns_enabled = true
  security_group_ids  = [aws_security_group.endpoints.id]
  subnet_ids          = slice([for zone in local.zones : aws_subnet.private[zone].id], 0, var.endpoint_zones)
  policy              = lookup({ for service, document in data.aws_iam_policy_document.streams : service => document.json }, each.key, null)
  tags                = { Name = "${var.name}-${each.key}", Purpose = each.value }
}
