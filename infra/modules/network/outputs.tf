output "private_subnet_ids" {
  description = "Zone -> private subnet, once its route to S3 stands."
  value       = { for zone, subnet in aws_subnet.private : zone => subnet.id }
  depends_on  = [aws_route_table_association.private, aws_vpc_endpoint.s3, aws_vpc_endpoint.interface]
}

output "vpc_id" {
  description = "The VPC."
  value       = aws_vpc.this.id
}

output "workers_security_group_id" {
  description = "Security group for what computes, once its rules stand."
  value       = aws_security_group.workers.id
  depends_on  = [aws_vpc_security_group_egress_rule.to_endpoints, aws_vpc_security_group_egress_rule.to_s3, aws_vpc_security_group_egress_rule.workers]
}
