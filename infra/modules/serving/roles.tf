# redshift: what the warehouse itself may read and write. analyst: what a person who queries it may do.

# Redshift is not documented to say in whose name it takes a role: a condition on it would be a denial.
data "aws_iam_policy_document" "redshift_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["redshift.amazonaws.com", "redshift-serverless.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "redshift" {
  statement {
    sid       = "ReadGold"
    actions   = ["s3:GetObject"]
    resources = ["${var.gold.bucket_arn}/*"]
  }

  statement {
    sid       = "FindGold"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket"]
    resources = [var.gold.bucket_arn]
  }

  # UNLOAD's only place.
  statement {
    sid       = "Export"
    actions   = ["s3:AbortMultipartUpload", "s3:DeleteObject", "s3:PutObject"]
    resources = ["${var.gold.bucket_arn}/_exports/*"]
  }

  statement {
    sid       = "SeeTablesOfGold"
    actions   = ["glue:GetDatabase", "glue:GetDatabases", "glue:GetPartition", "glue:GetPartitions", "glue:GetTable", "glue:GetTables"]
    resources = [var.gold.catalog_arn, var.gold.database_arn, var.gold.table_arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.gold.kms_key_arn]
  }
}

resource "aws_iam_role" "redshift" {
  name                 = "${var.name}-redshift"
  assume_role_policy   = data.aws_iam_policy_document.redshift_trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "gold" }
}

resource "aws_iam_role_policy" "redshift" {
  name   = "gold"
  role   = aws_iam_role.redshift.id
  policy = data.aws_iam_policy_document.redshift.json
}

# Who in the account may take this role, IAM says. In the database it is the user IAMR:<role>, in the group of analysts
# (main.tf). There is no S3, Glue or key permission: analysts see gold's copies, which have no personal columns.
data "aws_iam_policy_document" "analyst_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "analyst" {
  statement {
    sid       = "LogIn"
    actions   = ["redshift-serverless:GetCredentials", "redshift-serverless:GetWorkgroup"]
    resources = [aws_redshiftserverless_workgroup.this.arn]
  }

  statement {
    sid       = "Query"
    actions   = ["redshift-data:BatchExecuteStatement", "redshift-data:DescribeTable", "redshift-data:ExecuteStatement", "redshift-data:ListSchemas", "redshift-data:ListTables"]
    resources = [aws_redshiftserverless_workgroup.this.arn]
  }

  # These take no resource; the condition narrows them to the person's own statements.
  statement {
    sid       = "FollowOwnStatements"
    actions   = ["redshift-data:CancelStatement", "redshift-data:DescribeStatement", "redshift-data:GetStatementResult"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "redshift-data:statement-owner-iam-userid"
      values   = ["$${aws:userid}"]
    }
  }
}

resource "aws_iam_role" "analyst" {
  name                 = "${var.name}-analyst"
  assume_role_policy   = data.aws_iam_policy_document.analyst_trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "gold" }
}

resource "aws_iam_role_policy" "analyst" {
  name   = "query-gold"
  role   = aws_iam_role.analyst.id
  policy = data.aws_iam_policy_document.analyst.json
}
