# a door (modules/gateway or modules/collector) --> Kinesis --> Firehose --> landing/<feed>/ingest_date=…/hour=…/*.gz
# A file's folder is the time it arrived (UTC), as for every feed: what is late lands today. What lands of a record is said by
# the door's own code (delivery.tf).

data "aws_partition" "this" {}

locals {
  landing_arn = "arn:${data.aws_partition.this.partition}:s3:::${var.landing_bucket}"
}

resource "aws_kinesis_stream" "this" {
  name             = "${var.name}-${var.feed}"
  retention_period = var.replay_hours
  shard_count      = var.shards
  encryption_type  = "KMS"
  kms_key_id       = var.kms_key_arn
  tags             = { Layer = "landing" }

  stream_mode_details {
    stream_mode = var.shards == null ? "ON_DEMAND" : "PROVISIONED"
  }
}

resource "aws_cloudwatch_log_group" "delivery" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  name              = "/${var.name}/firehose/${var.feed}"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_cloudwatch_log_stream" "delivery" {
  name           = "landing"
  log_group_name = aws_cloudwatch_log_group.delivery.name
}

resource "aws_kinesis_firehose_delivery_stream" "this" {
  # checkov:skip=CKV_AWS_240: its source is a stream that is encrypted; Firehose keeps nothing of its own then
  # checkov:skip=CKV_AWS_241: the same
  name        = "${var.name}-${var.feed}"
  destination = "extended_s3"
  tags        = { Layer = "landing" }

  kinesis_source_configuration {
    kinesis_stream_arn = aws_kinesis_stream.this.arn
    role_arn           = aws_iam_role.delivery.arn
  }

  extended_s3_configuration {
    role_arn            = aws_iam_role.delivery.arn
    bucket_arn          = local.landing_arn
    prefix              = "${var.feed}/ingest_date=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/"
    error_output_prefix = "_errors/${var.feed}/!{firehose:error-output-type}/ingest_date=!{timestamp:yyyy-MM-dd}/"
    custom_time_zone    = "UTC"
    file_extension      = ".ndjson.gz"
    compression_format  = "GZIP"
    kms_key_arn         = var.kms_key_arn
    buffering_size      = var.buffer.mebibytes
    buffering_interval  = var.buffer.seconds

    # It is handed a mebibyte at once, or what came in a minute: that is what AWS takes where nothing is said, and the provider
    # wants nothing said that is so anyhow.
    processing_configuration {
      enabled = true
      processors {
        type = "Lambda"
        parameters {
          parameter_name  = "LambdaArn"
          parameter_value = "${aws_lambda_function.delivery.arn}:$LATEST"
        }
      }
    }

    cloudwatch_logging_options {
      enabled         = true
      log_group_name  = aws_cloudwatch_log_group.delivery.name
      log_stream_name = aws_cloudwatch_log_stream.delivery.name
    }
  }

  depends_on = [aws_iam_role_policy.delivery]
}
