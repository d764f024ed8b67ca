# A Glue database per layer. Tables are made by the platform, which evolves them: a table declared here would lose the
# columns that came later.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  layers = {
    bronze = "As received: every record of every landed file"
    silver = "Validated and one row a key; the quarantine"
    gold   = "Dimensions, facts, aggregates and models, for people"
  }
  prefix  = replace(var.name, "-", "_")
  catalog = "arn:${data.aws_partition.this.partition}:glue:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}"
}

resource "aws_glue_catalog_database" "this" {
  for_each = local.layers

  name         = "${local.prefix}_${each.key}"
  description  = each.value
  location_uri = "s3://${var.buckets[each.key]}/"
  tags         = { Layer = each.key }
}
