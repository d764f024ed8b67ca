# What no permission elsewhere can undo: TLS only, this key only, and in a kept lake no version is ever removed by hand.

data "aws_iam_policy_document" "bucket" {
  for_each = local.layers

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = "Bool"
      variable = "aws:SecureTransport"
      values   = ["false"]
    }
  }

  # A request that names no key gets the bucket's; one that names another is refused.
  dynamic "statement" {
    for_each = each.key == "logs" ? [] : [each.key]
    content {
      sid       = "ThisKeyOnly"
      effect    = "Deny"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.this[each.key].arn}/*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
      condition {
        test     = "Null"
        variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
        values   = ["false"]
      }
      condition {
        test     = "StringNotEquals"
        variable = "s3:x-amz-server-side-encryption-aws-kms-key-id"
        values   = [aws_kms_key.this.arn]
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? [] : [each.key]
    content {
      sid       = "KmsOnly"
      effect    = "Deny"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.this[each.key].arn}/*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
      condition {
        test     = "Null"
        variable = "s3:x-amz-server-side-encryption"
        values   = ["false"]
      }
      condition {
        test     = "StringNotEquals"
        variable = "s3:x-amz-server-side-encryption"
        values   = ["aws:kms"]
      }
    }
  }

  # Lifecycle rules still expire replaced versions; people and roles cannot, but for the one that forgets people.
  dynamic "statement" {
    for_each = contains(local.disposable, each.key) ? {} : { VersionsStay = "s3:DeleteObjectVersion", VersioningStays = "s3:PutBucketVersioning" }
    content {
      sid       = statement.key
      effect    = "Deny"
      actions   = [statement.value]
      resources = [aws_s3_bucket.this[each.key].arn, "${aws_s3_bucket.this[each.key].arn}/*"]
      principals {
        type        = "*"
        identifiers = ["*"]
      }
      dynamic "condition" {
        for_each = statement.key == "VersionsStay" ? [local.forgets] : []
        content {
          test     = "ArnNotEquals"
          variable = "aws:PrincipalArn"
          values   = [condition.value]
        }
      }
    }
  }

  dynamic "statement" {
    for_each = each.key == "logs" ? [each.key] : []
    content {
      sid       = "AccessLogsOfThisAccount"
      actions   = ["s3:PutObject"]
      resources = ["${aws_s3_bucket.this["logs"].arn}/s3/*"]
      principals {
        type        = "Service"
        identifiers = ["logging.s3.amazonaws.com"]
      }
      condition {
        test     = "StringEquals"
        variable = "aws:SourceAccount"
        values   = [local.account]
      }
      condition {
        test     = "ArnEquals"
        variable = "aws:SourceArn"
        values   = [for layer in local.data : aws_s3_bucket.this[layer].arn]
      }
    }
  }
}

resource "aws_s3_bucket_policy" "this" {
  for_each = local.layers

  bucket = aws_s3_bucket.this[each.key].id
  policy = data.aws_iam_policy_document.bucket[each.key].json

  # Versioning is set before the policy forbids to change it.
  depends_on = [aws_s3_bucket_public_access_block.this, aws_s3_bucket_versioning.this]
}
