# The whole platform, in the order of the data: where it computes, where it lies, how it is named, how it comes in, what
# works on it, what starts that, who is served, who is told.

data "aws_caller_identity" "this" {}

data "aws_ssm_parameters_by_path" "bootstrap" {
  path = "/marketpulse/bootstrap"

  lifecycle {
    postcondition {
      condition     = length(self.names) > 0
      error_message = <<-TEXT
        Account ${data.aws_caller_identity.this.account_id} is not ready for MarketPulse. Type, once:
          make bootstrap
      TEXT
    }
  }
}

locals {
  project     = "marketpulse"
  environment = var.workspace == "default" ? var.directory : var.workspace
  name        = "${local.project}-${local.environment}"
  sandbox     = startswith(local.environment, "dev-") ? trimprefix(local.environment, "dev-") : null
}

module "lake" {
  source = "../lake"

  name          = local.name
  bucket_prefix = "${local.project}-${data.aws_caller_identity.this.account_id}-${local.environment}"
  retention     = var.lake.retention
  protection    = var.lake.protection

  depends_on = [data.aws_ssm_parameters_by_path.bootstrap]
}

module "network" {
  source = "../network"

  name           = local.name
  cidr           = local.sandbox == null ? var.network.cidr : var.network.sandboxes[local.sandbox]
  endpoint_zones = var.network.endpoint_zones
  egress         = var.network.egress
  flow_log_days  = var.network.flow_log_days
  kms_key_arn    = module.lake.kms_key_arn
}

module "catalog" {
  source = "../catalog"

  name        = local.name
  buckets     = module.lake.buckets
  optimizers  = var.catalog.optimizers
  kms_key_arn = module.lake.kms_key_arn
}
