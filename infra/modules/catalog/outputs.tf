output "databases" {
  description = "Layer -> Glue database."
  value       = { for layer, database in aws_glue_catalog_database.this : layer => database.name }
}

output "namespace" {
  description = "Template of the databases' names: {layer} stands for the layer."
  value       = "${local.prefix}_{layer}"
}

output "database_arns" {
  description = "Layer -> ARN of its Glue database."
  value       = { for layer, database in aws_glue_catalog_database.this : layer => database.arn }
}

output "table_arns" {
  description = "Layer -> ARN pattern of the tables in its database."
  value       = { for layer, database in aws_glue_catalog_database.this : layer => "${local.catalog}:table/${database.name}/*" }
}

output "catalog_arn" {
  description = "The account's Data Catalog; every permission on a table needs it too."
  value       = "${local.catalog}:catalog"
}
