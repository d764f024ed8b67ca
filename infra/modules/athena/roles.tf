# Who in the account may take this role, IAM says. It reads gold and writes nothing but its answers: Athena asks for data in
# the name of who asks.

data "aws_iam_policy_document" "steward_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "steward" {
  # In this workgroup only: another has no limit, and puts answers elsewhere.
  statement {
    sid = "AskInItsWorkgroup"
    actions = [
      "athena:BatchGetQueryExecution", "athena:GetQueryExecution", "athena:GetQueryResults", "athena:GetQueryResultsStream",
      "athena:GetWorkGroup", "athena:ListQueryExecutions", "athena:StartQueryExecution", "athena:StopQueryExecution",
    ]
    resources = [aws_athena_workgroup.this.arn]
  }

  statement {
    sid       = "SeeTablesOfGold"
    actions   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
    resources = [var.gold.catalog_arn, var.gold.database_arn, var.gold.table_arn]
  }

  statement {
    sid       = "ReadGold"
    actions   = ["s3:GetObject"]
    resources = ["${var.gold.bucket_arn}/*"]
  }

  statement {
    sid       = "FindGoldAndAnswers"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [var.gold.bucket_arn, var.answers.bucket_arn]
  }

  statement {
    sid       = "KeepAnswers"
    actions   = ["s3:AbortMultipartUpload", "s3:GetObject", "s3:ListMultipartUploadParts", "s3:PutObject"]
    resources = ["${var.answers.bucket_arn}/athena/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.gold.kms_key_arn]
  }
}

resource "aws_iam_role" "steward" {
  name                 = "${var.name}-steward"
  assume_role_policy   = data.aws_iam_policy_document.steward_trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "gold" }
}

resource "aws_iam_role_policy" "steward" {
  name   = "ask-gold"
  role   = aws_iam_role.steward.id
  policy = data.aws_iam_policy_document.steward.json
}
