output "workgroup" {
  description = "Name of the workgroup."
  value       = aws_athena_workgroup.this.name
}

output "steward_role_arn" {
  description = "Role a steward takes."
  value       = aws_iam_role.steward.arn
}
