# Firehose is not documented to say in whose name it takes a role: a condition on it would be a denial. It may read this stream,
# ask this function and write this feed's folders.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["firehose.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "delivery" {
  name                 = "${var.name}-events-delivery"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
  tags                 = { Layer = "landing" }
}

data "aws_iam_policy_document" "delivery" {
  statement {
    sid       = "ReadThisStream"
    actions   = ["kinesis:DescribeStream", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = [aws_kinesis_stream.this.arn]
  }

  statement {
    sid       = "AskWhatLands"
    actions   = ["lambda:GetFunctionConfiguration", "lambda:InvokeFunction"]
    resources = [aws_lambda_function.delivery.arn, "${aws_lambda_function.delivery.arn}:*"]
  }

  statement {
    sid       = "WriteThisFeed"
    actions   = ["s3:AbortMultipartUpload", "s3:PutObject"]
    resources = ["${local.landing_arn}/${var.feed}/*", "${local.landing_arn}/_errors/${var.feed}/*"]
  }

  statement {
    sid       = "FindLanding"
    actions   = ["s3:GetBucketLocation", "s3:ListBucket", "s3:ListBucketMultipartUploads"]
    resources = [local.landing_arn]
  }

  statement {
    sid       = "Key"
    actions   = ["kms:Decrypt", "kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }

  statement {
    sid       = "LogItsFailures"
    actions   = ["logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.delivery.arn}:log-stream:${aws_cloudwatch_log_stream.delivery.name}"]
  }
}

resource "aws_iam_role_policy" "delivery" {
  name   = "stream-to-landing"
  role   = aws_iam_role.delivery.id
  policy = data.aws_iam_policy_document.delivery.json
}
