# Who forgets people, and tells them what is known (docs/privacy.md): the one role that may remove what the lake keeps.
# Nothing runs with it; an operator takes it for as long as the command runs.

data "aws_iam_policy_document" "privacy_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "privacy" {
  statement {
    sid       = "ListEveryVersion"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketVersions"]
    resources = [for layer in concat(local.personal, ["logs"]) : module.lake.bucket_arns[layer]]
  }

  statement {
    sid       = "ForgetInEveryLayer"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = concat([for layer in local.personal : "${module.lake.bucket_arns[layer]}/*"], ["${module.lake.bucket_arns["logs"]}/runs/*"])
  }

  # A copy does not follow what is deleted: whoever forgets people deletes there, too.
  dynamic "statement" {
    for_each = length(module.lake.copies) == 0 ? [] : [module.lake.copy_arns]
    content {
      sid       = "ForgetInCopies"
      actions   = ["s3:DeleteObject", "s3:DeleteObjectVersion", "s3:GetObject", "s3:ListBucket", "s3:ListBucketVersions"]
      resources = concat(statement.value.buckets, [for arn in statement.value.buckets : "${arn}/*"])
    }
  }

  statement {
    sid       = "CommitTables"
    actions   = ["glue:CreateTable", "glue:DeleteTable", "glue:GetDatabase", "glue:GetDatabases", "glue:GetTable", "glue:GetTables", "glue:UpdateTable"]
    resources = concat([module.catalog.catalog_arn], values(module.catalog.database_arns), values(module.catalog.table_arns))
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = concat([module.lake.kms_key_arn], module.lake.copy_arns.keys)
  }
}

locals {
  personal = ["landing", "bronze", "silver", "gold", "quarantine"]
}

# The lake's policy knows it by this name.
resource "aws_iam_role" "privacy" {
  name                 = "${local.name}-privacy"
  assume_role_policy   = data.aws_iam_policy_document.privacy_trust.json
  permissions_boundary = local.boundary
}

resource "aws_iam_role_policy" "privacy" {
  name   = "forget-and-tell"
  role   = aws_iam_role.privacy.id
  policy = data.aws_iam_policy_document.privacy.json
}
