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

  default_tags {
    tags = { Project = "marketpulse", Environment = "account", ManagedBy = "terraform", Owner = var.owner, CostCenter = var.cost_center }
  }
}
