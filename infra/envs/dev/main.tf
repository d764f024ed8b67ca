module "platform" {
  source = "../../modules/platform"

  directory = "dev"
  workspace = terraform.workspace

  network = {
    cidr           = "10.20.0.0/16"
    sandboxes      = { sandbox = "10.28.0.0/20" }
    endpoint_zones = 1
    egress         = "none"
    flow_log_days  = 30
  }

  lake = {
    protection = "discard"
    retention  = { replaced_days = 7, logs_days = 30, key_recovery_days = 7 }
  }
}
