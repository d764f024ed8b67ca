# Where the jobs run, if not outside of the private network, and how what they leave behind is encrypted.

resource "aws_glue_connection" "this" {
  for_each = local.networks

  name            = "${var.name}-private"
  description     = "The private subnets"
  connection_type = "NETWORK"

  physical_connection_requirements {
    availability_zone      = each.value.zone
    subnet_id              = each.value.subnet_id
    security_group_id_list = [each.value.security_group_id]
  }
}

resource "aws_glue_security_configuration" "this" {
  # checkov:skip=CKV_AWS_99: the log groups carry the key themselves; set here, Glue would write to groups with a name of its own making
  name = var.name

  encryption_configuration {
    cloudwatch_encryption {
      cloudwatch_encryption_mode = "DISABLED"
    }
    job_bookmarks_encryption {
      job_bookmarks_encryption_mode = "CSE-KMS"
      kms_key_arn                   = var.lake.kms_key_arn
    }
    s3_encryption {
      s3_encryption_mode = "SSE-KMS"
      kms_key_arn        = var.lake.kms_key_arn
    }
  }
}

# output: what jobs say (JSON lines, see marketpulse.run.log). error: what Spark says.
resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  for_each = toset(["error", "output"])

  name              = "${local.logs}/${each.key}"
  retention_in_days = var.log_days
  kms_key_id        = var.lake.kms_key_arn
}
