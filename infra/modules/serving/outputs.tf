output "workgroup" {
  description = "Name of the workgroup, once its daily limit stands."
  value       = aws_redshiftserverless_workgroup.this.workgroup_name
  depends_on  = [aws_redshiftserverless_usage_limit.this]
}

output "workgroup_arn" {
  description = "ARN of the workgroup."
  value       = aws_redshiftserverless_workgroup.this.arn
}

output "database" {
  description = "Database of the workgroup."
  value       = aws_redshiftserverless_namespace.this.db_name
}

output "secret_arn" {
  description = "Secret of the database's owner; AWS made the password, nothing here knows it."
  value       = aws_redshiftserverless_namespace.this.admin_password_secret_arn
}

output "statements" {
  description = "SQL that lets the analyst's role into the group of analysts, for the end of the generated statements."
  value       = local.statements
}

output "role_arn" {
  description = "Role Redshift reads gold with."
  value       = aws_iam_role.redshift.arn
}

output "analyst_role_arn" {
  description = "Role an analyst takes."
  value       = aws_iam_role.analyst.arn
}
