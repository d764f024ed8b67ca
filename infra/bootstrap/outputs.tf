output "state_bucket" {
  description = "Bucket of the Terraform state, once it is versioned, encrypted and guarded."
  value       = aws_s3_bucket.state.id
  depends_on = [
    aws_s3_bucket_policy.state,
    aws_s3_bucket_server_side_encryption_configuration.state,
    aws_s3_bucket_versioning.state,
  ]
}

output "backend_bootstrap" {
  description = "What stands in bootstrap/backend.tf: its state lies in the bucket that it made."
  value       = local.backend["bootstrap"]
}

output "backend_dev" {
  description = "What stands in envs/dev/backend.tf."
  value       = local.backend["dev"]
}

output "backend_stg" {
  description = "What stands in envs/stg/backend.tf."
  value       = local.backend["stg"]
}

output "backend_prod" {
  description = "What stands in envs/prod/backend.tf."
  value       = local.backend["prod"]
}

output "github_roles" {
  description = "Workflow -> ARN of the role it takes: variables AWS_PLAN_ROLE and AWS_SANDBOX_ROLE of the repository."
  value       = { for workflow, role in aws_iam_role.github : workflow => role.arn }
}
