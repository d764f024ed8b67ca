output "endpoint" {
  description = "Where clients post events, once it is live: POST <endpoint>/v1/track, /v1/batch and the other paths of docs/collect.md."
  value       = aws_api_gateway_stage.this.invoke_url
  depends_on  = [aws_api_gateway_method_settings.this, aws_cloudformation_stack.write_key, aws_lambda_permission.key]
}

output "name" {
  description = "Name of the API; its metrics carry it."
  value       = aws_api_gateway_rest_api.this.name
}

output "keys" {
  description = "Who posts -> the id of the write key (not the key)."
  value       = { for source, stack in aws_cloudformation_stack.write_key : source => stack.outputs["KeyId"] }
}
