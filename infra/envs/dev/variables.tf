variable "region" {
  description = "Region of the platform."
  type        = string
  default     = "us-east-2"
}

variable "copy_region" {
  description = "Another region, to which what landed is copied within 15 minutes, so that everything can be built anew there; null: there is no copy."
  type        = string
  default     = null

  validation {
    condition     = var.copy_region == null || var.copy_region != var.region
    error_message = "copy_region is another region than region, ${var.region}: a copy beside the original is lost with it."
  }
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
