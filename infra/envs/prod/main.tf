module "platform" {
  source = "../../modules/platform"

  directory = "prod"
  workspace = terraform.workspace

  network = {
    cidr           = "10.22.0.0/16"
    sandboxes      = {}
    endpoint_zones = 2
    egress         = "none"
    flow_log_days  = 365
  }

  lake = {
    protection = "keep"
    retention  = { replaced_days = 35, logs_days = 365, key_recovery_days = 30 }
  }
}
