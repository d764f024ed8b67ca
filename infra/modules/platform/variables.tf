variable "directory" {
  description = "Which of the three environments the folder is: dev, stg or prod."
  type        = string

  validation {
    condition     = contains(["dev", "stg", "prod"], var.directory)
    error_message = "directory is dev, stg or prod."
  }
}

variable "workspace" {
  description = "terraform.workspace: it decides which environment of the folder this is. In dev: default, or dev-<name> for a private sandbox."
  type        = string

  validation {
    condition     = var.directory != "dev" || var.workspace == "default" || can(regex("^dev-[a-z][a-z0-9]{1,11}$", var.workspace))
    error_message = <<-TEXT
      Workspace ${var.workspace} is not one of envs/dev. Type one of:
        terraform workspace select default                       (dev itself)
        terraform workspace select -or-create dev-<name>         (your sandbox; 2 to 12 lower-case letters and digits)
    TEXT
  }

  validation {
    condition     = var.directory == "dev" || var.workspace == var.directory
    error_message = <<-TEXT
      Workspace ${var.workspace} is not one of envs/${var.directory}. Type:
        terraform workspace select -or-create ${var.directory}
    TEXT
  }

  validation {
    condition     = !startswith(var.workspace, "dev-") || contains(keys(var.network.sandboxes), trimprefix(var.workspace, "dev-"))
    error_message = <<-TEXT
      Sandbox ${var.workspace} has no addresses. Give it a block of its own in envs/dev/main.tf:
        sandboxes = { ${trimprefix(var.workspace, "dev-")} = "10.29.0.0/20" }
    TEXT
  }
}

variable "state" {
  description = "Where the folder's state lies: kept, in the account's bucket, as its backend.tf says; or local, which is refused."
  type        = string
  default     = "kept"

  validation {
    condition     = contains(["kept", "local"], var.state)
    error_message = "state is kept or local, not ${var.state}."
  }
}

variable "copy_region" {
  description = "Another region, to which what landed and who was erased is copied within 15 minutes; null: there is no copy."
  type        = string
  default     = null

  validation {
    condition     = var.copy_region == null || can(regex("^[a-z]{2}(-[a-z]+)+-[0-9]$", var.copy_region))
    error_message = "copy_region is a region of AWS's, another than the platform's, or null."
  }
}

variable "standby" {
  description = "What stands there while nothing happens, and is paid by the hour. full: jobs in the private network, with interface endpoints, and a stream that grows by itself. least: jobs outside of it, which reach AWS's services at their own addresses, and a stream of one shard."
  type        = string
  default     = "full"

  validation {
    condition     = contains(["full", "least"], var.standby)
    error_message = "standby is full or least, not ${var.standby}."
  }

  validation {
    condition     = var.standby == "full" || var.emr.cluster == null
    error_message = "A cluster stands in the private network, which has no endpoints with standby = \"least\". Set standby = \"full\" as long as emr.cluster is set."
  }
}

variable "boundary" {
  description = "Name of a policy of the account that caps what any role of this environment may ever do: marketpulse-boundary, which bootstrap makes. null: no role is capped."
  type        = string
  default     = "marketpulse-boundary"
}

variable "network" {
  description = "See modules/network. `sandboxes`: name -> the block of the sandbox dev-<name>; blocks do not overlap, so that any two can be connected."
  type = object({
    cidr           = string
    sandboxes      = optional(map(string), {})
    endpoint_zones = optional(number, 2)
    egress         = optional(string, "none")
    flow_log_days  = optional(number, 365)
  })

  validation {
    condition     = contains([1, 2], var.network.endpoint_zones)
    error_message = "network.endpoint_zones is 1 or 2. For no endpoints at all: standby = \"least\"."
  }

  validation {
    condition     = alltrue([for block in concat([var.network.cidr], values(var.network.sandboxes)) : can(cidrhost(block, 0))])
    error_message = "network: every block is an address and a size, such as 10.20.0.0/16; got ${join(", ", concat([var.network.cidr], values(var.network.sandboxes)))}."
  }

  # Two blocks overlap exactly when they are the same block once both are cut to the shorter prefix.
  validation {
    condition = length([
      for pair in setproduct(concat([var.network.cidr], values(var.network.sandboxes)), values(var.network.sandboxes)) : pair
      if try(
        cidrhost("${cidrhost(pair[0], 0)}/${min([for block in pair : tonumber(split("/", block)[1])]...)}", 0) ==
        cidrhost("${cidrhost(pair[1], 0)}/${min([for block in pair : tonumber(split("/", block)[1])]...)}", 0),
        false
      )
    ]) <= length(var.network.sandboxes)
    error_message = "network: blocks overlap: dev ${var.network.cidr}, ${join(", ", [for name, block in var.network.sandboxes : "${name} ${block}"])}. Give each sandbox a block of its own."
  }
}

variable "lake" {
  description = "See modules/lake."
  type = object({
    protection = optional(string, "keep")
    retention = optional(object({
      replaced_days     = optional(number, 7)
      logs_days         = optional(number, 30)
      answers_days      = optional(number, 7)
      key_recovery_days = optional(number, 7)
    }), {})
  })
  default = {}
}

variable "catalog" {
  description = "See modules/catalog."
  type = object({
    optimizers = optional(map(object({
      snapshot_days = optional(number, 7)
      orphan_days   = optional(number, 7)
    })), {})
  })
  default = {}
}

variable "artifacts" {
  description = "Folder `make package` wrote to: manifest.json and the files it names."
  type        = string

  validation {
    condition     = fileexists("${var.artifacts}/manifest.json")
    error_message = <<-TEXT
      There is no package in ${var.artifacts}. Type:
        make package
    TEXT
  }

  validation {
    condition = length(setsubtract(
      ["deliver_events", "emr_job", "emr_venv", "emr_venv_py313", "endpoint_key", "glue_job", "glue_libs", "glue_libs_py313", "glue_redshift", "glue_start_emr", "redshift", "shell_libs", "start_workflow"],
      keys(try(jsondecode(file("${var.artifacts}/manifest.json")), {})),
    )) == 0 && alltrue([for artifact in values(try(jsondecode(file("${var.artifacts}/manifest.json")), {})) : fileexists("${var.artifacts}/${artifact.file}")])
    error_message = <<-TEXT
      The package in ${var.artifacts} is not whole: manifest.json must name deliver_events, emr_job, emr_venv, emr_venv_py313, endpoint_key,
      glue_job, glue_libs, glue_libs_py313, glue_redshift, glue_start_emr, redshift, shell_libs and start_workflow, and their files must be there. Type:
        make package
    TEXT
  }
}

variable "ingestion" {
  description = "`door`: serverless (API Gateway, modules/gateway) or collector (tasks behind a balancer, modules/collector). The rest: see these and modules/ingestion."
  type = object({
    door    = optional(string, "serverless")
    feed    = optional(string, "clickstream")
    rejects = optional(string, "collect_rejects")
    sources = map(object({
      per_second = number
      burst      = number
    }))
    public       = optional(object({ ids = optional(map(string), {}), per_second = optional(number, 50), burst = optional(number, 100) }), {})
    buffer       = optional(object({ mebibytes = optional(number, 64), seconds = optional(number, 300) }), {})
    replay_hours = optional(number, 24)
    collector = optional(object({
      image               = string
      certificate_arn     = string
      tasks               = optional(object({ least = optional(number, 2), most = optional(number, 6), cpu = optional(number, 1024), memory = optional(number, 2048), architecture = optional(string, "ARM64") }), {})
      requests_an_address = optional(number)
    }))
  })

  validation {
    condition     = var.ingestion.door != "collector" || var.ingestion.collector != null
    error_message = "ingestion.door is collector: say which image it runs and which certificate it shows, collector = { image = \"…\", certificate_arn = \"…\" }."
  }

  validation {
    condition     = contains(["serverless", "collector"], var.ingestion.door)
    error_message = "ingestion.door is serverless or collector."
  }
}

variable "streams" {
  description = "Data streams of this account and region that the jobs may read, by the name that a source says (`stream: {kinesis: {stream: …}}`). `key_arn`: the key that encrypts it, where it is one of yours."
  type        = map(object({ key_arn = optional(string) }))
  default     = {}

  validation {
    condition     = !anytrue([for name in keys(var.streams) : startswith(name, "${local.project}-") && endswith(name, "-${var.ingestion.feed}")])
    error_message = "streams: ${local.name}-${var.ingestion.feed} is the door's own, and Firehose lands its records already: read by the jobs, too, each event would come twice (that of another environment is requests, no events). Take it out; what a door keeps is in the feed ${var.ingestion.feed}."
  }

  validation {
    condition     = alltrue([for name in keys(var.streams) : can(regex("^[A-Za-z0-9._-]{1,128}$", name))])
    error_message = "streams: names are those of Kinesis, letters, digits, '.', '_' and '-', no ARN: a source names the stream, and it is of this account and region. Got ${join(", ", keys(var.streams))}."
  }

  validation {
    condition     = alltrue([for each in values(var.streams) : each.key_arn == null || can(regex("^arn:[^:]+:kms:[^:]+:[0-9]{12}:key/", each.key_arn))])
    error_message = "streams: key_arn is the ARN of a key, arn:aws:kms:…:key/…, not of an alias; null where AWS's own key encrypts the stream, or none."
  }
}

variable "engine" {
  description = "What computes in the jobs, see modules/glue."
  type        = string
  default     = "spark"
}

variable "glue" {
  description = "See modules/glue, `jobs`."
  type = map(object({
    worker_type     = optional(string, "G.1X")
    workers         = optional(number, 2)
    timeout_minutes = optional(number, 60)
    retries         = optional(number, 1)
  }))
  default = {}
}

variable "emr" {
  description = "See modules/emr. `release`: null for the one that has `spark`."
  type = object({
    release         = optional(string)
    timeout_minutes = optional(number, 120)
    capacity        = optional(object({ vcpu = optional(number, 16), memory_gb = optional(number, 64), disk_gb = optional(number, 200), idle_minutes = optional(number, 5) }), {})
    cluster         = optional(object({ instance_type = optional(string, "m7i.xlarge"), core = optional(number, 2), spot = optional(number, 8), idle_minutes = optional(number, 30) }))
  })
  default = {}

  validation {
    condition     = var.emr.release == null || startswith(coalesce(var.emr.release, "-"), var.spark == "3.5" ? "emr-7." : "emr-spark-8.")
    error_message = "emr.release is one of EMR 7 where spark = \"3.5\", and one of emr-spark-8 where it is \"4.1\": the package brings libraries for the Python of these."
  }
}

variable "spark" {
  description = "Spark that the jobs run on: 3.5 (Glue 5.1, EMR 7, Python 3.11) or 4.1 (Glue 6.0, emr-spark-8.1, Python 3.13)."
  type        = string
  default     = "3.5"

  validation {
    condition     = contains(["3.5", "4.1"], var.spark)
    error_message = "spark is 3.5 or 4.1: the models are proven on these."
  }
}

variable "orchestration" {
  description = "See modules/orchestration."
  type = object({
    schedule = string
    arrivals = optional(object({ minutes = optional(number, 30) }), {})
  })
}

variable "serving" {
  description = "See modules/serving, `capacity`. `every_minutes`: how often what is new in gold is loaded at most; each load wakes Redshift."
  type = object({
    every_minutes   = optional(number, 60)
    base            = optional(number, 8)
    most            = optional(number, 32)
    rpu_hours_a_day = optional(number, 16)
  })
  default = {}
}

variable "athena" {
  description = "See modules/athena."
  type        = object({ gigabytes_a_query = optional(number, 10) })
  default     = {}
}

variable "observability" {
  description = "See modules/observability; `log_days` is for every log group."
  type = object({
    emails   = optional(set(string), [])
    log_days = optional(number, 30)
    limits   = object({ stale_hours = optional(number, 26), quarantined_percent = optional(number, 5), lag_minutes = optional(number, 15), month_usd = number })
  })
}
