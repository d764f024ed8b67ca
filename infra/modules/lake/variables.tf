variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9]*(-[a-z0-9]+)+$", var.name)) && length(var.name) <= 32
    error_message = "name is lower-case words joined by '-', at most 32 characters (it becomes part of bucket names): marketpulse-dev."
  }
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "copy_region" {
  description = "Another region, to which what landed and who was erased is copied within 15 minutes; null: there is no copy."
  type        = string
  default     = null
}

variable "bucket_prefix" {
  description = "Start of every bucket's name, which all of AWS shares: marketpulse-<account>-dev."
  type        = string
}

variable "retention" {
  description = "Days: versions that were replaced or deleted (the time in which a deletion can be undone), logs, what stewards were answered, and a deleted key's way back."
  type = object({
    replaced_days     = optional(number, 7)
    logs_days         = optional(number, 30)
    answers_days      = optional(number, 7)
    key_recovery_days = optional(number, 7)
  })
  default = {}

  validation {
    condition     = var.retention.key_recovery_days >= 7 && var.retention.key_recovery_days <= 30
    error_message = "retention.key_recovery_days is between 7 and 30: KMS allows nothing else."
  }

  validation {
    condition     = var.retention.replaced_days >= 1 && var.retention.logs_days >= 1 && var.retention.answers_days >= 1
    error_message = "retention.replaced_days, retention.logs_days and retention.answers_days are at least 1."
  }
}

variable "protection" {
  description = "What guards the data: `keep` lets nobody remove a version and no destroy take a bucket that has data; `discard` lets a destroy take the data with it."
  type        = string
  default     = "keep"

  validation {
    condition     = contains(["keep", "discard"], var.protection)
    error_message = "protection is keep or discard."
  }
}
