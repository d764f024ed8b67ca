output "endpoint" {
  description = "Where clients post events, once it is live: POST <endpoint>/v1/track, /v1/batch and the other paths of the Segment spec."
  value       = aws_api_gateway_stage.this.invoke_url
  depends_on  = [aws_api_gateway_method_settings.this, aws_cloudformation_stack.write_key, aws_lambda_permission.key]
}

output "endpoint_name" {
  description = "Name of the API; its metrics carry it."
  value       = aws_api_gateway_rest_api.this.name
}

output "stream" {
  description = "Name of the Kinesis stream."
  value       = aws_kinesis_stream.this.name
}

output "delivery" {
  description = "Name of the Firehose delivery stream."
  value       = aws_kinesis_firehose_delivery_stream.this.name
}

output "log_group" {
  description = "Log group of failed deliveries."
  value       = aws_cloudwatch_log_group.delivery.name
}
