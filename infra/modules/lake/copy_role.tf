# Whom S3 copies as: it reads what is to be copied and writes copies, and neither the other way.

data "aws_iam_policy_document" "copy_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["s3.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "copy" {
  for_each = aws_kms_key.copy

  statement {
    sid       = "SeeWhatIsToBeCopied"
    actions   = ["s3:GetReplicationConfiguration", "s3:ListBucket"]
    resources = [for layer in keys(local.copied) : aws_s3_bucket.this[layer].arn]
  }

  statement {
    sid       = "ReadIt"
    actions   = ["s3:GetObjectVersionAcl", "s3:GetObjectVersionForReplication", "s3:GetObjectVersionTagging"]
    resources = [for layer, prefix in local.copied : "${aws_s3_bucket.this[layer].arn}/${prefix}*"]
  }

  statement {
    sid       = "WriteCopies"
    actions   = ["s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags"]
    resources = [for bucket in aws_s3_bucket.copy : "${bucket.arn}/*"]
  }

  statement {
    sid       = "DecryptIt"
    actions   = ["kms:Decrypt"]
    resources = [aws_kms_key.this.arn]
  }

  statement {
    sid       = "EncryptCopies"
    actions   = ["kms:Encrypt"]
    resources = [each.value.arn]
  }
}

resource "aws_iam_role" "copy" {
  for_each = aws_kms_key.copy

  name                 = "${var.name}-copy"
  assume_role_policy   = data.aws_iam_policy_document.copy_trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "copy" {
  for_each = aws_kms_key.copy

  name   = "copy-to-another-region"
  role   = aws_iam_role.copy[each.key].id
  policy = data.aws_iam_policy_document.copy[each.key].json
}
