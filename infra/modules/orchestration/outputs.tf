output "workflow" {
  description = "Name of the workflow, once all its triggers stand."
  value       = aws_glue_workflow.this.name
  depends_on  = [aws_glue_trigger.start, aws_glue_trigger.after, aws_cloudwatch_event_target.start, aws_lambda_event_source_mapping.this]
}

output "backfill_workflow" {
  description = "Name of the workflow that builds everything anew."
  value       = aws_glue_workflow.backfill.name
  depends_on  = [aws_glue_trigger.backfill, aws_glue_trigger.backfill_after]
}
