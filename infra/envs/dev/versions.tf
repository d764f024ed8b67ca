terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

locals {
  tags = {
    Project     = "marketpulse"
    Environment = terraform.workspace == "default" ? "dev" : terraform.workspace
    ManagedBy   = "terraform"
    Owner       = var.owner
    CostCenter  = var.cost_center
  }
}

provider "aws" {
  region  = var.region
  profile = var.profile

  allowed_account_ids = var.account == null ? null : [var.account]

  dynamic "assume_role" {
    for_each = var.role == null ? [] : [var.role]
    content {
      role_arn     = assume_role.value
      session_name = "marketpulse-terraform"
    }
  }

  default_tags {
    tags = local.tags
  }
}

# The other region; the same one where there is no copy.
provider "aws" {
  alias   = "copy"
  region  = coalesce(var.copy_region, var.region)
  profile = var.profile

  allowed_account_ids = var.account == null ? null : [var.account]

  dynamic "assume_role" {
    for_each = var.role == null ? [] : [var.role]
    content {
      role_arn     = assume_role.value
      session_name = "marketpulse-terraform"
    }
  }

  default_tags {
    tags = local.tags
  }
}
