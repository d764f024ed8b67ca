variable "region" {
  description = "Region of the platform."
  type        = string
  default     = "us-east-2"
}

variable "profile" {
  description = "Profile of the AWS configuration to act with."
  type        = string
  default     = "marketpulse"
}

variable "owner" {
  description = "Tag Owner: who answers for it."
  type        = string
  default     = "data-platform"
}

variable "cost_center" {
  description = "Tag CostCenter: who pays for it."
  type        = string
  default     = "retail-analytics"
}

variable "log_days" {
  description = "How long log lines of Python-shell jobs are kept."
  type        = number
  default     = 30
}

variable "billing_tags" {
  description = "Tags that billing counts by: [\"Environment\"], without which no budget counts anything. Billing knows a tag a day after its first use, so not at the first time."
  type        = set(string)
  default     = []
}
