# arrivals (batched) ─┐
# schedule ───────────┴─> start ─> ingest ─> silver ─> gold ─┬─> serve
#                                                            └─> maintain
# A Glue workflow has one start trigger. Here it is an event, and the schedule is one more event: both are rules on the
# account's bus. Any failure stops what follows and is told to the topic.

data "aws_caller_identity" "this" {}

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
  description   = "Files landed, or it is time"
  type          = "EVENT"
  workflow_name = aws_glue_workflow.this.name

  actions {
    job_name = var.jobs["ingest"]
  }

  event_batching_condition {
    batch_size   = var.arrivals.files
    batch_window = var.arrivals.seconds
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
