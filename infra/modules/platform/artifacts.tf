# What `make package` built goes to the artifacts bucket under the hash of its content: an apply deploys the code of this
# commit, changes a job only when its code changed, and a rollback finds what it had.

locals {
  manifest = try(jsondecode(file("${var.artifacts}/manifest.json")), {})

  # Spark 4 comes with another Python, for which the package has libraries of their own; what is not chosen is not uploaded.
  spark = {
    "3.5" = { glue = "5.1", emr = "emr-7.9.0", libraries = "" }
    "4.1" = { glue = "6.0", emr = "emr-spark-8.1.0", libraries = "_py313" }
  }[var.spark]
  package = merge(
    { for name, artifact in local.manifest : name => artifact if name != "redshift" && !can(regex("^(glue_libs|emr_venv)", name)) },
    { for name in ["glue_libs", "emr_venv"] : name => local.manifest["${name}${local.spark.libraries}"] if can(local.manifest["${name}${local.spark.libraries}"]) },
  )
}

resource "aws_s3_object" "artifact" {
  for_each = local.package

  bucket      = module.lake.buckets["artifacts"]
  key         = "${each.value.sha256}/${basename(each.value.file)}"
  source      = "${var.artifacts}/${each.value.file}"
  source_hash = each.value.sha256
  kms_key_id  = module.lake.kms_key_arn
  tags        = { Layer = "artifacts" }
}

# The SQL is the same for every environment but for two names, which the package leaves open.
locals {
  statements = try(jsondecode(replace(replace(
    file("${var.artifacts}/${local.manifest["redshift"].file}"),
    "marketpulse_env_gold", module.catalog.databases["gold"]),
    "s3://marketpulse-env-gold/", "s3://${module.lake.buckets["gold"]}/",
  )), [])
  redshift = jsonencode(concat(local.statements, module.serving.statements))
}

resource "aws_s3_object" "redshift" {
  bucket     = module.lake.buckets["artifacts"]
  key        = "${sha256(local.redshift)}/redshift.json"
  content    = local.redshift
  kms_key_id = module.lake.kms_key_arn
  tags       = { Layer = "artifacts" }
}

locals {
  artifacts = merge(
    { for name, object in aws_s3_object.artifact : name => "s3://${object.bucket}/${object.key}" },
    { redshift = "s3://${aws_s3_object.redshift.bucket}/${aws_s3_object.redshift.key}" },
  )
}
