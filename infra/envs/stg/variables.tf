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
  description = "Tag CostCenter: who pays for it; the budget counts by it."
  type        = string
  default     = "retail-analytics"
}

variable "artifacts" {
  description = "Folder `make package` wrote to."
  type        = string
  default     = "../../../dist"
}

variable "alert_emails" {
  description = "Who is told when something is wrong; each confirms once, by the mail AWS sends."
  type        = set(string)
  default     = []
}
