# Spark for gold: an application that starts when a run is submitted, stops when idle, and never grows past its limits.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

locals {
  account    = data.aws_caller_identity.this.account_id
  on_cluster = var.cluster != null
}

resource "aws_emrserverless_application" "this" {
  name          = var.name
  type          = "SPARK"
  release_label = var.release
  architecture  = "X86_64"
  tags          = { Layer = "gold" }

  auto_start_configuration {
    enabled = true
  }

  auto_stop_configuration {
    enabled              = true
    idle_timeout_minutes = var.capacity.idle_minutes
  }

  maximum_capacity {
    cpu    = "${var.capacity.vcpu} vCPU"
    memory = "${var.capacity.memory_gb} GB"
    disk   = "${var.capacity.disk_gb} GB"
  }

  dynamic "network_configuration" {
    for_each = var.network == null ? [] : [var.network]
    content {
      subnet_ids         = network_configuration.value.subnet_ids
      security_group_ids = [network_configuration.value.security_group_id]
    }
  }

  # An update that names no network leaves the one there was: in or out is another application.
  lifecycle {
    replace_triggered_by = [terraform_data.inside]
  }
}

resource "terraform_data" "inside" {
  input = var.network != null
}
