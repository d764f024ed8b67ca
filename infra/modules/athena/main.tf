# The cheap way to ask: SQL over gold as it lies in S3, paid by what a query reads, with nothing that stands. It reads whole
# tables, personal columns too, so it is for stewards: analysts read Redshift's copies (docs/adr/0089).

data "aws_caller_identity" "this" {}

resource "aws_athena_workgroup" "this" {
  name          = var.name
  description   = "Gold of ${var.name}, for stewards"
  force_destroy = true # what goes with it is its history of queries
  tags          = { Layer = "gold" }

  configuration {
    # Enforced: a query that brings settings of its own gets these.
    enforce_workgroup_configuration    = true
    publish_cloudwatch_metrics_enabled = true
    bytes_scanned_cutoff_per_query     = floor(var.gigabytes_a_query * 1000 * 1000 * 1000)

    engine_version {
      selected_engine_version = "Athena engine version 3"
    }

    result_configuration {
      output_location       = "s3://${var.answers.bucket}/athena/"
      expected_bucket_owner = data.aws_caller_identity.this.account_id

      encryption_configuration {
        encryption_option = "SSE_KMS"
        kms_key_arn       = var.gold.kms_key_arn
      }
    }
  }
}
