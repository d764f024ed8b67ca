# Roles and security groups of the cluster on EC2.

locals {
  cluster_trust = { service = "elasticmapreduce.amazonaws.com", nodes = "ec2.amazonaws.com" }
}

data "aws_iam_policy_document" "cluster_trust" {
  for_each = local.cluster_trust

  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = [each.value]
    }
  }
}

resource "aws_iam_role" "cluster" {
  for_each = local.clusters

  name                 = "${var.name}-emr-cluster"
  assume_role_policy   = data.aws_iam_policy_document.cluster_trust["service"].json
  permissions_boundary = var.boundary
}

# Machines only in this VPC, only with this role on them.
data "aws_iam_policy_document" "cluster" {
  for_each = local.clusters

  statement {
    sid = "LookAround"
    actions = [
      "ec2:DescribeAccountAttributes", "ec2:DescribeCapacityReservations", "ec2:DescribeDhcpOptions", "ec2:DescribeImages",
      "ec2:DescribeInstanceTypeOfferings", "ec2:DescribeInstances", "ec2:DescribeLaunchTemplates", "ec2:DescribeNetworkAcls",
      "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
      "ec2:DescribeVolumeStatus", "ec2:DescribeVolumes", "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints", "ec2:DescribeVpcs",
    ]
    resources = ["*"]
  }

  statement {
    sid     = "RunNodes"
    actions = ["ec2:CreateFleet", "ec2:CreateLaunchTemplate", "ec2:CreateLaunchTemplateVersion", "ec2:CreateNetworkInterface", "ec2:CreateTags", "ec2:RunInstances"]
    resources = concat(
      [for kind in ["fleet", "instance", "launch-template", "network-interface", "volume"] : "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${local.account}:${kind}/*"],
      [for group in [aws_security_group.nodes[each.key].id, aws_security_group.service[each.key].id, var.network.security_group_id] : "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${local.account}:security-group/${group}"],
      ["arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${local.account}:subnet/${var.network.subnet_ids[0]}", "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}::image/*"],
    )
  }

  statement {
    sid     = "EndNodes"
    actions = ["ec2:DeleteLaunchTemplate", "ec2:DeleteNetworkInterface", "ec2:DeleteVolume", "ec2:ModifyInstanceAttribute", "ec2:TerminateInstances"]
    resources = [
      for kind in ["instance", "launch-template", "network-interface", "volume"] : "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${local.account}:${kind}/*"
    ]
    condition {
      test     = "StringEquals"
      variable = "aws:ResourceTag/Project"
      values   = ["marketpulse"]
    }
  }

  # EMR looks after the rules of the groups it is given, and asks for this even where all of them are there.
  statement {
    sid = "LookAfterRules"
    actions = [
      "ec2:AuthorizeSecurityGroupEgress", "ec2:AuthorizeSecurityGroupIngress", "ec2:RevokeSecurityGroupEgress", "ec2:RevokeSecurityGroupIngress",
    ]
    resources = [aws_security_group.nodes[each.key].arn, aws_security_group.service[each.key].arn]
  }

  # The first Spot node of an account needs it.
  statement {
    sid       = "MakeTheRoleOfSpot"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${data.aws_partition.this.partition}:iam::${local.account}:role/aws-service-role/spot.amazonaws.com/AWSServiceRoleForEC2Spot*"]
    condition {
      test     = "StringEquals"
      variable = "iam:AWSServiceName"
      values   = ["spot.amazonaws.com"]
    }
  }

  # Disks of the nodes are encrypted with the environment's key; EC2 is granted it for their life.
  statement {
    sid       = "EncryptDisks"
    actions   = ["kms:Decrypt", "kms:DescribeKey", "kms:GenerateDataKeyWithoutPlaintext"]
    resources = [var.lake.kms_key_arn]
  }

  statement {
    sid       = "GrantDisks"
    actions   = ["kms:CreateGrant"]
    resources = [var.lake.kms_key_arn]
    condition {
      test     = "Bool"
      variable = "kms:GrantIsForAWSResource"
      values   = ["true"]
    }
  }

  statement {
    sid       = "HandOverTheRoleOfTheNodes"
    actions   = ["iam:PassRole"]
    resources = [aws_iam_role.nodes[each.key].arn]
    condition {
      test     = "StringEquals"
      variable = "iam:PassedToService"
      values   = ["ec2.amazonaws.com"]
    }
  }
}

resource "aws_iam_role_policy" "cluster" {
  for_each = local.clusters

  name   = "run-nodes"
  role   = aws_iam_role.cluster[each.key].id
  policy = data.aws_iam_policy_document.cluster[each.key].json
}

resource "aws_iam_role" "nodes" {
  for_each = local.clusters

  name                 = "${var.name}-emr-nodes"
  assume_role_policy   = data.aws_iam_policy_document.cluster_trust["nodes"].json
  permissions_boundary = var.boundary
}

# The nodes do gold's work and nothing else.
resource "aws_iam_role_policy" "nodes" {
  for_each = local.clusters

  name   = "silver-to-gold"
  role   = aws_iam_role.nodes[each.key].id
  policy = data.aws_iam_policy_document.gold.json
}

resource "aws_iam_instance_profile" "nodes" {
  for_each = local.clusters

  name = "${var.name}-emr-nodes"
  role = aws_iam_role.nodes[each.key].name
}

resource "aws_security_group" "nodes" {
  # checkov:skip=CKV2_AWS_5: the cluster is given it in ec2_attributes
  for_each = local.clusters

  name                   = "${var.name}-emr-nodes"
  description            = "Nodes of the cluster"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-emr-nodes" }
}

resource "aws_security_group" "service" {
  # checkov:skip=CKV2_AWS_5: the cluster is given it in ec2_attributes
  for_each = local.clusters

  name                   = "${var.name}-emr-service"
  description            = "EMR itself, which speaks to the nodes"
  vpc_id                 = var.network.vpc_id
  revoke_rules_on_delete = true
  tags                   = { Name = "${var.name}-emr-service" }
}

# What EMR asks for between its groups in a private subnet: nodes among themselves, the service to the nodes, and back. The
# way to AWS is the workers' group, which nodes have besides.
locals {
  rules = var.cluster == null ? {} : {
    nodes_in        = { group = "nodes", way = "in", peer = "nodes", protocol = "-1", port = null, text = "Nodes among themselves" }
    nodes_out       = { group = "nodes", way = "out", peer = "nodes", protocol = "-1", port = null, text = "Nodes among themselves" }
    service_asks    = { group = "service", way = "out", peer = "nodes", protocol = "tcp", port = 8443, text = "EMR to the nodes" }
    nodes_are_asked = { group = "nodes", way = "in", peer = "service", protocol = "tcp", port = 8443, text = "EMR to the nodes" }
    nodes_report    = { group = "nodes", way = "out", peer = "service", protocol = "tcp", port = 9443, text = "Nodes to EMR" }
    service_hears   = { group = "service", way = "in", peer = "nodes", protocol = "tcp", port = 9443, text = "Nodes to EMR" }
  }
  groups = var.cluster == null ? {} : { nodes = aws_security_group.nodes["this"].id, service = aws_security_group.service["this"].id }
}

resource "aws_vpc_security_group_ingress_rule" "cluster" {
  # checkov:skip=CKV_AWS_24: the source is a group of the cluster, not the internet
  # checkov:skip=CKV_AWS_25: the same
  # checkov:skip=CKV_AWS_260: the same
  for_each = { for name, rule in local.rules : name => rule if rule.way == "in" }

  security_group_id            = local.groups[each.value.group]
  description                  = each.value.text
  referenced_security_group_id = local.groups[each.value.peer]
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
}

resource "aws_vpc_security_group_egress_rule" "cluster" {
  for_each = { for name, rule in local.rules : name => rule if rule.way == "out" }

  security_group_id            = local.groups[each.value.group]
  description                  = each.value.text
  referenced_security_group_id = local.groups[each.value.peer]
  ip_protocol                  = each.value.protocol
  from_port                    = each.value.port
  to_port                      = each.value.port
}
