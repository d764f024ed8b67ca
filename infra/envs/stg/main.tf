module "platform" {
  source = "../../modules/platform"

  directory = "stg"
  workspace = terraform.workspace

  network = {
    cidr           = "10.21.0.0/16"
    sandboxes      = {}
    endpoint_zones = 1
    egress         = "none"
    flow_log_days  = 90
  }

  lake = {
    protection = "discard"
    retention  = { replaced_days = 14, logs_days = 90, key_recovery_days = 14 }
  }
}
