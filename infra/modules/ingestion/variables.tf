variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "feed" {
  description = "Folder of the landing bucket the events go to: the feed's folder, as its source file says."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.feed))
    error_message = "ingestion.feed is the folder of one feed: lower-case letters, digits and '_', no '/'."
  }
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

variable "buffer" {
  description = "A file lands when it has this many MiB or is this many seconds old: small is fresh, large is few files."
  type = object({
    mebibytes = optional(number, 64)
    seconds   = optional(number, 300)
  })
  default = {}

  validation {
    condition     = var.buffer.mebibytes >= 1 && var.buffer.mebibytes <= 128 && var.buffer.seconds >= 60 && var.buffer.seconds <= 900
    error_message = "ingestion.buffer: 1 to 128 mebibytes, 60 to 900 seconds."
  }
}

variable "replay_hours" {
  description = "How long the stream keeps events that could not be delivered, 24 to 8760 hours."
  type        = number
  default     = 24

  validation {
    condition     = var.replay_hours >= 24 && var.replay_hours <= 8760
    error_message = "ingestion.replay_hours is between 24 and 8760: Kinesis keeps no less and no longer."
  }
}

variable "shards" {
  description = "null: the stream grows by itself. A number: it has so many shards, each for a thousand events or a MiB a second, at a third of the price."
  type        = number
  default     = null

  validation {
    condition     = var.shards == null || try(var.shards >= 1, false)
    error_message = "ingestion.shards is at least 1, or null for a stream that grows by itself."
  }
}

variable "key_reader" {
  description = "s3:// URI of the function that reads the write key of a request."
  type        = string
}

variable "landing_bucket" {
  description = "Bucket the files land in."
  type        = string
}

variable "log_days" {
  description = "How long logs of the endpoint and of the delivery are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "The environment's key."
  type        = string
}
