variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "jobs" {
  description = "Step -> job: ingest, silver, gold, serve and maintain."
  type        = map(string)

  validation {
    condition     = length(setsubtract(["ingest", "silver", "gold", "serve", "maintain"], keys(var.jobs))) == 0
    error_message = "jobs must name ingest, silver, gold, serve and maintain."
  }
}

variable "schedule" {
  description = "When a run starts even if nothing landed, as EventBridge writes it, in UTC: cron(0 3 * * ? *)."
  type        = string

  validation {
    condition     = can(regex("^(cron|rate)\\(.+\\)$", var.schedule))
    error_message = "orchestration.schedule is cron(…) or rate(…): cron(0 3 * * ? *)."
  }
}

variable "arrivals" {
  description = "A run starts when files landed, about two minutes after the first, and `minutes` after the start of the run before at the earliest: what every run costs, it costs as often as that."
  type = object({
    minutes = optional(number, 30)
  })
  default = {}

  validation {
    condition     = var.arrivals.minutes >= 0 && var.arrivals.minutes <= 1440
    error_message = "orchestration.arrivals.minutes is 0 to 1440: a day; rarer is what schedule is for."
  }
}

variable "streams" {
  description = "Names of the data streams that a run reads. Nothing says that a record came: with one of them a run is due `arrivals.minutes` after the last."
  type        = set(string)
  default     = []
}

variable "starter" {
  description = "s3:// URI of the function that starts runs."
  type        = string
}

variable "log_days" {
  description = "How long log lines are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "The environment's key."
  type        = string
}

variable "landing_bucket" {
  description = "Bucket whose arrivals start a run."
  type        = string
}

variable "topic_arn" {
  description = "Topic that hears of every failed job."
  type        = string
}
