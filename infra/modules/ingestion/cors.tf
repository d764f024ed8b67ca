# Pages of other origins: what a browser is told before it posts and when it asks, and that it may read every answer.

locals {
  # Clients send no cookies here, so any page may post; whose events they are says the key.
  cors = {
    "Access-Control-Allow-Origin"  = "'*'"
    "Access-Control-Allow-Methods" = "'GET,OPTIONS,POST'"
    # What Segment (authorization, x-retry-count), RudderStack (anonymousid, sentat) and Jitsu (x-write-key) ask for.
    "Access-Control-Allow-Headers" = "'anonymousid,authorization,content-type,sentat,x-api-key,x-retry-count,x-write-key'"
    # Without it every event is asked for twice.
    "Access-Control-Max-Age" = "'7200'"
  }
  # Method and path -> what is answered without asking anybody.
  mocked = merge(
    { for place in local.paths : "OPTIONS ${place}" => { method = "OPTIONS", path = place, body = "", headers = local.cors, query = [] } },
    { for place, name in local.asks : "GET ${place}" => {
      method  = "GET", path = place, body = file("${path.module}/templates/${name}.vtl"), query = name == "source_config" ? ["writeKey"] : []
      headers = { "Access-Control-Allow-Origin" = local.cors["Access-Control-Allow-Origin"] }
    } },
  )
}

resource "aws_api_gateway_method" "mocked" {
  # checkov:skip=CKV_AWS_59: what a page asks before it has anything to send: no event is taken and nothing is told
  # checkov:skip=CKV2_AWS_53: the same
  for_each = local.mocked

  rest_api_id        = aws_api_gateway_rest_api.this.id
  resource_id        = local.resources[each.value.path].id
  http_method        = each.value.method
  authorization      = "NONE"
  request_parameters = { for name in each.value.query : "method.request.querystring.${name}" => false }
}

resource "aws_api_gateway_integration" "mocked" {
  for_each = local.mocked

  rest_api_id       = aws_api_gateway_rest_api.this.id
  resource_id       = local.resources[each.value.path].id
  http_method       = aws_api_gateway_method.mocked[each.key].http_method
  type              = "MOCK"
  request_templates = { "application/json" = "{\"statusCode\": 200}" }
}

resource "aws_api_gateway_method_response" "mocked" {
  for_each = local.mocked

  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = local.resources[each.value.path].id
  http_method         = aws_api_gateway_method.mocked[each.key].http_method
  status_code         = "200"
  response_parameters = { for name in keys(each.value.headers) : "method.response.header.${name}" => true }
}

resource "aws_api_gateway_integration_response" "mocked" {
  for_each = local.mocked

  rest_api_id         = aws_api_gateway_rest_api.this.id
  resource_id         = local.resources[each.value.path].id
  http_method         = aws_api_gateway_method_response.mocked[each.key].http_method
  status_code         = "200"
  response_parameters = { for name, value in each.value.headers : "method.response.header.${name}" => value }
  response_templates  = { "application/json" = each.value.body }

  depends_on = [aws_api_gateway_integration.mocked]
}

# What API Gateway refuses itself: a wrong key, a body that is no object, too many at a time. Clients look for `code`.
resource "aws_api_gateway_gateway_response" "this" {
  for_each = toset(["DEFAULT_4XX", "DEFAULT_5XX"])

  rest_api_id         = aws_api_gateway_rest_api.this.id
  response_type       = each.key
  response_parameters = { "gatewayresponse.header.Access-Control-Allow-Origin" = local.cors["Access-Control-Allow-Origin"] }
  response_templates  = { "application/json" = "{\"success\": false, \"code\": \"$context.error.responseType\", \"message\": $context.error.messageString}" }
}
