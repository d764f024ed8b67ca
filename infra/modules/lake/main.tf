# One bucket per layer, one key for all of them. A layer's lifecycle is in local.layers, each with its reason.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  # The role of whoever forgets people (modules/platform/privacy.tf); it may be made after the buckets are.
  forgets = "arn:${data.aws_partition.this.partition}:iam::${local.account}:role/${var.name}-privacy"
  root    = "arn:${data.aws_partition.this.partition}:iam::${local.account}:root"

  # class_after: age in days -> storage class. Every class here answers in milliseconds: a replay of any day must be
  # able to start at once, so GLACIER and DEEP_ARCHIVE, which take hours, are never used.
  layers = {
    # Read once on arrival, then only by a replay: cheap early, kept for ever.
    landing = { class_after = { STANDARD_IA = 30, GLACIER_IR = 90 }, expire_days = null }
    # Read again only by a full refresh, in whole files.
    bronze = { class_after = { STANDARD_IA = 60, GLACIER_IR = 180 }, expire_days = null }
    # What is read depends on what changes: S3 watches the access itself.
    silver = { class_after = { INTELLIGENT_TIERING = 30 }, expire_days = null }
    gold   = { class_after = { INTELLIGENT_TIERING = 30 }, expire_days = null }
    # Small, and open rows must be replayable however old they are.
    quarantine = { class_after = {}, expire_days = null }
    # Names carry the hash of their content, so a rollback finds its files; builds can be repeated.
    artifacts = { class_after = {}, expire_days = null }
    # Wanted for as long as an incident is looked into.
    logs = { class_after = {}, expire_days = var.retention.logs_days }
    # What stewards asked of gold, personal columns too: to be asked again, not to be kept.
    answers = { class_after = {}, expire_days = var.retention.answers_days }
  }
  # What can be made or asked again a destroy may always take.
  disposable = var.protection == "discard" ? keys(local.layers) : ["answers", "artifacts"]
  data       = setsubtract(keys(local.layers), ["logs"])
}

resource "aws_s3_bucket" "this" {
  # checkov:skip=CKV_AWS_144: what everything is built from is copied where copy_region says so (copy.tf); the rest is built from that
  # checkov:skip=CKV_AWS_18: the logs bucket cannot log to itself, all others do (aws_s3_bucket_logging.this)
  # checkov:skip=CKV2_AWS_62: only landing starts something on arrival (aws_s3_bucket_notification.landing)
  # checkov:skip=CKV_AWS_21: aws_s3_bucket_versioning.this has every bucket; the check does not follow for_each
  # checkov:skip=CKV2_AWS_6: aws_s3_bucket_public_access_block.this has every bucket; the check does not follow for_each
  # checkov:skip=CKV_AWS_145: S3 delivers access logs only to a bucket with its own key (SSE-S3); all others use the customer key
  for_each = local.layers

  bucket        = "${var.bucket_prefix}-${each.key}"
  force_destroy = contains(local.disposable, each.key)
  tags          = { Layer = each.key }
}

resource "aws_s3_bucket_ownership_controls" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  rule {
    object_ownership = "BucketOwnerEnforced"
  }
}

resource "aws_s3_bucket_public_access_block" "this" {
  for_each = aws_s3_bucket.this

  bucket                  = each.value.id
  block_public_acls       = true
  block_public_policy     = true
  ignore_public_acls      = true
  restrict_public_buckets = true
}

resource "aws_s3_bucket_versioning" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  versioning_configuration {
    status = "Enabled"
  }
}

resource "aws_s3_bucket_server_side_encryption_configuration" "this" {
  for_each = aws_s3_bucket.this

  bucket = each.value.id
  rule {
    # One data key a bucket and hour instead of one an object: KMS is paid by the request.
    bucket_key_enabled = each.key != "logs"
    apply_server_side_encryption_by_default {
      sse_algorithm     = each.key == "logs" ? "AES256" : "aws:kms"
      kms_master_key_id = each.key == "logs" ? null : aws_kms_key.this.arn
    }
  }
}

resource "aws_s3_bucket_logging" "this" {
  for_each = local.data

  bucket        = aws_s3_bucket.this[each.key].id
  target_bucket = aws_s3_bucket.this["logs"].id
  target_prefix = "s3/${each.key}/"

  depends_on = [aws_s3_bucket_policy.this]
}

resource "aws_s3_bucket_lifecycle_configuration" "this" {
  for_each = local.layers

  bucket = aws_s3_bucket.this[each.key].id

  rule {
    id     = "replaced-versions"
    status = "Enabled"
    filter {}
    noncurrent_version_expiration {
      noncurrent_days = each.key == "answers" ? 1 : var.retention.replaced_days
    }
    abort_incomplete_multipart_upload {
      days_after_initiation = 7
    }
    dynamic "expiration" {
      for_each = each.value.expire_days == null ? [] : [each.value.expire_days]
      content {
        days = expiration.value
      }
    }
    dynamic "transition" {
      for_each = each.value.class_after
      content {
        storage_class = transition.key
        days          = transition.value
      }
    }
  }

  depends_on = [aws_s3_bucket_versioning.this]
}

# Arrivals are events on the account's bus; who listens (the workflow) is not the lake's business.
resource "aws_s3_bucket_notification" "landing" {
  bucket      = aws_s3_bucket.this["landing"].id
  eventbridge = true
}
