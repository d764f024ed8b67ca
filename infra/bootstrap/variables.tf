variable "region" {
  description = "Region of the platform."
  type        = string
  default     = "us-east-2"
}

variable "profile" {
  description = "Profile of the AWS configuration to act with; \"\" for credentials from elsewhere (AWS_PROFILE, AWS_ACCESS_KEY_ID, a machine's role)."
  type        = string
  default     = "marketpulse"

  validation {
    condition     = var.profile == "" || anytrue([for path in ["~/.aws/config", "~/.aws/credentials"] : try(can(regex("(?m)^\\[(profile )?${var.profile}\\]", file(pathexpand(path)))), false)])
    error_message = <<-TEXT
      There is no AWS profile ${var.profile}. Type:
        aws configure --profile ${var.profile}
      Where credentials come from elsewhere: export TF_VAR_profile=
    TEXT
  }
}

variable "account" {
  description = "Number of the account, so that nothing is ever done in another; null: the account of the credentials."
  type        = string
  default     = null
}

variable "role" {
  description = "ARN of the role to act with, in an account of its own; null: the profile's own."
  type        = string
  default     = null
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

variable "github" {
  description = "Repository whose workflows may plan, and apply the sandbox dev-gate, by tokens of GitHub's own: { repository = \"owner/name\" }; null: none may."
  type = object({
    repository = string
    branch     = optional(string, "main")
  })
  default = null

  validation {
    condition     = var.github == null || can(regex("^[\\w.-]+/[\\w.-]+$", var.github.repository))
    error_message = "github.repository is owner/name."
  }
}
