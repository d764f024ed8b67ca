output "application_id" {
  description = "The serverless application, once its role may do its work."
  value       = aws_emrserverless_application.this.id
  depends_on  = [aws_iam_role_policy.this]
}

output "application_arn" {
  description = "ARN of the serverless application."
  value       = aws_emrserverless_application.this.arn
}

output "role_arn" {
  description = "Role of gold's work."
  value       = aws_iam_role.this.arn
}

output "cluster_id" {
  description = "The cluster on EC2, null when there is none."
  value       = one([for cluster in aws_emr_cluster.this : cluster.id])
}
