variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "environment" {
  description = "Value of the tag Environment the budget counts by."
  type        = string
}

variable "emails" {
  description = "Who is told. Each confirms once, by the mail AWS sends."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.emails : can(regex("^[^@ ]+@[^@ ]+\\.[^@ ]+$", email))])
    error_message = "observability.emails are addresses: name@example.com."
  }
}

variable "limits" {
  description = "When somebody is told. `stale_hours`: no finished run for so long. `quarantined_percent`: share of rejected rows in an hour. `lag_minutes`: age of the oldest event not read from the stream."
  type = object({
    stale_hours         = optional(number, 26)
    quarantined_percent = optional(number, 5)
    lag_minutes         = optional(number, 15)
    month_usd           = number
  })

  validation {
    condition     = var.limits.stale_hours >= 1 && var.limits.stale_hours <= 168
    error_message = "observability.limits.stale_hours is between 1 and 168: CloudWatch looks back a week at most."
  }

  validation {
    condition     = var.limits.quarantined_percent > 0 && var.limits.quarantined_percent <= 100 && var.limits.month_usd > 0
    error_message = "observability.limits: quarantined_percent is above 0 and at most 100, month_usd above 0."
  }
}

variable "watched" {
  description = "Names of what is watched; of the two doors the one that stands."
  type = object({
    jobs         = map(string)
    job_logs     = string
    stream       = string
    delivery     = string
    endpoint     = optional(string)
    balancer     = optional(object({ balancer = string, tasks = string }))
    workgroup    = string
    delivery_log = string
    function_log = string
    copies       = optional(map(object({ from = string, to = string })), {})
  })
}

variable "kms_key_arn" {
  description = "The environment's key; it encrypts what the topic sends."
  type        = string
}
