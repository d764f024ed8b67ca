output "buckets" {
  description = "Layer -> bucket."
  value       = module.lake.buckets
}

output "copies" {
  description = "Layer -> bucket of its copy in another region."
  value       = module.lake.copies
}

output "databases" {
  description = "Layer -> Glue database."
  value       = module.catalog.databases
}

output "warehouse" {
  description = "Where the pipeline's tables are, as its jobs are told: warehouse URI and namespace, {layer} stands for the layer."
  value       = { uri = "s3://${local.bucket_prefix}-{layer}", namespace = module.catalog.namespace }
}

output "events" {
  description = "Where clients POST events (of a collector: where their name points to, the registry of its image, and the file of its write keys), the stream they run through, and what delivers them."
  value = {
    endpoint = try(coalesce(one(module.gateway[*].endpoint), one(module.collector[*].address)), null)
    registry = one(module.collector[*].registry)
    keys     = one(module.collector[*].keys)
    stream   = module.ingestion.stream.name
    delivery = module.ingestion.delivery
  }
}

output "workflows" {
  description = "The Glue workflows: run and backfill."
  value       = { run = module.orchestration.workflow, backfill = module.orchestration.backfill_workflow }
}

output "jobs" {
  description = "Step -> Glue job."
  value       = module.glue.jobs
}

output "emr" {
  description = "EMR Serverless application of gold, and the cluster on EC2 if there is one."
  value       = { application = module.emr.application_id, cluster = module.emr.cluster_id }
}

output "redshift" {
  description = "Workgroup and database, and the role an analyst takes."
  value       = { workgroup = module.serving.workgroup, database = module.serving.database, analyst_role = module.serving.analyst_role_arn, role = module.serving.role_arn }
}

output "athena" {
  description = "Workgroup in which stewards ask gold, and the role one takes."
  value       = { workgroup = module.athena.workgroup, steward_role = module.athena.steward_role_arn }
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = module.observability.dashboard
}
