variable "name" {
  description = "Project and environment, the start of every name here: marketpulse-dev."
  type        = string
}

variable "boundary" {
  description = "ARN of the policy that caps every role here; null for none."
  type        = string
  default     = null
}

variable "cidr" {
  description = "Addresses of the VPC: a private /16 to /22."
  type        = string

  validation {
    condition     = can(cidrhost(var.cidr, 0)) && try(cidrhost(var.cidr, 0) == split("/", var.cidr)[0], false)
    error_message = "network.cidr is the first address of a block and its size: 10.20.0.0/16."
  }

  validation {
    condition     = can(tonumber(split("/", var.cidr)[1])) && try(tonumber(split("/", var.cidr)[1]) >= 16 && tonumber(split("/", var.cidr)[1]) <= 22, false)
    error_message = "network.cidr is between a /16 (AWS allows no larger VPC) and a /22 (two zones of workers need that many)."
  }

  validation {
    condition     = can(regex("^(10\\.|172\\.(1[6-9]|2[0-9]|3[01])\\.|192\\.168\\.)", var.cidr))
    error_message = "network.cidr is a private block (10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16): nothing here is reached from outside."
  }
}

variable "endpoint_zones" {
  description = "In how many of the jobs' two zones each interface endpoint stands. One is half the price; its zone's loss stops the jobs. 0: there are none, and no job stands here."
  type        = number
  default     = 2

  validation {
    condition     = contains([0, 1, 2], var.endpoint_zones)
    error_message = "network.endpoint_zones is 0, 1 or 2: the jobs have two zones."
  }
}

variable "egress" {
  description = "none: nothing inside reaches the internet. nat: one NAT gateway, for packages from an index or APIs outside AWS."
  type        = string
  default     = "none"

  validation {
    condition     = contains(["none", "nat"], var.egress)
    error_message = "network.egress is none or nat."
  }
}

variable "gold_service" {
  description = "What the step that starts gold speaks to: emr-serverless, or elasticmapreduce for a cluster on EC2."
  type        = string
  default     = "emr-serverless"

  validation {
    condition     = contains(["emr-serverless", "elasticmapreduce"], var.gold_service)
    error_message = "network.gold_service is emr-serverless or elasticmapreduce."
  }
}

variable "streams" {
  description = "ARNs of the data streams that jobs read; without any there is no endpoint for streams."
  type        = list(string)
  default     = []
}

variable "flow_log_days" {
  description = "How long flow logs are kept."
  type        = number
  default     = 365
}

variable "kms_key_arn" {
  description = "The environment's key; it encrypts the flow logs."
  type        = string
}
