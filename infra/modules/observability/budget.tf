# What it costs: a limit a month, and what is not as it was. Both count by the tag Environment, which billing must be told
# of once (bootstrap, `billing_tags`): before that they count nothing.

resource "aws_budgets_budget" "this" {
  name         = var.name
  budget_type  = "COST"
  time_unit    = "MONTHLY"
  limit_amount = format("%.1f", var.limits.month_usd)
  limit_unit   = "USD"

  cost_filter {
    name = "TagKeyValue"
    # Billing writes a tag as user:<key>$<value>; "$${…}" would be that text and not the value.
    values = [format("user:Environment$%s", var.environment)]
  }

  # Early, while something can still be done about it; and when it is to be expected.
  notification {
    notification_type         = "ACTUAL"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 80
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.this.arn]
  }

  notification {
    notification_type         = "FORECASTED"
    comparison_operator       = "GREATER_THAN"
    threshold                 = 100
    threshold_type            = "PERCENTAGE"
    subscriber_sns_topic_arns = [aws_sns_topic.this.arn]
  }

  depends_on = [aws_sns_topic_policy.this]
}

resource "aws_ce_anomaly_monitor" "this" {
  name         = var.name
  monitor_type = "CUSTOM"
  # Every member is said, null too: billing answers with all of them.
  monitor_specification = jsonencode({
    And            = null
    CostCategories = null
    Dimensions     = null
    Not            = null
    Or             = null
    Tags           = { Key = "user:Environment", MatchOptions = null, Values = [var.environment] }
  })
}

# A tenth of the month's limit more than what was to be expected: told when it is found, about a day later.
resource "aws_ce_anomaly_subscription" "this" {
  name             = var.name
  frequency        = "IMMEDIATE"
  monitor_arn_list = [aws_ce_anomaly_monitor.this.arn]

  subscriber {
    type    = "SNS"
    address = aws_sns_topic.this.arn
  }

  threshold_expression {
    dimension {
      key           = "ANOMALY_TOTAL_IMPACT_ABSOLUTE"
      match_options = ["GREATER_THAN_OR_EQUAL"]
      values        = [format("%.0f", max(1, var.limits.month_usd / 10))]
    }
  }

  depends_on = [aws_sns_topic_policy.this]
}
