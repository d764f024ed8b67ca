output "jobs" {
  description = "Step of the workflow -> name of its job, once the job's role may do its work."
  value       = merge({ for stage, job in aws_glue_job.stage : stage => job.name }, { for step, job in aws_glue_job.step : step => job.name })
}

output "log_group" {
  description = "Log group of what the jobs say, one JSON object a line."
  value       = aws_cloudwatch_log_group.this["output"].name
}
