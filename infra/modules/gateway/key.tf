# Clients show their write key in ways of their own; a function reads it, and the usage plans say whose it is and how fast
# they may post. The function knows no key.

locals {
  reader = regex("^s3://([^/]+)/(.+)$", var.key_reader)
}

resource "aws_cloudwatch_log_group" "key" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  name              = "/${var.name}/api/key"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
}

data "aws_iam_policy_document" "key_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["lambda.amazonaws.com"]
    }
  }
}

data "aws_iam_policy_document" "key" {
  statement {
    sid       = "Log"
    actions   = ["logs:CreateLogStream", "logs:PutLogEvents"]
    resources = ["${aws_cloudwatch_log_group.key.arn}:*"]
  }
}

resource "aws_iam_role" "key" {
  name                 = "${var.name}-events-key"
  assume_role_policy   = data.aws_iam_policy_document.key_trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "key" {
  name   = "log"
  role   = aws_iam_role.key.id
  policy = data.aws_iam_policy_document.key.json
}

resource "aws_lambda_function" "key" {
  # checkov:skip=CKV_AWS_115: as many as there are requests, and those are throttled
  # checkov:skip=CKV_AWS_116: nothing is left to do when a request has gone
  # checkov:skip=CKV_AWS_117: it speaks to nobody
  # checkov:skip=CKV_AWS_272: its code lies under the hash of its content
  # checkov:skip=CKV_AWS_50: the endpoint is traced
  function_name = "${var.name}-events-key"
  description   = "Reads the write key of a request"
  role          = aws_iam_role.key.arn
  runtime       = "python3.13"
  handler       = "endpoint_key.handler"
  s3_bucket     = local.reader[0]
  s3_key        = local.reader[1]
  timeout       = 5

  logging_config {
    log_format = "Text"
    log_group  = aws_cloudwatch_log_group.key.name
  }

  depends_on = [aws_iam_role_policy.key]
}

resource "aws_lambda_permission" "key" {
  statement_id  = "authorizer"
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.key.function_name
  principal     = "apigateway.amazonaws.com"
  # The authoriser is made by the document, and its id is in no state.
  source_arn = "${aws_api_gateway_rest_api.this.execution_arn}/authorizers/*"
}
