# What lands of a record: lines that a collector made, as they are; of a request that API Gateway put there, what a collector
# would have made of it. Firehose asks this function, which writes what was no event itself.

locals {
  delivery = regex("^s3://([^/]+)/(.+)$", var.delivery)
}

resource "aws_cloudwatch_log_group" "function" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  name              = "/${var.name}/delivery"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
}

data "aws_iam_policy_document" "function_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "function" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.function.arn}:*"]
  }

  statement {
    sid       = "WriteWhatWasNoEvent"
    actions   = ["s3:PutObject"]
    resources = ["${local.landing_arn}/${var.rejects}/*"]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role" "function" {
  name                 = "${var.name}-events-landing"
  assume_role_policy   = data.aws_iam_policy_document.function_trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "landing" }
}

resource "aws_iam_role_policy" "function" {
  name   = "landing"
  role   = aws_iam_role.function.id
  policy = data.aws_iam_policy_document.function.json
}

resource "aws_lambda_function" "delivery" {
  # checkov:skip=CKV_AWS_115: as many as the stream has shards
  # checkov:skip=CKV_AWS_116: Firehose asks again, and puts aside what fails for good
  # checkov:skip=CKV_AWS_117: it speaks to S3 alone
  # checkov:skip=CKV_AWS_272: its code lies under the hash of its content
  # checkov:skip=CKV_AWS_50: what it does is counted by Firehose
  function_name = "${var.name}-events-landing"
  description   = "What lands of the records of the events' stream"
  role          = aws_iam_role.function.arn
  runtime       = "python3.11"
  handler       = "deliver_events.handler"
  s3_bucket     = local.delivery[0]
  s3_key        = local.delivery[1]
  timeout       = 120
  memory_size   = 1024
  kms_key_arn   = var.kms_key_arn

  environment {
    variables = {
      EVENTS  = var.feed
      REJECTS = var.rejects
      BUCKET  = var.landing_bucket
      SOURCES = jsonencode(var.keys)
    }
  }

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.function.name
  }

  depends_on = [aws_iam_role_policy.function]
}
