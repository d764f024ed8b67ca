# On demand: everything anew, from bronze. aws glue start-workflow-run --name <name>-backfill

resource "aws_glue_workflow" "backfill" {
  name                = "${var.name}-backfill"
  description         = "Builds silver and gold anew from bronze; started by hand"
  max_concurrent_runs = 1
}

resource "aws_glue_trigger" "backfill" {
  name          = "${var.name}-backfill"
  description   = "By hand"
  type          = "ON_DEMAND"
  workflow_name = aws_glue_workflow.backfill.name
  # Enabling an on-demand trigger means starting it.
  enabled = false

  actions {
    job_name  = var.jobs["silver"]
    arguments = { "--full-refresh" = "true" }
  }
}

# A silver table that was built anew is new to every table of gold: they follow by themselves.
resource "aws_glue_trigger" "backfill_after" {
  for_each = { for step, before in local.after : step => before if step != "silver" }

  name          = "${var.name}-backfill-${each.key}"
  description   = "${each.key}, once ${each.value} succeeded"
  type          = "CONDITIONAL"
  workflow_name = aws_glue_workflow.backfill.name

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
