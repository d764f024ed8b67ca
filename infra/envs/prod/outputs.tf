output "buckets" {
  description = "Layer -> bucket."
  value       = module.platform.buckets
}

output "copies" {
  description = "Layer -> bucket of its copy in another region."
  value       = module.platform.copies
}

output "databases" {
  description = "Layer -> Glue database."
  value       = module.platform.databases
}

output "warehouse" {
  description = "Where the pipeline's tables are, as its jobs are told: warehouse URI and namespace, {layer} stands for the layer."
  value       = module.platform.warehouse
}

output "events" {
  description = "Where clients POST events (of a collector: where their name points to, the registry of its image, and the file of its write keys), the stream they run through, and what delivers them."
  value       = module.platform.events
}

output "workflows" {
  description = "The Glue workflows: run and backfill."
  value       = module.platform.workflows
}

output "jobs" {
  description = "Step -> Glue job."
  value       = module.platform.jobs
}

output "emr" {
  description = "EMR Serverless application of gold, and the cluster on EC2 if there is one."
  value       = module.platform.emr
}

output "redshift" {
  description = "Workgroup and database, and the role an analyst takes."
  value       = module.platform.redshift
}

output "athena" {
  description = "Workgroup in which stewards ask gold, and the role one takes."
  value       = module.platform.athena
}

output "dashboard" {
  description = "Name of the CloudWatch dashboard."
  value       = module.platform.dashboard
}
