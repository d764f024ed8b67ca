# AWS's own upkeep of Iceberg tables, for the tables named in var.optimizers (none until they exist).

locals {
  upkeep = merge([
    for table, settings in var.optimizers : {
      for type in ["compaction", "orphan_file_deletion", "retention"] : "${table}/${type}" => merge(settings, { table = table, type = type })
    }
  ]...)
}

data "aws_iam_policy_document" "optimizer_trust" {
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

data "aws_iam_policy_document" "optimizer" {
  statement {
    sid       = "FilesOfGold"
    actions   = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
    resources = ["arn:${data.aws_partition.this.partition}:s3:::${var.buckets["gold"]}/*"]
  }

  statement {
    sid       = "ListGold"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = ["arn:${data.aws_partition.this.partition}:s3:::${var.buckets["gold"]}"]
  }

  statement {
    sid     = "TablesOfGold"
    actions = ["glue:GetTable", "glue:UpdateTable"]
    resources = [
      "${local.catalog}:catalog",
      "${local.catalog}:database/${aws_glue_catalog_database.this["gold"].name}",
      "${local.catalog}:table/${aws_glue_catalog_database.this["gold"].name}/*",
    ]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "Logs"
    actions   = ["logs:CreateLogGroup", "logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["arn:${data.aws_partition.this.partition}:logs:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:log-group:/aws-glue/iceberg-*"]
  }
}

resource "aws_iam_role" "optimizer" {
  name                 = "${var.name}-optimizer"
  assume_role_policy   = data.aws_iam_policy_document.optimizer_trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "gold" }
}

resource "aws_iam_role_policy" "optimizer" {
  name   = "keep-gold-in-shape"
  role   = aws_iam_role.optimizer.id
  policy = data.aws_iam_policy_document.optimizer.json
}

resource "aws_glue_catalog_table_optimizer" "this" {
  for_each = local.upkeep

  catalog_id    = data.aws_caller_identity.this.account_id
  database_name = aws_glue_catalog_database.this["gold"].name
  table_name    = each.value.table
  type          = each.value.type

  configuration {
    enabled  = true
    role_arn = aws_iam_role.optimizer.arn

    dynamic "retention_configuration" {
      for_each = each.value.type == "retention" ? [each.value.snapshot_days] : []
      content {
        iceberg_configuration {
          snapshot_retention_period_in_days = retention_configuration.value
          number_of_snapshots_to_retain     = 1
          clean_expired_files               = true
        }
      }
    }

    dynamic "orphan_file_deletion_configuration" {
      for_each = each.value.type == "orphan_file_deletion" ? [each.value.orphan_days] : []
      content {
        iceberg_configuration {
          orphan_file_retention_period_in_days = orphan_file_deletion_configuration.value
          location                             = "s3://${var.buckets["gold"]}/${each.value.table}/"
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.optimizer]
}
