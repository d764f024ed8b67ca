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

variable "rejects" {
  description = "Folder of the landing bucket that takes what was no event."
  type        = string
  default     = "collect_rejects"

  validation {
    condition     = can(regex("^[a-z][a-z0-9_]*$", var.rejects)) && var.rejects != var.feed
    error_message = "ingestion.rejects is the folder of another feed: lower-case letters, digits and '_', no '/'."
  }
}

variable "keys" {
  description = "Who posts -> id of the write key (not the key), where API Gateway is the door."
  type        = map(string)
  default     = {}
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

variable "delivery" {
  description = "s3:// URI of the function that says what lands of a record."
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
