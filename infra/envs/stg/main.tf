# The values of stg. What they mean: ../../modules/platform/README.md and the modules it names.

module "platform" {
  source    = "../../modules/platform"
  providers = { aws = aws, aws.copy = aws.copy }

  directory = "stg"
  workspace = terraform.workspace
  state     = fileexists("${path.root}/backend.tf") ? "kept" : "local"
  artifacts = var.artifacts

  copy_region = var.copy_region

  engine   = "spark"
  spark    = "3.5"
  standby  = "full"
  boundary = "marketpulse-boundary"

  network = {
    cidr           = "10.21.0.0/16"
    sandboxes      = {}
    endpoint_zones = 1
    egress         = "none"
    flow_log_days  = 90
  }

  lake = {
    protection = "discard"
    retention  = { replaced_days = 14, logs_days = 90, answers_days = 7, key_recovery_days = 14 }
  }

  catalog = {
    optimizers = {}
  }

  ingestion = {
    door         = "serverless"
    sources      = { web = { per_second = 200, burst = 400 }, app = { per_second = 200, burst = 400 } }
    buffer       = { mebibytes = 64, seconds = 300 }
    replay_hours = 24
  }

  streams = {}

  glue = {
    ingest   = { workers = 4, timeout_minutes = 90 }
    silver   = { workers = 4, timeout_minutes = 90 }
    maintain = { workers = 2, timeout_minutes = 90 }
  }

  emr = {
    capacity        = { vcpu = 32, memory_gb = 128, disk_gb = 400, idle_minutes = 5 }
    timeout_minutes = 90
    cluster         = null
  }

  orchestration = {
    schedule = "cron(0 4 * * ? *)"
    arrivals = { minutes = 60 }
  }

  serving = { every_minutes = 120, base = 8, most = 16, rpu_hours_a_day = 8 }

  athena = { gigabytes_a_query = 50 }

  observability = {
    emails   = var.alert_emails
    log_days = 90
    limits   = { stale_hours = 30, quarantined_percent = 10, lag_minutes = 30, month_usd = 800 }
  }
}
