output "application_id" {
  description = "The serverless application, once its role may do its work."
  value       = aws_emrserverless_application.this.id
  depends_on  = [aws_iam_role_policy.this]
}

output "gold" {
  description = "Where the workflow's gold step runs, once it may: kind serverless or cluster, id and ARN of the application or cluster, and the role of gold's work there."
  value = local.on_cluster ? {
    kind     = "cluster"
    id       = one(values(aws_emr_cluster.this)[*].id)
    arn      = one(values(aws_emr_cluster.this)[*].arn)
    role_arn = one(values(aws_iam_role.nodes)[*].arn)
    } : {
    kind     = "serverless"
    id       = aws_emrserverless_application.this.id
    arn      = aws_emrserverless_application.this.arn
    role_arn = aws_iam_role.this.arn
  }
  depends_on = [aws_iam_role_policy.this, aws_iam_role_policy.nodes, aws_emr_managed_scaling_policy.this]
}

output "cluster_id" {
  description = "The cluster on EC2, null when there is none."
  value       = one([for cluster in aws_emr_cluster.this : cluster.id])
}
