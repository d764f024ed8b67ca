# A role for each kind of work: exactly its buckets, databases, key and log groups.
#   transform  landing -> bronze -> silver        gold       starts gold on EMR
#   maintain   compacts and expires every layer   serve      runs the SQL of Redshift

locals {
  # What each stage role may do with which layer. Names of all databases are read to see that they exist.
  access = {
    transform = { read = ["landing"], write = ["bronze", "silver", "quarantine"] }
    maintain  = { read = [], write = ["bronze", "silver", "gold", "quarantine"] }
  }
  databases = keys(var.catalog.database_arns)
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["glue.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = toset(["transform", "maintain", "gold", "serve"])

  name                 = "${var.name}-glue-${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

data "aws_iam_policy_document" "stage" {
  for_each = local.access

  statement {
    sid       = "ListItsLayers"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [for layer in concat(each.value.read, each.value.write) : var.lake.bucket_arns[layer]]
  }

  dynamic "statement" {
    for_each = length(each.value.read) > 0 ? [each.value.read] : []
    content {
      sid       = "ReadWhatLanded"
      actions   = ["s3:GetObject"]
      resources = [for layer in statement.value : "${var.lake.bucket_arns[layer]}/*"]
    }
  }

  statement {
    sid       = "WriteItsLayers"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = [for layer in each.value.write : "${var.lake.bucket_arns[layer]}/*"]
  }

  statement {
    sid       = "LeaveReports"
    actions   = ["s3:PutObject"]
    resources = ["${var.lake.bucket_arns["logs"]}/runs/*"]
  }

  # Spark looks whether its event log is there, and gives it its last name when it has ended.
  statement {
    sid       = "KeepTheEventLog"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["${var.lake.bucket_arns["logs"]}/spark/*"]
  }

  statement {
    sid       = "FindTheEventLog"
    actions   = ["s3:ListBucket"]
    resources = [var.lake.bucket_arns["logs"]]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["spark", "spark/*"]
    }
  }

  statement {
    sid       = "SeeTheDatabases"
    actions   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables"]
    resources = concat([var.catalog.arn], values(var.catalog.database_arns), values(var.catalog.table_arns))
  }

  statement {
    sid     = "CommitTables"
    actions = ["glue:CreateTable", "glue:DeleteTable", "glue:UpdateTable"]
    resources = concat([var.catalog.arn], flatten([
      for layer in each.value.write : [var.catalog.database_arns[layer], var.catalog.table_arns[layer]] if contains(local.databases, layer)
    ]))
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.lake.kms_key_arn]
  }
}

# What the gold step may do where gold runs, and nowhere else.
locals {
  start_gold = {
    serverless = {
      StartOnItsApplication = {
        actions   = ["emr-serverless:GetApplication", "emr-serverless:StartApplication", "emr-serverless:StartJobRun"]
        resources = [var.gold.arn]
      }
      FollowItsRuns = {
        actions   = ["emr-serverless:CancelJobRun", "emr-serverless:GetJobRun", "emr-serverless:ListJobRuns"]
        resources = [var.gold.arn, "${var.gold.arn}/jobruns/*"]
      }
    }
    cluster = {
      StartOnItsCluster = {
        actions   = ["elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:DescribeCluster"]
        resources = [var.gold.arn]
      }
      FollowItsSteps = {
        actions   = ["elasticmapreduce:CancelSteps", "elasticmapreduce:DescribeStep", "elasticmapreduce:ListSteps"]
        resources = [var.gold.arn]
      }
    }
  }
}

data "aws_iam_policy_document" "gold" {
  dynamic "statement" {
    for_each = local.start_gold[var.gold.kind]
    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }

  # The nodes of a cluster have their role already.
  dynamic "statement" {
    for_each = var.gold.kind == "serverless" ? [var.gold.role_arn] : []
    content {
      sid       = "HandOverTheRoleOfGold"
      actions   = ["iam:PassRole"]
      resources = [statement.value]
      condition {
        test     = "StringEquals"
        variable = "iam:PassedToService"
        values   = ["emr-serverless.amazonaws.com"]
      }
    }
  }

  # An application that is started puts its interfaces into its subnets in the name of who started it.
  dynamic "statement" {
    for_each = var.gold.kind == "serverless" ? local.networks : {}
    content {
      sid     = "LetTheApplicationIntoItsSubnets"
      actions = ["ec2:CreateNetworkInterface"]
      resources = [for each in concat(["network-interface/*", "security-group/${statement.value.security_group_id}"], [for id in statement.value.gold_subnet_ids : "subnet/${id}"]) :
        "arn:${data.aws_partition.this.partition}:ec2:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:${each}"
      ]
      condition {
        test     = "StringEquals"
        variable = "aws:CalledViaLast"
        values   = ["ops.emr-serverless.amazonaws.com"]
      }
    }
  }

  statement {
    sid       = "RelayTheLog"
    actions   = ["s3:GetObject"]
    resources = ["${var.lake.bucket_arns["logs"]}/emr/*"]
  }

  statement {
    sid       = "FindTheLog"
    actions   = ["s3:ListBucket"]
    resources = [var.lake.bucket_arns["logs"]]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["emr/*"]
    }
  }
}

data "aws_iam_policy_document" "serve" {
  statement {
    sid       = "RunStatements"
    actions   = ["redshift-data:BatchExecuteStatement", "redshift-data:ExecuteStatement"]
    resources = [var.serving.workgroup_arn]
  }

  # These three take no resource; the condition is what narrows them to what this role started.
  statement {
    sid       = "FollowItsStatements"
    actions   = ["redshift-data:CancelStatement", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "redshift-data:statement-owner-iam-userid"
      values   = ["$${aws:userid}"]
    }
  }

  statement {
    sid       = "SeeWhetherGoldChanged"
    actions   = ["glue:GetDatabase", "glue:GetTable", "glue:GetTables"]
    resources = [var.catalog.arn, var.catalog.database_arns["gold"], var.catalog.table_arns["gold"]]
  }

  statement {
    sid       = "KeyPseudonyms"
    actions   = ["s3:GetObject"]
    resources = ["${var.lake.bucket_arns["quarantine"]}/_people/pseudonyms"]
  }

  statement {
    sid       = "ActAsTheOwner"
    actions   = ["secretsmanager:GetSecretValue"]
    resources = [var.serving.secret_arn]
  }
}
