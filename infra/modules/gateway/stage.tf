# One stage, logged, with a usage plan and a write key per source.

resource "aws_api_gateway_deployment" "this" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  description = "Routes to ${var.stream.name}"

  # A deployment is a copy: whatever it copies must make a new one when it changes.
  triggers = { document = sha1(aws_api_gateway_rest_api.this.body), unpacks = aws_api_gateway_rest_api.this.minimum_compression_size }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_cloudwatch_log_group" "endpoint" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  name              = "/${var.name}/api/events"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_api_gateway_stage" "this" {
  # checkov:skip=CKV_AWS_120: events are not to be remembered
  # checkov:skip=CKV2_AWS_29: every caller has a key and a rate of its own; a firewall in front is 10 USD a month that a shop decides on
  # checkov:skip=CKV2_AWS_51: its backend is AWS's own stream, signed by a role; browsers have no client certificate
  rest_api_id          = aws_api_gateway_rest_api.this.id
  deployment_id        = aws_api_gateway_deployment.this.id
  stage_name           = "live"
  xray_tracing_enabled = true

  # Neither key nor body: no secret, no person in a log.
  access_log_settings {
    destination_arn = aws_cloudwatch_log_group.endpoint.arn
    format = jsonencode({
      at     = "$context.requestTime", path = "$context.resourcePath", status = "$context.status", bytes = "$context.responseLength"
      millis = "$context.responseLatency", key = "$context.identity.apiKeyId", error = "$context.error.message", request = "$context.requestId"
    })
  }
}

resource "aws_api_gateway_method_settings" "this" {
  # checkov:skip=CKV_AWS_225: events are not to be remembered
  # checkov:skip=CKV_AWS_308: the same
  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "*/*"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = sum([for limit in concat(values(var.sources), [var.public]) : limit.per_second])
    throttling_burst_limit = sum([for limit in concat(values(var.sources), [var.public]) : limit.burst])
  }
}

# No usage plan counts who shows no key to the authoriser: those methods have a rate of their own.
resource "aws_api_gateway_method_settings" "public" {
  # checkov:skip=CKV_AWS_225: events are not to be remembered
  # checkov:skip=CKV_AWS_308: the same
  for_each = { for name, route in local.posts : name => split(" ", name) if can(route.shown) }

  rest_api_id = aws_api_gateway_rest_api.this.id
  stage_name  = aws_api_gateway_stage.this.stage_name
  method_path = "${replace(each.value[1], "/", "~1")}/${each.value[0]}"

  settings {
    metrics_enabled        = true
    logging_level          = "ERROR"
    data_trace_enabled     = false
    throttling_rate_limit  = var.public.per_second
    throttling_burst_limit = var.public.burst
  }
}

resource "aws_api_gateway_usage_plan" "this" {
  for_each = var.sources

  name        = "${var.name}-${each.key}"
  description = "How fast ${each.key} may post"

  api_stages {
    api_id = aws_api_gateway_rest_api.this.id
    stage  = aws_api_gateway_stage.this.stage_name
  }

  throttle_settings {
    rate_limit  = each.value.per_second
    burst_limit = each.value.burst
  }
}

# Terraform's own api_key resource would keep the key's value in the state. CloudFormation makes the key and tells no one.
resource "aws_cloudformation_stack" "write_key" {
  # checkov:skip=CKV_AWS_124: it makes one key; a failure fails the apply
  for_each = var.sources

  name = "${var.name}-write-key-${each.key}"
  template_body = jsonencode({
    AWSTemplateFormatVersion = "2010-09-09"
    Description              = "Write key of ${each.key}"
    Resources = {
      Key = {
        Type       = "AWS::ApiGateway::ApiKey"
        Properties = { Name = "${var.name}-${each.key}", Description = "Write key of ${each.key}", Enabled = true }
      }
      InPlan = {
        Type       = "AWS::ApiGateway::UsagePlanKey"
        Properties = { KeyId = { Ref = "Key" }, KeyType = "API_KEY", UsagePlanId = aws_api_gateway_usage_plan.this[each.key].id }
      }
    }
    Outputs = { KeyId = { Value = { Ref = "Key" } } }
  })
}
