# What only the jobs know, counted from the JSON lines they write (marketpulse.run.log), and what only delivery does
# (marketpulse.door.delivery).

locals {
  namespace = "MarketPulse/${var.name}"

  # metric -> which lines count, and what of each
  metrics = {
    finished    = { pattern = "{ $.event = \"job finished\" && $.exit_code = 0 }", value = "1" }
    blocked     = { pattern = "{ $.event = \"table\" && $.status = \"blocked\" }", value = "1" }
    errors      = { pattern = "{ $.event = \"error\" }", value = "1" }
    read        = { pattern = "{ $.event = \"counts\" }", value = "$.read" }
    quarantined = { pattern = "{ $.event = \"counts\" }", value = "$.quarantined" }
    aside       = { pattern = "\"is put aside\"", value = "1", log = var.watched.function_log }
  }
}

resource "aws_cloudwatch_log_metric_filter" "this" {
  for_each = local.metrics

  name           = "${var.name}-${each.key}"
  log_group_name = try(each.value.log, var.watched.job_logs)
  pattern        = each.value.pattern

  metric_transformation {
    namespace     = local.namespace
    name          = each.key
    value         = each.value.value
    default_value = "0"
  }
}
