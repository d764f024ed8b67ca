output "stream" {
  description = "The Kinesis stream: name and ARN."
  value       = { name = aws_kinesis_stream.this.name, arn = aws_kinesis_stream.this.arn }
}

output "delivery" {
  description = "Name of the Firehose delivery stream."
  value       = aws_kinesis_firehose_delivery_stream.this.name
}

output "function_log" {
  description = "Log group of the function that says what lands."
  value       = aws_cloudwatch_log_group.function.name
}

output "log_group" {
  description = "Log group of failed deliveries."
  value       = aws_cloudwatch_log_group.delivery.name
}
