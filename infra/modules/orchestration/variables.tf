variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
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
  description = "A run starts after so many landed files, or so many seconds after the first of them."
  type = object({
    files   = optional(number, 100)
    seconds = optional(number, 900)
  })
  default = {}

  validation {
    condition     = var.arrivals.files >= 1 && var.arrivals.files <= 100 && var.arrivals.seconds >= 60 && var.arrivals.seconds <= 900
    error_message = "orchestration.arrivals: 1 to 100 files, 60 to 900 seconds; Glue counts no further."
  }
}

variable "landing_bucket" {
  description = "Bucket whose arrivals start a run."
  type        = string
}

variable "topic_arn" {
  description = "Topic that hears of every failed job."
  type        = string
}
