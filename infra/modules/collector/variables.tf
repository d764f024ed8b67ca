variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "image" {
  description = "Tag of the collector's image in its registry. Nothing runs until it is there: infra/bin/image."
  type        = string

  validation {
    condition     = can(regex("^[a-zA-Z0-9_][a-zA-Z0-9._-]{0,127}$", var.image)) && var.image != "latest"
    error_message = "ingestion.collector.image is the tag of one image, not latest: a task that is started again must be the same one."
  }
}

variable "certificate_arn" {
  description = "ARN of the certificate (ACM, this region) of the name that clients post to."
  type        = string

  validation {
    condition     = can(regex("^arn:[a-z-]+:(acm|iam):", var.certificate_arn))
    error_message = "ingestion.collector.certificate_arn is the ARN of a certificate: nobody is listened to without TLS."
  }
}

variable "tasks" {
  description = "How many there are, at least and at most, and the size of one: CPU units and MiB as Fargate has them."
  type = object({
    least        = optional(number, 2)
    most         = optional(number, 6)
    cpu          = optional(number, 1024)
    memory       = optional(number, 2048)
    architecture = optional(string, "ARM64")
  })
  default = {}

  validation {
    condition     = var.tasks.least >= 2 && var.tasks.most >= var.tasks.least
    error_message = "ingestion.collector.tasks: at least 2, or a deployment and a lost zone are an outage; most is not below least."
  }

  validation {
    condition     = contains(["ARM64", "X86_64"], var.tasks.architecture)
    error_message = "ingestion.collector.tasks.architecture is ARM64 or X86_64, as the image was built."
  }
}

variable "requests_an_address" {
  description = "Requests of one address in five minutes, 10 at least; more are answered with 429 by a firewall. null: no firewall."
  type        = number
  default     = null

  validation {
    condition     = var.requests_an_address == null ? true : var.requests_an_address >= 10
    error_message = "ingestion.collector.requests_an_address is 10 or more."
  }
}

variable "cidr" {
  description = "Addresses of the collector's own network: a private /20 to /26. It is connected to nothing."
  type        = string
  default     = "10.255.0.0/24"

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(tonumber(split("/", var.cidr)[1]) >= 20 && tonumber(split("/", var.cidr)[1]) <= 26, false)
    error_message = "ingestion.collector.cidr is a block between a /20 and a /26."
  }
}

variable "bucket" {
  description = "The bucket that holds the file of write keys: name and ARN."
  type        = object({ name = string, arn = string })
}

variable "stream" {
  description = "The stream that takes the records: name and ARN."
  type        = object({ name = string, arn = string })
}

variable "log_days" {
  description = "How long logs are kept."
  type        = number
}

variable "kms_key_arn" {
  description = "The environment's key."
  type        = string
}
