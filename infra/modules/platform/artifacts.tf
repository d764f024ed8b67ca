# What `make package` built goes to the artifacts bucket under the hash of its content: an apply deploys the code of this
# commit, changes a job only when its code changed, and a rollback finds what it had.

locals {
  manifest = try(jsondecode(file("${var.artifacts}/manifest.json")), {})

  # Glue installs a zip of wheels only under this ending.
  ending = { glue_libs = ".gluewheels.zip" }
}

resource "aws_s3_object" "artifact" {
  for_each = local.manifest

  bucket      = module.lake.buckets["artifacts"]
  key         = "${each.value.sha256}/${each.key}${lookup(local.ending, each.key, regex("\\.(?:tar\\.)?[a-z0-9]+$", each.value.file))}"
  source      = "${var.artifacts}/${each.value.file}"
  source_hash = each.value.sha256
  kms_key_id  = module.lake.kms_key_arn
  tags        = { Layer = "artifacts" }
}

locals {
  artifacts = { for name, object in aws_s3_object.artifact : name => "s3://${object.bucket}/${object.key}" }
}
