mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "marketpulse-dev"
  sources     = { web = { per_second = 50, burst = 100 }, app = { per_second = 20, burst = 20 } }
  public      = { ids = { phc_test = "posthog", shop = "shop", G-TEST = "analytics" }, per_second = 30, burst = 60 }
  key_reader  = "s3://artifacts/hash/endpoint-key.zip"
  stream      = { name = "events", arn = "arn:aws:kinesis:eu-test-1:123456789012:stream/events" }
  log_days    = 30
  kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
}

run "whole" {
  assert {
    condition     = alltrue([for name, each in local.posting : can(local.posts[name].shown) || length(each.security) == 1]) && length([for each in values(local.posting) : each if length(each.security) == 1]) == 6
    error_message = "Somebody may post without a key."
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.api_key_source == "AUTHORIZER" && local.document.components.securitySchemes.key["x-amazon-apigateway-authorizer"].authorizerResultTtlInSeconds == 0
    error_message = "Clients send their key as the user of Basic, never as x-api-key: nobody could post."
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.minimum_compression_size != "-1"
    error_message = "A body that is packed would not be unpacked."
  }
  assert {
    condition     = alltrue([for path in values(local.document.paths) : contains(keys(path), "options")])
    error_message = "A browser asks first, and would not be answered."
  }
  assert {
    condition     = toset(keys(aws_cloudformation_stack.write_key)) == toset(["app", "web"]) && aws_api_gateway_usage_plan.this["web"].throttle_settings[0].rate_limit == 50
    error_message = "Every source has its key and its rate."
  }
  assert {
    condition     = aws_api_gateway_method_settings.this.settings[0].throttling_rate_limit == 100 && !aws_api_gateway_method_settings.this.settings[0].data_trace_enabled
    error_message = "The endpoint takes no more than its sources may send together, and logs no body."
  }
  assert {
    condition     = aws_api_gateway_method_settings.public["POST i/v0/e"].method_path == "i~1v0~1e/POST" && aws_api_gateway_method_settings.public["GET i"].settings[0].throttling_rate_limit == 30
    error_message = "Who shows a public key has no rate of his own."
  }
}

run "burst_below_rate" {
  command = plan
  variables {
    sources = { web = { per_second = 50, burst = 10 } }
  }
  expect_failures = [var.sources]
}

run "source_with_a_name_that_is_none" {
  command = plan
  variables {
    sources = { "Web Shop" = { per_second = 1, burst = 1 } }
  }
  expect_failures = [var.sources]
}

run "public_key_that_would_be_read_as_a_template" {
  command = plan
  variables {
    public = { ids = { "\"$x" = "web" } }
  }
  expect_failures = [var.public]
}
