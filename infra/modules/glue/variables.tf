variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "environment" {
  description = "Environment the jobs report as: dev."
  type        = string
}

variable "engine" {
  description = "What computes in the Glue jobs: spark, or duckdb while a day fits one worker."
  type        = string
  default     = "spark"

  validation {
    condition     = contains(["spark", "duckdb"], var.engine)
    error_message = "engine is spark or duckdb, not ${var.engine}."
  }
}

variable "glue_version" {
  description = "Version of Glue: 5.1 has Spark 3.5 and Python 3.11, 6.0 has Spark 4.1 and Python 3.13; the libraries in `artifacts` are for its Python."
  type        = string
  default     = "5.1"
}

variable "jobs" {
  description = "Stage -> how much of AWS it may use. `workers` is the most auto-scaling goes to; `retries` are safe, a stage that ran twice did its work once."
  type = map(object({
    worker_type     = optional(string, "G.1X")
    workers         = optional(number, 2)
    timeout_minutes = optional(number, 60)
    retries         = optional(number, 1)
  }))
  default = {}

  validation {
    condition     = length(setsubtract(keys(var.jobs), ["ingest", "silver", "maintain"])) == 0
    error_message = "glue.jobs has settings for ingest, silver and maintain; gold runs on EMR. Unknown: ${join(", ", setsubtract(keys(var.jobs), ["ingest", "silver", "maintain"]))}."
  }

  validation {
    condition     = alltrue([for job in values(var.jobs) : contains(["G.1X", "G.2X", "G.4X", "G.8X"], job.worker_type) && job.workers >= 2])
    error_message = "glue.jobs: worker_type is G.1X, G.2X, G.4X or G.8X, and Spark on Glue needs at least 2 workers."
  }
}

variable "artifacts" {
  description = "Name in the package's manifest -> s3:// URI of the file."
  type        = map(string)
}

variable "lake" {
  description = "Buckets by layer, and the environment's key."
  type = object({
    bucket_prefix = string
    buckets       = map(string)
    bucket_arns   = map(string)
    kms_key_arn   = string
  })
}

variable "catalog" {
  description = "The Data Catalog: ARNs by layer, and the template of the databases' names."
  type = object({
    arn           = string
    namespace     = string
    database_arns = map(string)
    table_arns    = map(string)
  })
}

variable "network" {
  description = "Where the jobs run, and the subnets of gold's application; null for outside of the private network."
  type = object({
    zone              = string
    subnet_id         = string
    gold_subnet_ids   = list(string)
    security_group_id = string
  })
}

variable "streams" {
  description = "Data streams that ingest may read, by name: ARN, and the ARN of the key that encrypts it (null: none, or AWS's own)."
  type        = map(object({ arn = string, key_arn = string }))
  default     = {}
}

variable "gold" {
  description = "Where the gold step runs gold: an EMR Serverless application or an EMR cluster on EC2, and the role of the work there."
  type = object({
    kind            = string
    id              = string
    arn             = string
    role_arn        = string
    timeout_minutes = number
  })

  validation {
    condition     = contains(["serverless", "cluster"], var.gold.kind)
    error_message = "gold.kind is serverless or cluster, not ${var.gold.kind}."
  }
}

variable "serving" {
  description = "The Redshift workgroup the serving step speaks to, the secret of the owner of its schemas, and how often it is loaded at most."
  type = object({
    every_minutes = number
    workgroup     = string
    workgroup_arn = string
    database      = string
    secret_arn    = string
  })
}

variable "log_days" {
  description = "How long log lines are kept."
  type        = number
}
