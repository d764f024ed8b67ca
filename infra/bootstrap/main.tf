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

# Jobs of Glue's Python shell know no log group but these two, which all environments of an account share; Glue would
# make them to keep every line for ever.
resource "aws_cloudwatch_log_group" "python_shell" {
  # checkov:skip=CKV_AWS_338: how long is a value
  for_each = toset(["error", "output"])

  name              = "/aws-glue/python-jobs/${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = aws_kms_key.catalog.arn
}

# A budget counts by a tag only once billing knows that it is to be counted.
resource "aws_ce_cost_allocation_tag" "this" {
  for_each = var.billing_tags

  tag_key = each.value
  status  = "Active"
}

# For who has no copy of backend.tf: whoever may read states finds them.
resource "aws_ssm_parameter" "backend_dev" {
  # checkov:skip=CKV2_AWS_34: names of a bucket and a key are no secret
  name        = "/marketpulse/bootstrap/backend-dev"
  description = "What stands in backend.tf of envs/dev"
  type        = "String"
  value       = local.backend["dev"]
}

# What environments look for before they plan.
resource "aws_ssm_parameter" "state_bucket" {
  # checkov:skip=CKV2_AWS_34: the name of a bucket is no secret, and every environment must be able to read it
  name        = "/marketpulse/bootstrap/state-bucket"
  description = "This account is ready for MarketPulse; its Terraform state is in this bucket"
  type        = "String"
  value       = aws_s3_bucket.state.id
}
