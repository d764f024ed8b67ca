# The values of dev. What they mean: ../../modules/platform/README.md and the modules it names.

module "platform" {
  source    = "../../modules/platform"
  providers = { aws = aws, aws.copy = aws.copy }

  directory = "dev"
  workspace = terraform.workspace
  state     = fileexists("${path.root}/backend.tf") ? "kept" : "local"
  artifacts = var.artifacts

  copy_region = var.copy_region

  engine   = "duckdb"
  spark    = "3.5"
  standby  = "least"
  boundary = "marketpulse-boundary"

  network = {
    cidr           = "10.20.0.0/16"
    sandboxes      = { sandbox = "10.28.0.0/20", gate = "10.28.16.0/20" }
    endpoint_zones = 1
    egress         = "none"
    flow_log_days  = 30
  }

  lake = {
    protection = "discard"
    retention  = { replaced_days = 7, logs_days = 30, answers_days = 7, key_recovery_days = 7 }
  }

  catalog = {
    optimizers = {}
  }

  ingestion = {
    door         = "serverless"
    sources      = { web = { per_second = 50, burst = 100 }, app = { per_second = 50, burst = 100 } }
    buffer       = { mebibytes = 16, seconds = 60 }
    replay_hours = 24
  }

  streams = {}

  glue = {
    ingest   = { workers = 2, timeout_minutes = 60 }
    silver   = { workers = 2, timeout_minutes = 60 }
    maintain = { workers = 2, timeout_minutes = 60 }
  }

  emr = {
    capacity        = { vcpu = 16, memory_gb = 64, disk_gb = 200, idle_minutes = 5 }
    timeout_minutes = 60
    cluster         = null
  }

  orchestration = {
    schedule = "cron(0 5 ? * MON-FRI *)"
    arrivals = { minutes = 60 }
  }

  serving = { every_minutes = 360, base = 8, most = 8, rpu_hours_a_day = 4 }

  athena = { gigabytes_a_query = 10 }

  observability = {
    emails   = var.alert_emails
    log_days = 30
    limits   = { stale_hours = 80, quarantined_percent = 20, lag_minutes = 60, month_usd = 100 }
  }
}
