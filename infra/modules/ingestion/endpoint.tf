# Where clients of the Segment spec post: web shop and app, as they are, by their own paths. API Gateway itself puts the
# body on the stream, as one record, with the time it was received by our clock. Preflights: cors.tf; keys: key.tf.

locals {
  # Path -> what it is for. A variable of a path is the kind of event, or the key that a page asks settings for.
  posts = toset(["v1/{kind}", "beacon/v1/batch", "api/s/{kind}"])
  asks  = { "v1/projects/{key}/settings" = "settings", "sourceConfig" = "source_config" }
  paths = setunion(local.posts, keys(local.asks))

  # Every folder of a path is a resource; one depth is made after the other.
  folders = distinct(flatten([for path in local.paths : [
    for depth in range(length(split("/", path))) : join("/", slice(split("/", path), 0, depth + 1))
  ]]))
  resources = merge(aws_api_gateway_resource.first, aws_api_gateway_resource.second, aws_api_gateway_resource.third, aws_api_gateway_resource.fourth)

  # Segment's browser client says text/plain, to be asked no preflight; RudderStack's for Node says that it is a form. All send JSON.
  types = ["application/json", "application/x-www-form-urlencoded", "text/plain"]
  # API Gateway knows the time only as 25/Nov/2026:07:15:00 +0000.
  months = join(",", [for index, month in ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] : format("\"%s\":\"%02d\"", month, index + 1)])
  # Last part of the path -> the type of an event that says none itself; "any" says nothing of it. Other paths are refused.
  letters = { a = "alias", g = "group", i = "identify", p = "page", s = "screen", t = "track" }
  kinds   = merge(local.letters, { for kind in values(local.letters) : kind => kind }, { for kind in ["", "b", "batch", "event", "import"] : kind => "any" })
  # What lands is the client's body on one line ($input.json), with receivedAt before its closing brace: the model below
  # lets nothing through but objects that are not empty.
  template = templatefile("${path.module}/templates/event.vtl", {
    stream = aws_kinesis_stream.this.name
    months = local.months
    kinds  = join(",", [for kind, type in local.kinds : "\"${kind}\":\"${type}\""])
  })
  # The stream's own answer names its shards: clients get a plain one, and know whether to send again. Each refusal of
  # Kinesis is a 400, whatever it means: the template reads what it says and sets the status.
  answers = {
    "200" = { pattern = null, body = "{\"success\": true}" }
    "400" = { pattern = "4\\d{2}", body = file("${path.module}/templates/refused.vtl") }
    "500" = { pattern = "5\\d{2}", body = "{\"success\": false, \"code\": \"not_kept\", \"message\": \"the event was not kept; send it again\"}" }
  }
  # What a body must look like to be taken at all; whether an event is good is for the contract to say.
  schema = {
    "$schema"     = "http://json-schema.org/draft-04/schema#"
    type          = "object"
    minProperties = 1
    properties    = { batch = { type = "array", minItems = 1, maxItems = 500, items = { type = "object" } } }
  }
}

resource "aws_api_gateway_rest_api" "this" {
  name        = "${var.name}-events"
  description = "Takes events of web shop and app"
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

resource "aws_api_gateway_request_validator" "this" {
  name                  = "body"
  rest_api_id           = aws_api_gateway_rest_api.this.id
  validate_request_body = true
}

resource "aws_api_gateway_resource" "first" {
  for_each = { for path in local.folders : path => path if length(split("/", path)) == 1 }

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_rest_api.this.root_resource_id
  path_part   = each.value
}

resource "aws_api_gateway_resource" "second" {
  for_each = { for path in local.folders : path => split("/", path) if length(split("/", path)) == 2 }

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.first[each.value[0]].id
  path_part   = each.value[1]
}

resource "aws_api_gateway_resource" "third" {
  for_each = { for path in local.folders : path => split("/", path) if length(split("/", path)) == 3 }

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.second[join("/", slice(each.value, 0, 2))].id
  path_part   = each.value[2]
}

resource "aws_api_gateway_resource" "fourth" {
  for_each = { for path in local.folders : path => split("/", path) if length(split("/", path)) == 4 }

  rest_api_id = aws_api_gateway_rest_api.this.id
  parent_id   = aws_api_gateway_resource.third[join("/", slice(each.value, 0, 3))].id
  path_part   = each.value[3]
}

resource "aws_api_gateway_model" "this" {
  rest_api_id  = aws_api_gateway_rest_api.this.id
  name         = "posted"
  description  = "An event, or a batch of them"
  content_type = "application/json"
  schema       = jsonencode(local.schema)
}

resource "aws_api_gateway_method" "post" {
  for_each = local.posts

  rest_api_id          = aws_api_gateway_rest_api.this.id
  resource_id          = local.resources[each.key].id
  http_method          = "POST"
  authorization        = "CUSTOM"
  authorizer_id        = aws_api_gateway_authorizer.this.id
  api_key_required     = true
  request_validator_id = aws_api_gateway_request_validator.this.id
  request_models       = { for type in local.types : type => aws_api_gateway_model.this.name }
}

resource "aws_api_gateway_integration" "post" {
  for_each = local.posts

  rest_api_id             = aws_api_gateway_rest_api.this.id
  resource_id             = local.resources[each.key].id
  http_method             = aws_api_gateway_method.post[each.key].http_method
  type                    = "AWS"
  integration_http_method = "POST"
  uri                     = "arn:${data.aws_partition.this.partition}:apigateway:${data.aws_region.this.name}:kinesis:action/PutRecord"
  credentials             = aws_iam_role.endpoint.arn
  passthrough_behavior    = "NEVER"
  request_parameters      = { "integration.request.header.Content-Type" = "'application/x-amz-json-1.1'" }
  request_templates       = { for type in local.types : type => local.template }
}

resource "aws_api_gateway_method_response" "post" {
  for_each = { for pair in setproduct(local.posts, keys(local.answers)) : join(" ", pair) => { path = pair[0], status = pair[1] } }

  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = local.resources[each.value.path].id
  http_method         = aws_api_gateway_method.post[each.value.path].http_method
  status_code         = each.value.status
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = true }
}

resource "aws_api_gateway_integration_response" "post" {
  for_each = aws_api_gateway_method_response.post

  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = each.value.resource_id
  http_method         = each.value.http_method
  status_code         = each.value.status_code
  selection_pattern   = local.answers[each.value.status_code].pattern
  response_parameters = { "method.response.header.Access-Control-Allow-Origin" = local.cors["Access-Control-Allow-Origin"] }
  response_templates  = { "application/json" = local.answers[each.value.status_code].body }

  depends_on = [aws_api_gateway_integration.post]
}
