mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name           = "marketpulse-dev"
  feed           = "clickstream"
  keys           = { web = "id" }
  landing_bucket = "landing"
  delivery       = "s3://artifacts/hash/deliver-events.zip"
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
    condition     = [for each in aws_kinesis_firehose_delivery_stream.this.extended_s3_configuration[0].processing_configuration[0].processors[0].parameters : each.parameter_value if each.parameter_name == "LambdaArn"] == ["${aws_lambda_function.delivery.arn}:$LATEST"]
    error_message = "Requests would land as API Gateway put them on the stream."
  }
  assert {
    condition     = aws_lambda_function.delivery.environment[0].variables.EVENTS == "clickstream" && jsondecode(aws_lambda_function.delivery.environment[0].variables.SOURCES).web == "id"
    error_message = "Nobody would know whose an event is."
  }
}

run "rejects_that_would_be_read_as_events" {
  command = plan
  variables {
    rejects = "clickstream"
  }
  expect_failures = [var.rejects]
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
