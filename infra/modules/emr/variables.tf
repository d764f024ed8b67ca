variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "release" {
  description = "EMR release: 7.x carries Spark 3.5, emr-spark-8.1 Spark 4.1; both Iceberg."
  type        = string
  default     = "emr-7.9.0"

  validation {
    condition     = can(regex("^emr-(7\\.[1-9][0-9]*|spark-8\\.[1-9][0-9]*)\\.[0-9]+$", var.release))
    error_message = "emr.release is a release of EMR 7 from 7.1 on, such as emr-7.9.0 (Spark 3.5; 7.0 has no Python 3.11), or of emr-spark-8 from 8.1 on, such as emr-spark-8.1.0 (Spark 4.1): the models are proven on these."
  }
}

variable "capacity" {
  description = "The most the serverless application may use at once. It stops itself after `idle_minutes`."
  type = object({
    vcpu         = optional(number, 16)
    memory_gb    = optional(number, 64)
    disk_gb      = optional(number, 200)
    idle_minutes = optional(number, 5)
  })
  default = {}

  validation {
    condition     = var.capacity.vcpu >= 8 && var.capacity.memory_gb >= 2 * var.capacity.vcpu
    error_message = "emr.capacity: at least 8 vcpu (a driver and an executor) and 2 GB of memory for each."
  }
}

variable "cluster" {
  description = "Gold runs on an EMR cluster on EC2 instead, for days of steady heavy work (a backfill of years); null for EMR Serverless. `spot` is the most task nodes; they hold no data. After `idle_minutes` without work it ends itself and the next deploy makes another: longer than the time between two runs."
  type = object({
    instance_type = optional(string, "m7i.xlarge")
    core          = optional(number, 2)
    spot          = optional(number, 8)
    idle_minutes  = optional(number, 30)
  })
  default = null

  validation {
    condition     = var.cluster == null || try(var.cluster.core >= 1 && var.cluster.spot >= 0, false)
    error_message = "emr.cluster: at least one core node, and no negative number of Spot nodes."
  }

  validation {
    condition     = var.cluster == null || try(var.cluster.idle_minutes >= 1 && var.cluster.idle_minutes <= 10080, false)
    error_message = "emr.cluster.idle_minutes is 1 to 10080: EMR counts to seven days."
  }

  # A letter g behind the generation is Graviton: m7g, r6gd, c7gn.
  validation {
    condition     = var.cluster == null || !can(regex("^[a-z]+[0-9]+[a-z]*g[a-z]*\\.", try(var.cluster.instance_type, "")))
    error_message = "emr.cluster.instance_type ${try(var.cluster.instance_type, "")} is ARM; the packages are built for x86-64. Take m7i.xlarge or its like."
  }
}

variable "lake" {
  description = "Buckets by layer, and the environment's key."
  type = object({
    bucket_arns = map(string)
    buckets     = map(string)
    kms_key_arn = string
  })
}

variable "catalog" {
  description = "The Data Catalog: ARNs by layer."
  type = object({
    arn           = string
    database_arns = map(string)
    table_arns    = map(string)
  })
}

variable "network" {
  description = "Where it runs; null for outside of the private network, where EMR Serverless reaches S3, Glue, KMS and CloudWatch, and no cluster can stand."
  type = object({
    vpc_id            = string
    subnet_ids        = list(string)
    security_group_id = string
  })

  validation {
    condition     = var.network != null || var.cluster == null
    error_message = "emr.cluster needs a network to stand in."
  }
}
