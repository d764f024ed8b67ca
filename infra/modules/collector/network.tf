# A network of its own: nothing of the lake is reached from here. Two public subnets, since a balancer wants two zones; tasks have
# public addresses to reach AWS by, and let in the balancer alone.

data "aws_availability_zones" "this" {
  # checkov:skip=CKV_AWS_394: the first two by name are taken, a new zone comes after them
  state = "available"

  filter {
    name   = "opt-in-status"
    values = ["opt-in-not-required"]
  }
}

locals {
  subnets = { for index, zone in slice(data.aws_availability_zones.this.names, 0, 2) : zone => cidrsubnet(var.cidr, 1, index) }
  groups  = { balancer = "The balancer of the collector", tasks = "Tasks of the collector" }
}

resource "aws_vpc" "this" {
  # checkov:skip=CKV2_AWS_11: the balancer counts what comes, the tasks log what is wrong, and there is nothing else in it
  cidr_block           = var.cidr
  enable_dns_hostnames = true
  enable_dns_support   = true
  tags                 = { Name = "${var.name}-collector" }
}

# AWS makes this group with every VPC; empty, it lets nothing through that was put there by mistake.
resource "aws_default_security_group" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-collector-unused" }
}

resource "aws_internet_gateway" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-collector" }
}

resource "aws_subnet" "this" {
  for_each = local.subnets

  vpc_id            = aws_vpc.this.id
  availability_zone = each.key
  cidr_block        = each.value
  tags              = { Name = "${var.name}-collector-${each.key}" }
}

resource "aws_route_table" "this" {
  vpc_id = aws_vpc.this.id
  tags   = { Name = "${var.name}-collector" }
}

resource "aws_route" "this" {
  route_table_id         = aws_route_table.this.id
  destination_cidr_block = "0.0.0.0/0"
  gateway_id             = aws_internet_gateway.this.id
}

resource "aws_route_table_association" "this" {
  for_each = aws_subnet.this

  subnet_id      = each.value.id
  route_table_id = aws_route_table.this.id
}

resource "aws_security_group" "this" {
  for_each = local.groups

  name        = "${var.name}-collector-${each.key}"
  description = each.value
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-collector-${each.key}" }
}

resource "aws_vpc_security_group_ingress_rule" "clients" {
  security_group_id = aws_security_group.this["balancer"].id
  description       = "HTTPS from clients, wherever they are"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

resource "aws_vpc_security_group_egress_rule" "to_tasks" {
  security_group_id            = aws_security_group.this["balancer"].id
  description                  = "To the tasks"
  referenced_security_group_id = aws_security_group.this["tasks"].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_ingress_rule" "balancer" {
  security_group_id            = aws_security_group.this["tasks"].id
  description                  = "From the balancer"
  referenced_security_group_id = aws_security_group.this["balancer"].id
  ip_protocol                  = "tcp"
  from_port                    = local.port
  to_port                      = local.port
}

resource "aws_vpc_security_group_egress_rule" "to_aws" {
  security_group_id = aws_security_group.this["tasks"].id
  description       = "HTTPS to Kinesis, S3, the registry and the log"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
