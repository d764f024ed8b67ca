# clients --HTTPS, write key--> API Gateway --> the stream. No code runs but what reads the key of a request (key.tf): a template
# makes a record of it, and delivery makes of the record what a collector would have (modules/ingestion). What is asked and
# answered: routes.tf; as API Gateway wants it said: document.tf.

data "aws_partition" "this" {}

data "aws_region" "this" {}

resource "aws_api_gateway_rest_api" "this" {
  name        = "${var.name}-events"
  description = "Takes events of web shop and app"
  body        = jsonencode(local.document)
  # Only what is allowed to compress is also unpacked, and servers send gzip; no answer is as long as this.
  minimum_compression_size     = 10485760
  disable_execute_api_endpoint = false
  api_key_source               = "AUTHORIZER"

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      # Not documented to say in whose name it takes a role: a condition on it would be a denial.
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "this" {
  name                 = "${var.name}-events-endpoint"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

data "aws_iam_policy_document" "this" {
  statement {
    sid       = "PutOnThisStream"
    actions   = ["kinesis:PutRecord"]
    resources = [var.stream.arn]
  }

  statement {
    sid       = "EncryptForThisStream"
    actions   = ["kms:GenerateDataKey"]
    resources = [var.kms_key_arn]
  }
}

resource "aws_iam_role_policy" "this" {
  name   = "put-events"
  role   = aws_iam_role.this.id
  policy = data.aws_iam_policy_document.this.json
}
