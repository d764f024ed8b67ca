output "buckets" {
  description = "Layer -> bucket."
  value       = module.lake.buckets
}

output "databases" {
  description = "Layer -> Glue database."
  value       = module.catalog.databases
}
