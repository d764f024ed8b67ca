# Once per account and region: where Terraform keeps its state, and the settings an account has only one of. An
# environment refuses to plan before this was applied (see modules/platform).

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account = data.aws_caller_identity.this.account_id
  root    = "arn:${data.aws_partition.this.partition}:iam::${local.account}:root"
}

# API Gateway writes the logs of every API of an account with one role.
data "aws_iam_policy_document" "api_trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["apigateway.amazonaws.com"]
    }
  }
}

resource "aws_iam_role" "api_logs" {
  name               = "marketpulse-api-logs"
  assume_role_policy = data.aws_iam_policy_document.api_trust.json
}

resource "aws_iam_role_policy_attachment" "api_logs" {
  role       = aws_iam_role.api_logs.name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/service-role/AmazonAPIGatewayPushToCloudWatchLogs"
}

resource "aws_api_gateway_account" "this" {
  cloudwatch_role_arn = aws_iam_role.api_logs.arn

  depends_on = [aws_iam_role_policy_attachment.api_logs]
}

# What environments look for before they plan.
resource "aws_ssm_parameter" "state_bucket" {
  # checkov:skip=CKV2_AWS_34: the name of a bucket is no secret, and every environment must be able to read it
  name        = "/marketpulse/bootstrap/state-bucket"
  description = "This account is ready for MarketPulse; its Terraform state is in this bucket"
  type        = "String"
  value       = aws_s3_bucket.state.id
}
