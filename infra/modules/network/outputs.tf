output "job_subnets" {
  description = "The two zones jobs run in, in order, once their way to S3 and to the endpoints stands."
  value       = [for zone in slice(local.zones, 0, 2) : { zone = zone, id = aws_subnet.private[zone].id }]
  depends_on  = [aws_route_table_association.private, aws_vpc_endpoint.s3, aws_vpc_endpoint.interface]
}

output "serving_subnet_ids" {
  description = "The three subnets Redshift Serverless stands in."
  value       = [for zone in local.zones : aws_subnet.private[zone].id]
  depends_on  = [aws_route_table_association.private, aws_vpc_endpoint.s3]
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
