# Data streams that ingest reads: these and no others, and of a key only what Kinesis decrypts with it.

data "aws_iam_policy_document" "streams" {
  for_each = length(var.streams) == 0 ? {} : { transform = var.streams }

  statement {
    sid       = "ReadTheseStreams"
    actions   = ["kinesis:DescribeStreamSummary", "kinesis:GetRecords", "kinesis:GetShardIterator", "kinesis:ListShards"]
    resources = values(each.value)[*].arn
  }

  dynamic "statement" {
    for_each = length(compact(values(each.value)[*].key_arn)) == 0 ? [] : [distinct(compact(values(each.value)[*].key_arn))]
    content {
      sid       = "DecryptTheirRecords"
      actions   = ["kms:Decrypt"]
      resources = statement.value
      condition {
        test     = "StringEquals"
        variable = "kms:ViaService"
        values   = ["kinesis.${data.aws_region.this.name}.amazonaws.com"]
      }
    }
  }
}
