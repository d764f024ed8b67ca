# POST /v1/event takes one event of the Segment spec, POST /v1/batch {"batch": [...]}; header x-api-key is the write key.
# API Gateway itself puts the body on the stream, as one record, with the time it was received by our clock.

locals {
  # API Gateway knows the time only as 25/Nov/2026:07:15:00 +0000.
  months = join(",", [for index, month in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] : format("\"%s\":\"%02d\"", month, index + 1)])
  # What lands is the client's body on one line ($input.json), with receivedAt before its closing brace: the models below
  # let nothing through but objects that are not empty.
  template = <<-VTL
    #set($months = {${local.months}})
    #set($at = $context.requestTime)
    #set($received = "$at.substring(7,11)-$months.get($at.substring(3,6))-$at.substring(0,2)T$at.substring(12,20)Z")
    #set($body = $input.json('$'))
    #set($last = $body.length() - 1)
    #set($open = $body.substring(0, $last))
    #set($q = '"')
    #set($record = "$${open},$${q}receivedAt$${q}:$${q}$${received}$${q}}")
    {"StreamName": "${aws_kinesis_stream.this.name}", "PartitionKey": "$context.requestId", "Data": "$util.base64Encode($record)"}
  VTL
  # The stream's own answer names its shards: clients get a plain one, and know whether to send again.
  answers = {
    "200" = { pattern = null, body = "{\"success\": true}" }
    "429" = { pattern = "4\\d{2}", body = "{\"success\": false, \"retry\": true}" }
    "500" = { pattern = "5\\d{2}", body = "{\"success\": false, \"retry\": true}" }
  }
  # Path -> what a body must look like to be taken at all; whether an event is good is for the contract to say.
  schema = {
    event = { type = "object", minProperties = 1 }
    batch = { type = "object", required = ["batch"], properties = { batch = { type = "array", minItems = 1, maxItems = 500, items = { type = "object" } } } }
  }
}

resource "aws_api_gateway_rest_api" "this" {
  name                         = "${var.name}-events"
  description                  = "Takes events of web shop and app"
  minimum_compression_size     = -1
  disable_execute_api_endpoint = false

  endpoint_configuration {
    types = ["REGIONAL"]
  }

  lifecycle {
    create_before_destroy = true
  }
}

resource "aws_api_gateway_request_validator" "this" {
  name                  = "body"
  rest_api_id           = aws_api_gateway_rest_api.this.id
  validate_request_body = true
}

resource "aws_api_gateway_resource" "v1" {
  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = "v1"
}

resource "aws_api_gateway_resource" "this" {
  for_each = local.schema

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.v1.id
  path_part   = each.key
}

resource "aws_api_gateway_model" "this" {
  for_each = local.schema

  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = each.key
  description  = "Body of /v1/${each.key}"
  content_type = "application/json"
  schema       = jsonencode(merge({ "$schema" = "http://json-schema.org/draft-04/schema#" }, each.value))
}

resource "aws_api_gateway_method" "this" {
  for_each = local.schema

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = aws_api_gateway_resource.this[each.key].id
  http_method          = "POST"
  authorization        = "NONE"
  api_key_required     = true
  request_validator_id = aws_api_gateway_request_validator.this.id
  request_models       = { "application/json" = aws_api_gateway_model.this[each.key].name }
}

resource "aws_api_gateway_integration" "this" {
  for_each = local.schema

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = aws_api_gateway_resource.this[each.key].id
  http_method             = aws_api_gateway_method.this[each.key].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:${data.aws_partition.this.partition}:apigateway:${data.aws_region.this.name}:kinesis:action/PutRecord"
  credentials             = aws_iam_role.endpoint.arn
  passthrough_behavior    = "NEVER"
  request_parameters      = { "integration.request.header.Content-Type" = "'application/x-amz-json-1.1'" }
  request_templates       = { "application/json" = local.template }
}

resource "aws_api_gateway_method_response" "this" {
  for_each = { for pair in setproduct(keys(local.schema), keys(local.answers)) : join("/", pair) => { path = pair[0], status = pair[1] } }

  rest_api_id = aws_api_gateway_rest_api.this.id
  resource_id = aws_api_gateway_resource.this[each.value.path].id
  http_method = aws_api_gateway_method.this[each.value.path].http_method
  status_code = each.value.status
}

resource "aws_api_gateway_integration_response" "this" {
  for_each = aws_api_gateway_method_response.this

  rest_api_id        = aws_api_gateway_rest_api.this.id
  resource_id        = each.value.resource_id
  http_method        = each.value.http_method
  status_code        = each.value.status_code
  selection_pattern  = local.answers[each.value.status_code].pattern
  response_templates = { "application/json" = local.answers[each.value.status_code].body }

  depends_on = [aws_api_gateway_integration.this]
}
