# arrivals ─┐
# streams  ─┤ (a clock, where streams are read)
# schedule ─┴─> queue ─> starter ─> ingest ─> silver ─> gold ─┬─> serve
#                                                            └─> maintain
# The queue keeps what happened until a run began after it (starter.tf). Any failure stops what follows and is told to
# the topic.

locals {
  # step -> the step that must have succeeded
  after = { silver = "ingest", gold = "silver", serve = "gold", maintain = "gold" }
}

resource "aws_glue_workflow" "this" {
  name                = var.name
  description         = "landing -> bronze -> silver -> gold -> served, then upkeep"
  max_concurrent_runs = 1
}

resource "aws_glue_trigger" "start" {
  name          = "${var.name}-start"
  description   = "By the starter, or by hand"
  type          = "ON_DEMAND"
  workflow_name = aws_glue_workflow.this.name
  # Enabling an on-demand trigger means starting it.
  enabled = false

  actions {
    job_name = var.jobs["ingest"]
  }
}

resource "aws_glue_trigger" "after" {
  for_each = local.after

  name          = "${var.name}-${each.key}"
  description   = "${each.key}, once ${each.value} succeeded"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.this.name

  actions {
    job_name = var.jobs[each.key]
  }

  predicate {
    conditions {
      job_name = var.jobs[each.value]
      state    = "SUCCEEDED"
    }
  }
}
