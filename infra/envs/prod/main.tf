# The values of prod. What they mean: ../../modules/platform/README.md and the modules it names.

module "platform" {
  source    = "../../modules/platform"
  providers = { aws = aws, aws.copy = aws.copy }

  directory = "prod"
  workspace = terraform.workspace
  state     = fileexists("${path.root}/backend.tf") ? "kept" : "local"
  artifacts = var.artifacts

  copy_region = var.copy_region

  engine   = "spark"
  spark    = "3.5"
  standby  = "full"
  boundary = "marketpulse-boundary"

  network = {
    cidr           = "10.22.0.0/16"
    sandboxes      = {}
    endpoint_zones = 2
    egress         = "none"
    flow_log_days  = 365
  }

  lake = {
    protection = "keep"
    retention  = { replaced_days = 35, logs_days = 365, answers_days = 7, key_recovery_days = 30 }
  }

  catalog = {
    optimizers = {}
  }

  ingestion = {
    door         = "serverless"
    sources      = { web = { per_second = 5000, burst = 10000 }, app = { per_second = 5000, burst = 10000 } }
    buffer       = { mebibytes = 128, seconds = 300 }
    replay_hours = 168
  }

  streams = {}

  glue = {
    ingest   = { workers = 20, timeout_minutes = 180 }
    silver   = { workers = 20, timeout_minutes = 180 }
    maintain = { workers = 2, timeout_minutes = 180 }
  }

  emr = {
    capacity        = { vcpu = 200, memory_gb = 800, disk_gb = 4000, idle_minutes = 10 }
    timeout_minutes = 180
    cluster         = null
  }

  orchestration = {
    schedule = "cron(0 3 * * ? *)"
    arrivals = { minutes = 30 }
  }

  serving = { every_minutes = 60, base = 32, most = 128, rpu_hours_a_day = 200 }

  athena = { gigabytes_a_query = 100 }

  observability = {
    emails   = var.alert_emails
    log_days = 365
    limits   = { stale_hours = 26, quarantined_percent = 5, lag_minutes = 15, month_usd = 6000 }
  }
}
