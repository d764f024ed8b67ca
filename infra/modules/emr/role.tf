# What gold's own work may do: read silver and gold, write gold, and leave a row in the run ledger. The ledger is the one table of
# bronze it has anything to do with; landing is none of its business.

locals {
  run_ledger = {
    objects = "${var.lake.bucket_arns["bronze"]}/flow_runs/*"
    table   = replace(var.catalog.table_arns["bronze"], "/*", "/flow_runs")
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["emr-serverless.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [local.account]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-emr-gold"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "gold" }
}

data "aws_iam_policy_document" "gold" {
  # Names in bronze too: only to who may list does S3 say of a file that it is not there yet.
  statement {
    sid       = "ListItsLayers"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [for layer in ["bronze", "silver", "gold", "artifacts"] : var.lake.bucket_arns[layer]]
  }

  statement {
    sid       = "ReadSilverAndItsCode"
    actions   = ["s3:GetObject"]
    resources = [for layer in ["silver", "artifacts"] : "${var.lake.bucket_arns[layer]}/*"]
  }

  statement {
    sid       = "WriteGold"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${var.lake.bucket_arns["gold"]}/*"]
  }

  # Who was erased: late records of them are kept out wherever a table is built.
  statement {
    sid       = "SeeWhoWasErased"
    actions   = ["s3:GetObject"]
    resources = ["${var.lake.bucket_arns["quarantine"]}/_people/*"]
  }

  statement {
    sid       = "FindWhoWasErased"
    actions   = ["s3:ListBucket"]
    resources = [var.lake.bucket_arns["quarantine"]]
    condition {
      test     = "StringLike"
      variable = "s3:prefix"
      values   = ["_people", "_people/*"]
    }
  }

  statement {
    sid       = "LeaveReportsAndLogs"
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["${var.lake.bucket_arns["logs"]}/runs/*", "${var.lake.bucket_arns["logs"]}/emr/*"]
  }

  statement {
    sid       = "SeeTheDatabases"
    actions   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables"]
    resources = concat([var.catalog.arn], values(var.catalog.database_arns), [for layer in ["silver", "gold"] : var.catalog.table_arns[layer]])
  }

  statement {
    sid       = "CommitGold"
    actions   = ["glue:CreateTable", "glue:DeleteTable", "glue:UpdateTable"]
    resources = [var.catalog.arn, var.catalog.database_arns["gold"], var.catalog.table_arns["gold"]]
  }

  statement {
    sid       = "WriteTheRunLedger"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = [local.run_ledger.objects]
  }

  statement {
    sid       = "CommitTheRunLedger"
    actions   = ["glue:CreateTable", "glue:GetTable", "glue:UpdateTable"]
    resources = [var.catalog.arn, var.catalog.database_arns["bronze"], local.run_ledger.table]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.lake.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "silver-to-gold"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.gold.json
}
