output "address" {
  description = "Name of the balancer: the name that clients post to points there (CNAME)."
  value       = aws_lb.this.dns_name
  depends_on  = [aws_ecs_service.this, aws_lb_listener_rule.inside]
}

output "balancer" {
  description = "How metrics call the balancer and the group of its tasks."
  value       = { balancer = aws_lb.this.arn_suffix, tasks = aws_lb_target_group.this.arn_suffix }
}

output "registry" {
  description = "Where the image is pushed to."
  value       = aws_ecr_repository.this.repository_url
}

output "keys" {
  description = "Where the file of write keys is put: what `marketpulse key add` writes."
  value       = "s3://${var.bucket.name}/${local.keys}"
}
