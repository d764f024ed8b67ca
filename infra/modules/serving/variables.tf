variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "capacity" {
  description = "Redshift processing units: what a query starts with, the most the workgroup grows to, and how many RPU hours a day it may use before queries are refused."
  type = object({
    base            = optional(number, 8)
    most            = optional(number, 32)
    rpu_hours_a_day = optional(number, 16)
  })
  default = {}

  validation {
    condition     = var.capacity.base >= 8 && var.capacity.base <= 512 && var.capacity.base % 8 == 0
    error_message = "serving.capacity.base is a multiple of 8 between 8 and 512 RPU."
  }

  validation {
    condition     = var.capacity.most >= var.capacity.base && var.capacity.most % 8 == 0
    error_message = "serving.capacity.most is a multiple of 8 and not below base (${var.capacity.base})."
  }
}

variable "gold" {
  description = "What Redshift reads: bucket, database and tables of gold, the catalog, and the environment's key."
  type = object({
    bucket_arn   = string
    catalog_arn  = string
    database_arn = string
    table_arn    = string
    kms_key_arn  = string
  })
}

variable "network" {
  description = "Where it stands: three subnets in three zones, as enhanced routing asks for. `routed`: what it reads of S3 and Glue goes through these subnets and their endpoints; else by AWS's own network."
  type = object({
    subnet_ids        = list(string)
    security_group_id = string
    routed            = optional(bool, true)
  })

  validation {
    condition     = length(var.network.subnet_ids) >= 3
    error_message = "Redshift Serverless with enhanced VPC routing needs three subnets in three zones."
  }
}
