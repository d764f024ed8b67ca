variable "directory" {
  description = "Which of the three environments the folder is: dev, stg or prod."
  type        = string

  validation {
    condition     = contains(["dev", "stg", "prod"], var.directory)
    error_message = "directory is dev, stg or prod."
  }
}

variable "workspace" {
  description = "terraform.workspace: it decides which environment of the folder this is. In dev: default, or dev-<name> for a private sandbox."
  type        = string

  validation {
    condition     = var.directory != "dev" || var.workspace == "default" || can(regex("^dev-[a-z][a-z0-9]{1,11}$", var.workspace))
    error_message = <<-TEXT
      Workspace ${var.workspace} is not one of envs/dev. Type one of:
        terraform workspace select default                       (dev itself)
        terraform workspace select -or-create dev-<name>         (your sandbox; 2 to 12 lower-case letters and digits)
    TEXT
  }

  validation {
    condition     = var.directory == "dev" || var.workspace == var.directory
    error_message = <<-TEXT
      Workspace ${var.workspace} is not one of envs/${var.directory}. Type:
        terraform workspace select -or-create ${var.directory}
    TEXT
  }

  validation {
    condition     = !startswith(var.workspace, "dev-") || contains(keys(var.network.sandboxes), trimprefix(var.workspace, "dev-"))
    error_message = <<-TEXT
      Sandbox ${var.workspace} has no addresses. Give it a block of its own in envs/dev/main.tf:
        sandboxes = { ${trimprefix(var.workspace, "dev-")} = "10.29.0.0/20" }
    TEXT
  }
}

variable "network" {
  description = "See modules/network. `sandboxes`: name -> the block of the sandbox dev-<name>; blocks do not overlap, so that any two can be connected."
  type = object({
    cidr           = string
    sandboxes      = optional(map(string), {})
    endpoint_zones = optional(number, 2)
    egress         = optional(string, "none")
    flow_log_days  = optional(number, 365)
  })

  validation {
    condition     = alltrue([for block in concat([var.network.cidr], values(var.network.sandboxes)) : can(cidrhost(block, 0))])
    error_message = "network: every block is an address and a size, such as 10.20.0.0/16; got ${join(", ", concat([var.network.cidr], values(var.network.sandboxes)))}."
  }

  # Two blocks overlap exactly when they are the same block once both are cut to the shorter prefix.
  validation {
    condition = length([
      for pair in setproduct(concat([var.network.cidr], values(var.network.sandboxes)), values(var.network.sandboxes)) : pair
      if try(
        cidrhost("${cidrhost(pair[0], 0)}/${min([for block in pair : tonumber(split("/", block)[1])]...)}", 0) ==
        cidrhost("${cidrhost(pair[1], 0)}/${min([for block in pair : tonumber(split("/", block)[1])]...)}", 0),
        false
      )
    ]) <= length(var.network.sandboxes)
    error_message = "network: blocks overlap: dev ${var.network.cidr}, ${join(", ", [for name, block in var.network.sandboxes : "${name} ${block}"])}. Give each sandbox a block of its own."
  }
}

variable "lake" {
  description = "See modules/lake."
  type = object({
    protection = optional(string, "keep")
    retention = optional(object({
      replaced_days     = optional(number, 7)
      logs_days         = optional(number, 30)
      key_recovery_days = optional(number, 7)
    }), {})
  })
  default = {}
}

variable "catalog" {
  description = "See modules/catalog."
  type = object({
    optimizers = optional(map(object({
      snapshot_days = optional(number, 7)
      orphan_days   = optional(number, 7)
    })), {})
  })
  default = {}
}
