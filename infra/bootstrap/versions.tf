terraform {
  required_version = ">= 1.10"

  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = ">= 5.100, < 7.0"
    }
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
    tags = { Project = "marketpulse", Environment = "account", ManagedBy = "terraform", Owner = var.owner, CostCenter = var.cost_center }
  }
}
