# One page an environment: is it fresh, does it flow, what does it cost.

locals {
  region = data.aws_region.this.name
  door = concat(
    [for name in compact([var.watched.endpoint]) : ["AWS/ApiGateway", "4XXError", "ApiName", name]],
    [for name in compact([var.watched.endpoint]) : ["AWS/ApiGateway", "5XXError", "ApiName", name]],
    [for each in [var.watched.balancer] : ["AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "LoadBalancer", each.balancer] if each != null],
  )
  graphs = [
    { title = "Stages finished", stat = "Sum", metrics = [[local.namespace, "finished"], [local.namespace, "errors"], [local.namespace, "blocked"]] },
    { title = "Rows read and rejected", stat = "Sum", metrics = [[local.namespace, "read"], [local.namespace, "quarantined"]] },
    { title = "Events in", stat = "Sum", metrics = concat([["AWS/Kinesis", "IncomingRecords", "StreamName", var.watched.stream]], local.door) },
    { title = "Age of events, s", stat = "Maximum", metrics = [["AWS/Firehose", "DeliveryToS3.DataFreshness", "DeliveryStreamName", var.watched.delivery]] },
    { title = "Redshift, RPU and queue", stat = "Maximum", metrics = [["AWS/Redshift-Serverless", "ComputeCapacity", "Workgroup", var.watched.workgroup], ["AWS/Redshift-Serverless", "QueriesQueued", "QueryType", "SELECT", "Workgroup", var.watched.workgroup]] },
    { title = "Job time, s", stat = "Maximum", metrics = [for job in values(var.watched.jobs) : ["Glue", "glue.driver.aggregate.elapsedTime", "JobName", job, "JobRunId", "ALL", "Type", "count"]] },
  ]
}

resource "aws_cloudwatch_dashboard" "this" {
  dashboard_name = var.name
  dashboard_body = jsonencode({
    widgets = concat(
      [for index, graph in local.graphs : {
        type       = "metric", width = 8, height = 6, x = 8 * (index % 3), y = 6 * floor(index / 3)
        properties = { title = graph.title, region = local.region, stat = graph.stat, period = 300, metrics = graph.metrics }
      }],
      [{
        type = "log", width = 24, height = 6, x = 0, y = 12
        properties = {
          title = "What went wrong last", region = local.region
          query = "SOURCE '${var.watched.job_logs}' | SOURCE '${var.watched.delivery_log}' | SOURCE '${var.watched.function_log}' | filter level = 'ERROR' or ispresent(errorCode) or @message like 'is put aside' | sort @timestamp desc | limit 20"
        }
      }],
    )
  })
}
