variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "gigabytes_a_query" {
  description = "A query that would read more is stopped; it costs half a cent a gigabyte until then."
  type        = number
  default     = 10

  validation {
    condition     = var.gigabytes_a_query >= 0.01
    error_message = "athena.gigabytes_a_query is at least 0.01: Athena counts from 10 MB on."
  }
}

variable "gold" {
  description = "What is asked: bucket, database and tables of gold, the catalog, and the environment's key."
  type = object({
    bucket_arn   = string
    catalog_arn  = string
    database_arn = string
    table_arn    = string
    kms_key_arn  = string
  })
}

variable "answers" {
  description = "Bucket of the answers, in which they expire."
  type = object({
    bucket     = string
    bucket_arn = string
  })
}
