mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name           = "marketpulse-dev"
  feed           = "clickstream"
  sources        = { web = { per_second = 50, burst = 100 }, app = { per_second = 20, burst = 20 } }
  landing_bucket = "landing"
  key_reader     = "s3://artifacts/hash/endpoint-key.zip"
  log_days       = 30
  kms_key_arn    = "arn:aws:kms:eu-test-1:123456789012:key/k"
}

run "one_shard" {
  variables {
    shards = 1
  }
  assert {
    condition     = aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "PROVISIONED" && aws_kinesis_stream.this.shard_count == 1
    error_message = "The stream is paid on demand."
  }
}

run "no_shard" {
  command = plan
  variables {
    shards = 0
  }
  expect_failures = [var.shards]
}

run "from_post_to_landing" {
  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].prefix, "clickstream/ingest_date=!{timestamp:yyyy-MM-dd}/hour=!{timestamp:HH}/")
    error_message = "Files do not land where the feed is read."
  }
  assert {
    condition     = startswith(aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].error_output_prefix, "_errors/clickstream/")
    error_message = "What could not be delivered would be read as the feed."
  }
  assert {
    condition     = aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].compression_format == "GZIP" && aws_kinesis_stream.this.stream_mode_details[0].stream_mode == "ON_DEMAND"
    error_message = "Files are gzipped, the stream grows by itself."
  }
  assert {
    condition     = aws_kinesis_stream.this.encryption_type == "KMS" && aws_kinesis_stream.this.kms_key_id == var.kms_key_arn
    error_message = "The stream is not encrypted with the environment's key."
  }
  assert {
    condition     = length(aws_api_gateway_method.post) == 3 && alltrue([for method in aws_api_gateway_method.post : method.api_key_required && method.http_method == "POST" && method.authorization == "CUSTOM"])
    error_message = "Somebody may post without a key."
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.api_key_source == "AUTHORIZER" && aws_api_gateway_authorizer.this.authorizer_result_ttl_in_seconds == 0
    error_message = "Clients send their key as the user of Basic, never as x-api-key: nobody could post."
  }
  assert {
    condition     = alltrue([for type in ["application/json", "text/plain", "application/x-www-form-urlencoded"] : alltrue([for each in aws_api_gateway_integration.post : contains(keys(each.request_templates), type)])])
    error_message = "A type that clients send would be answered with 415."
  }
  assert {
    condition     = aws_api_gateway_rest_api.this.minimum_compression_size != "-1"
    error_message = "A body that is packed would not be unpacked."
  }
  assert {
    condition     = alltrue([for path in local.paths : contains(keys(aws_api_gateway_integration_response.mocked), "OPTIONS ${path}")])
    error_message = "A browser asks first, and would not be answered."
  }
  assert {
    condition     = alltrue([for header in ["anonymousid", "authorization", "content-type", "sentat", "x-retry-count", "x-write-key"] : strcontains(aws_api_gateway_integration_response.mocked["OPTIONS v1/{kind}"].response_parameters["method.response.header.Access-Control-Allow-Headers"], header)])
    error_message = "A client's browser may not send the headers that the client sends."
  }
  assert {
    condition     = alltrue([for each in concat(values(aws_api_gateway_integration_response.post), values(aws_api_gateway_integration_response.mocked)) : each.response_parameters["method.response.header.Access-Control-Allow-Origin"] == "'*'"])
    error_message = "A page may not read an answer, and takes it for a failure."
  }
  assert {
    condition     = alltrue([for type in ["DEFAULT_4XX", "DEFAULT_5XX"] : aws_api_gateway_gateway_response.this[type].response_parameters["gatewayresponse.header.Access-Control-Allow-Origin"] == "'*'" && strcontains(aws_api_gateway_gateway_response.this[type].response_templates["application/json"], "\"code\"")])
    error_message = "What API Gateway refuses itself a page cannot read, or lacks the code that clients look for."
  }
  assert {
    condition     = toset(keys(aws_cloudformation_stack.write_key)) == toset(["app", "web"]) && aws_api_gateway_usage_plan.this["web"].throttle_settings[0].rate_limit == 50
    error_message = "Every source has its key and its rate."
  }
  assert {
    condition     = aws_api_gateway_method_settings.this.settings[0].throttling_rate_limit == 70 && !aws_api_gateway_method_settings.this.settings[0].data_trace_enabled
    error_message = "The endpoint takes no more than its sources may send together, and logs no body."
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

run "feed_outside_its_folder" {
  command = plan
  variables {
    feed = "clicks/../sales"
  }
  expect_failures = [var.feed]
}

run "buffer_beyond_firehose" {
  command = plan
  variables {
    buffer = { mebibytes = 500 }
  }
  expect_failures = [var.buffer]
}

run "replay_below_a_day" {
  command = plan
  variables {
    replay_hours = 1
  }
  expect_failures = [var.replay_hours]
}
