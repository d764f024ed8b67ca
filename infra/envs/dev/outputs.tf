output "buckets" {
  description = "Layer -> bucket."
  value       = module.platform.buckets
}

output "databases" {
  description = "Layer -> Glue database."
  value       = module.platform.databases
}
