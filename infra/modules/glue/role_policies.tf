# What each role may do: its own work, and what every Glue job needs.

data "aws_iam_policy_document" "common" {
  # checkov:skip=CKV_AWS_356: writing metrics takes no resource; it is narrowed by a condition
  statement {
    sid       = "ReadItsScriptAndLibraries"
    actions   = ["s3:GetObject"]
    resources = ["${var.lake.bucket_arns["artifacts"]}/*"]
  }

  statement {
    sid       = "FindArtifacts"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [var.lake.bucket_arns["artifacts"]]
  }

  statement {
    sid       = "WorkFiles"
    actions   = ["s3:DeleteObject", "s3:PutObject"]
    resources = ["${var.lake.bucket_arns["artifacts"]}/tmp/*"]
  }

  statement {
    sid       = "DecryptThem"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.lake.kms_key_arn]
  }

  statement {
    sid       = "WriteLogs"
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [for group in aws_cloudwatch_log_group.this : "${group.arn}:*"]
  }

  # Python-shell jobs know no log group but these, which they make themselves.
  statement {
    sid     = "WriteLogsOfSteps"
    actions = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = [
      "arn:${data.aws_partition.this.partition}:logs:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:log-group:/aws-glue/python-jobs/*",
    ]
  }

  statement {
    sid       = "WriteMetrics"
    actions   = ["cloudwatch:PutMetricData"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "cloudwatch:namespace"
      values   = ["Glue"]
    }
  }

  # It takes no resource.
  statement {
    sid       = "SeeHowToEncrypt"
    actions   = ["glue:GetSecurityConfiguration"]
    resources = ["*"]
  }
}

# What a job needs to stand in the private network, where it stands there.
data "aws_iam_policy_document" "network" {
  # checkov:skip=CKV_AWS_356: looking at a network takes no resource
  for_each = local.networks

  statement {
    sid       = "UseTheConnection"
    actions   = ["glue:GetConnection"]
    resources = [var.catalog.arn, aws_glue_connection.this[each.key].arn]
  }

  # Looking at the network takes no resource. Making an interface in it does.
  statement {
    sid = "LookAtTheNetwork"
    actions = [
      "ec2:DescribeNetworkInterfaces", "ec2:DescribeRouteTables", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
      "ec2:DescribeVpcAttribute", "ec2:DescribeVpcEndpoints",
    ]
    resources = ["*"]
  }

  statement {
    sid     = "StandInItsSubnet"
    actions = ["ec2:CreateNetworkInterface"]
    resources = [
      "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:network-interface/*",
      "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:security-group/${each.value.security_group_id}",
      "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:subnet/${each.value.subnet_id}",
    ]
  }

  # A request to delete names no tags: a condition on them would deny it, and interfaces would pile up until no job starts
  # and no destroy comes to its end.
  statement {
    sid       = "LeaveItsSubnet"
    actions   = ["ec2:DeleteNetworkInterface"]
    resources = ["arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:network-interface/*"]
  }

  statement {
    sid       = "TagItsInterfaces"
    actions   = ["ec2:CreateTags", "ec2:DeleteTags"]
    resources = ["arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:network-interface/*"]
    condition {
      test     = "ForAnyValue:StringLike"
      variable = "aws:TagKeys"
      values   = ["aws-glue-service-resource"]
    }
  }
}

data "aws_iam_policy_document" "this" {
  for_each = aws_iam_role.this

  source_policy_documents = concat([data.aws_iam_policy_document.common.json], values(data.aws_iam_policy_document.network)[*].json, [for name, document in data.aws_iam_policy_document.streams : document.json if name == each.key], [
    merge(
      { for name, document in data.aws_iam_policy_document.stage : name => document.json },
      { gold = data.aws_iam_policy_document.gold.json, serve = data.aws_iam_policy_document.serve.json },
    )[each.key],
  ])
}

resource "aws_iam_role_policy" "this" {
  for_each = aws_iam_role.this

  name   = "its-work"
  role   = each.value.id
  policy = data.aws_iam_policy_document.this[each.key].json
}
