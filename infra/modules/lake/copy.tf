# A copy of what everything can be built from, in another region: what landed, and who was erased (without that list a lake that
# is built anew would bring them back). S3 copies an object within 15 minutes of its arrival, or somebody is told.

locals {
  # Layer -> what of it is copied.
  copied = var.copy_region == null ? {} : { landing = "", quarantine = "_people/" }
  copies = { for layer in keys(local.copied) : layer => "${var.bucket_prefix}-${layer}-copy" }
}

resource "aws_kms_key" "copy" {
  for_each = var.copy_region == null ? {} : { this = var.copy_region }
  provider = aws.copy

  description             = "What ${var.name} copies to ${each.value}"
  deletion_window_in_days = var.retention.key_recovery_days
  enable_key_rotation     = true
  policy                  = data.aws_iam_policy_document.copy_key.json
}

data "aws_iam_policy_document" "copy_key" {
  # checkov:skip=CKV_AWS_109: in a key policy "*" is this key, and without the account's root nobody could ever change it
  # checkov:skip=CKV_AWS_111: the same
  # checkov:skip=CKV_AWS_356: the same
  statement {
    sid       = "AccountDecidesByIam"
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = [local.root]
    }
  }
}

resource "aws_s3_bucket" "copy" {
  # checkov:skip=CKV_AWS_144: it is the copy
  # checkov:skip=CKV_AWS_18: who wrote the original is in its log; who reads the copy is in CloudTrail
  # checkov:skip=CKV2_AWS_62: nothing starts when something is copied
  # checkov:skip=CKV_AWS_21: aws_s3_bucket_versioning.copy has every bucket; the check does not follow for_each
  # checkov:skip=CKV2_AWS_6: aws_s3_bucket_public_access_block.copy has every bucket; the check does not follow for_each
  # checkov:skip=CKV_AWS_145: aws_s3_bucket_server_side_encryption_configuration.copy has every bucket
  for_each = local.copies
  provider = aws.copy

  bucket        = each.value
  force_destroy = contains(local.disposable, each.key)
  tags          = { Layer = each.key }
}

resource "aws_s3_bucket_ownership_controls" "copy" {
  for_each = aws_s3_bucket.copy
  provider = aws.copy

  bucket = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "copy" {
  for_each = aws_s3_bucket.copy
  provider = aws.copy

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "copy" {
  for_each = aws_s3_bucket.copy
  provider = aws.copy

  bucket = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "copy" {
  for_each = aws_s3_bucket.copy
  provider = aws.copy

  bucket = each.value.id
  rule {
    bucket_key_enabled = true
    apply_server_side_encryption_by_default {
      sse_algorithm     = "aws:kms"
      kms_master_key_id = aws_kms_key.copy["this"].arn
    }
  }
}

resource "aws_s3_bucket_lifecycle_configuration" "copy" {
  for_each = aws_s3_bucket.copy
  provider = aws.copy

  bucket = each.value.id
  rule {
    id     = "replaced-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = var.retention.replaced_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
  }

  depends_on = [aws_s3_bucket_versioning.copy]
}

data "aws_iam_policy_document" "copy_bucket" {
  for_each = local.copies

  statement {
    sid       = "TlsOnly"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.copy[each.key].arn, "${aws_s3_bucket.copy[each.key].arn}/*"]
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
}

resource "aws_s3_bucket_policy" "copy" {
  for_each = local.copies
  provider = aws.copy

  bucket = aws_s3_bucket.copy[each.key].id
  policy = data.aws_iam_policy_document.copy_bucket[each.key].json

  depends_on = [aws_s3_bucket_public_access_block.copy]
}

resource "aws_s3_bucket_replication_configuration" "this" {
  for_each = local.copied

  bucket = aws_s3_bucket.this[each.key].id
  role   = aws_iam_role.copy["this"].arn

  rule {
    id       = "copy"
    priority = 1
    status   = "Enabled"

    filter {
      prefix = each.value
    }

    # What is deleted here by mistake is still there.
    delete_marker_replication {
      status = "Disabled"
    }

    source_selection_criteria {
      sse_kms_encrypted_objects {
        status = "Enabled"
      }
    }

    destination {
      bucket        = aws_s3_bucket.copy[each.key].arn
      storage_class = "STANDARD_IA"

      encryption_configuration {
        replica_kms_key_id = aws_kms_key.copy["this"].arn
      }

      metrics {
        status = "Enabled"
        event_threshold {
          minutes = 15
        }
      }

      replication_time {
        status = "Enabled"
        time {
          minutes = 15
        }
      }
    }
  }

  depends_on = [aws_iam_role_policy.copy, aws_s3_bucket_versioning.copy, aws_s3_bucket_versioning.this]
}
