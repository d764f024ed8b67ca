variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "buckets" {
  description = "Layer -> bucket; bronze, silver and gold must be there."
  type        = map(string)

  validation {
    condition     = length(setsubtract(["bronze", "silver", "gold"], keys(var.buckets))) == 0
    error_message = "buckets must name bronze, silver and gold."
  }
}

variable "optimizers" {
  description = "gold table -> how AWS keeps it in shape. Only for tables that no other table is built from: the pipeline's own maintenance knows which snapshots its readers still need, AWS does not."
  type = map(object({
    snapshot_days = optional(number, 7)
    orphan_days   = optional(number, 7)
  }))
  default = {}

  validation {
    condition     = alltrue([for settings in values(var.optimizers) : settings.snapshot_days >= 1 && settings.orphan_days >= 3])
    error_message = "optimizers: snapshot_days is at least 1 and orphan_days at least 3, or files of a running job would be taken for orphans."
  }
}

variable "kms_key_arn" {
  description = "The environment's key; the optimisers read and write with it."
  type        = string
}
