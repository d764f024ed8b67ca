# The whole platform, in the order of the data: where it computes, where it lies, how it is named, how it comes in, what
# works on it, what starts that, who is served, who is told.

data "aws_caller_identity" "this" {}

data "aws_partition" "this" {}

data "aws_region" "this" {}

data "aws_ssm_parameters_by_path" "bootstrap" {
  path = "/marketpulse/bootstrap"

  lifecycle {
    precondition {
      condition     = var.state == "kept"
      error_message = <<-TEXT
        There is no backend.tf in envs/${var.directory}: its state would stay on this machine. Type, once per account:
          make bootstrap
      TEXT
    }

    postcondition {
      condition     = length(self.names) > 0
      error_message = <<-TEXT
        Account ${data.aws_caller_identity.this.account_id} is not ready for MarketPulse. Type, once:
          make bootstrap
      TEXT
    }

    postcondition {
      condition     = var.boundary == null || length(self.names) == 0 || contains(self.names, "/marketpulse/bootstrap/boundary")
      error_message = <<-TEXT
        Account ${data.aws_caller_identity.this.account_id} was made ready by an older MarketPulse and has no policy ${coalesce(var.boundary, "-")}. Type:
          make bootstrap
      TEXT
    }
  }
}

locals {
  project       = "marketpulse"
  environment   = var.workspace == "default" ? var.directory : var.workspace
  name          = "${local.project}-${local.environment}"
  bucket_prefix = "${local.project}-${data.aws_caller_identity.this.account_id}-${local.environment}"
  sandbox       = startswith(local.environment, "dev-") ? trimprefix(local.environment, "dev-") : null
  gold_service  = var.emr.cluster == null ? "emr-serverless" : "elasticmapreduce"
  private       = var.standby == "full"
  boundary      = var.boundary == null ? null : "arn:${data.aws_partition.this.partition}:iam::${data.aws_caller_identity.this.account_id}:policy/${var.boundary}"
  cidr          = local.sandbox == null ? var.network.cidr : var.network.sandboxes[local.sandbox]

  streams = { for name, each in var.streams : name => {
    arn     = "arn:${data.aws_partition.this.partition}:kinesis:${data.aws_region.this.name}:${data.aws_caller_identity.this.account_id}:stream/${name}"
    key_arn = each.key_arn
  } }
}

module "lake" {
  source    = "../lake"
  providers = { aws = aws, aws.copy = aws.copy }

  boundary      = local.boundary
  copy_region   = var.copy_region
  name          = local.name
  bucket_prefix = local.bucket_prefix
  retention     = var.lake.retention
  protection    = var.lake.protection

  depends_on = [data.aws_ssm_parameters_by_path.bootstrap]
}

module "network" {
  source = "../network"

  boundary       = local.boundary
  name           = local.name
  cidr           = local.cidr
  endpoint_zones = local.private ? var.network.endpoint_zones : 0
  egress         = var.network.egress
  gold_service   = local.gold_service
  streams        = values(local.streams)[*].arn
  flow_log_days  = var.network.flow_log_days
  kms_key_arn    = module.lake.kms_key_arn
}

module "catalog" {
  source = "../catalog"

  boundary    = local.boundary
  name        = local.name
  buckets     = module.lake.buckets
  optimizers  = var.catalog.optimizers
  kms_key_arn = module.lake.kms_key_arn
}

module "ingestion" {
  source = "../ingestion"

  boundary       = local.boundary
  name           = local.name
  feed           = var.ingestion.feed
  rejects        = var.ingestion.rejects
  keys           = merge(module.gateway[*].keys...)
  buffer         = var.ingestion.buffer
  replay_hours   = var.ingestion.replay_hours
  shards         = local.private ? null : 1
  delivery       = local.artifacts["deliver_events"]
  landing_bucket = module.lake.buckets["landing"]
  log_days       = var.observability.log_days
  kms_key_arn    = module.lake.kms_key_arn
}

module "gateway" {
  source = "../gateway"
  count  = var.ingestion.door == "serverless" ? 1 : 0

  boundary    = local.boundary
  name        = local.name
  sources     = var.ingestion.sources
  public      = var.ingestion.public
  key_reader  = local.artifacts["endpoint_key"]
  stream      = module.ingestion.stream
  log_days    = var.observability.log_days
  kms_key_arn = module.lake.kms_key_arn
}

module "collector" {
  source = "../collector"
  count  = var.ingestion.door == "collector" ? 1 : 0

  boundary            = local.boundary
  name                = local.name
  image               = var.ingestion.collector.image
  certificate_arn     = var.ingestion.collector.certificate_arn
  tasks               = var.ingestion.collector.tasks
  requests_an_address = var.ingestion.collector.requests_an_address
  bucket              = { name = module.lake.buckets["artifacts"], arn = module.lake.bucket_arns["artifacts"] }
  stream              = module.ingestion.stream
  log_days            = var.observability.log_days
  kms_key_arn         = module.lake.kms_key_arn
}

module "emr" {
  source = "../emr"

  boundary = local.boundary
  name     = local.name
  release  = coalesce(var.emr.release, local.spark.emr)
  capacity = var.emr.capacity
  cluster  = var.emr.cluster

  lake    = { buckets = module.lake.buckets, bucket_arns = module.lake.bucket_arns, kms_key_arn = module.lake.kms_key_arn }
  catalog = { arn = module.catalog.catalog_arn, database_arns = module.catalog.database_arns, table_arns = module.catalog.table_arns }
  network = local.private ? {
    vpc_id            = module.network.vpc_id
    subnet_ids        = module.network.job_subnets[*].id
    security_group_id = module.network.workers_security_group_id
  } : null
}

module "serving" {
  source = "../serving"

  boundary = local.boundary
  name     = local.name
  capacity = { base = var.serving.base, most = var.serving.most, rpu_hours_a_day = var.serving.rpu_hours_a_day }

  gold = {
    bucket_arn   = module.lake.bucket_arns["gold"]
    catalog_arn  = module.catalog.catalog_arn
    database_arn = module.catalog.database_arns["gold"]
    table_arn    = module.catalog.table_arns["gold"]
    kms_key_arn  = module.lake.kms_key_arn
  }
  network = {
    subnet_ids        = module.network.serving_subnet_ids
    security_group_id = module.network.workers_security_group_id
    routed            = local.private
  }
}

module "athena" {
  source = "../athena"

  boundary          = local.boundary
  name              = local.name
  gigabytes_a_query = var.athena.gigabytes_a_query
  answers           = { bucket = module.lake.buckets["answers"], bucket_arn = module.lake.bucket_arns["answers"] }

  gold = {
    bucket_arn   = module.lake.bucket_arns["gold"]
    catalog_arn  = module.catalog.catalog_arn
    database_arn = module.catalog.database_arns["gold"]
    table_arn    = module.catalog.table_arns["gold"]
    kms_key_arn  = module.lake.kms_key_arn
  }
}

module "glue" {
  source = "../glue"

  boundary    = local.boundary
  name        = local.name
  environment = local.environment
  engine      = var.engine
  jobs        = var.glue
  streams     = local.streams

  glue_version = local.spark.glue
  artifacts    = local.artifacts
  log_days     = var.observability.log_days

  lake = {
    bucket_prefix = local.bucket_prefix
    buckets       = module.lake.buckets
    bucket_arns   = module.lake.bucket_arns
    kms_key_arn   = module.lake.kms_key_arn
  }
  catalog = {
    arn           = module.catalog.catalog_arn
    namespace     = module.catalog.namespace
    database_arns = module.catalog.database_arns
    table_arns    = module.catalog.table_arns
  }
  network = local.private ? {
    zone              = module.network.job_subnets[0].zone
    subnet_id         = module.network.job_subnets[0].id
    gold_subnet_ids   = module.network.job_subnets[*].id
    security_group_id = module.network.workers_security_group_id
  } : null
  gold = merge(module.emr.gold, { timeout_minutes = var.emr.timeout_minutes })
  serving = {
    workgroup     = module.serving.workgroup
    workgroup_arn = module.serving.workgroup_arn
    database      = module.serving.database
    secret_arn    = module.serving.secret_arn
    every_minutes = var.serving.every_minutes
  }
}

module "orchestration" {
  source = "../orchestration"

  boundary       = local.boundary
  name           = local.name
  jobs           = module.glue.jobs
  schedule       = var.orchestration.schedule
  arrivals       = var.orchestration.arrivals
  streams        = keys(local.streams)
  starter        = local.artifacts["start_workflow"]
  landing_bucket = module.lake.buckets["landing"]
  topic_arn      = module.observability.topic_arn
  log_days       = var.observability.log_days
  kms_key_arn    = module.lake.kms_key_arn
}

module "observability" {
  source = "../observability"

  name        = local.name
  environment = local.environment
  emails      = var.observability.emails
  limits      = var.observability.limits
  kms_key_arn = module.lake.kms_key_arn

  watched = {
    jobs         = module.glue.jobs
    job_logs     = module.glue.log_group
    stream       = module.ingestion.stream.name
    delivery     = module.ingestion.delivery
    delivery_log = module.ingestion.log_group
    function_log = module.ingestion.function_log
    endpoint     = one(module.gateway[*].name)
    balancer     = one(module.collector[*].balancer)
    workgroup    = module.serving.workgroup
    copies       = { for layer, copy in module.lake.copies : layer => { from = module.lake.buckets[layer], to = copy } }
  }
}
