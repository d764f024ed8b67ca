variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "sources" {
  description = "Who posts events -> how fast it may: each has a write key of its own, and one that floods stops only itself."
  type = map(object({
    per_second = number
    burst      = number
  }))

  validation {
    condition     = alltrue([for name in keys(var.sources) : can(regex("^[a-z][a-z0-9-]{1,30}$", name))])
    error_message = "ingestion.sources: names are 2 to 31 lower-case letters, digits and '-'."
  }

  validation {
    condition     = alltrue([for limit in values(var.sources) : limit.per_second > 0 && limit.burst >= limit.per_second])
    error_message = "ingestion.sources: per_second is above 0 and burst at least per_second, or the steady rate could never be reached."
  }
}

variable "public" {
  description = "Keys that stand in every page and are no secret (Snowplow's app id, PostHog's project key, a measurement id of GA4) -> whose they are; how fast all of them together may post."
  type = object({
    ids        = optional(map(string), {})
    per_second = optional(number, 50)
    burst      = optional(number, 100)
  })
  default = {}

  validation {
    condition     = alltrue([for id, source in var.public.ids : can(regex("^[A-Za-z0-9._-]{1,100}$", id)) && can(regex("^[a-z][a-z0-9-]{1,30}$", source))])
    error_message = "ingestion.public.ids: ids are letters, digits, '.', '_' and '-'; names of sources 2 to 31 lower-case letters, digits and '-'."
  }

  validation {
    condition     = var.public.per_second > 0 && var.public.burst >= var.public.per_second
    error_message = "ingestion.public: per_second is above 0 and burst at least per_second."
  }
}

variable "key_reader" {
  description = "s3:// URI of the function that reads the write key of a request."
  type        = string
}

variable "stream" {
  description = "The stream that takes the records."
  type        = object({ name = string, arn = string })
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "The environment's key."
  type        = string
}
