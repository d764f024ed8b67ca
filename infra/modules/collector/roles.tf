# `start` fetches the image and opens the log; `run` is what the collector itself may: put records on this stream, read its keys.

data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "Service"
      identifiers = ["ecs-tasks.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "aws:SourceAccount"
      values   = [data.aws_caller_identity.this.account_id]
    }
  }
}

data "aws_iam_policy_document" "this" {
  for_each = toset(["start", "run"])

  dynamic "statement" {
    for_each = {
      start = {
        Token = { actions = ["ecr:GetAuthorizationToken"], resources = ["*"] } # it takes no resource
        Image = { actions = ["ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"], resources = [aws_ecr_repository.this.arn] }
        Log   = { actions = ["logs:CreateLogStream", "logs:PutLogEvents"], resources = ["${aws_cloudwatch_log_group.this.arn}:*"] }
      }
      run = {
        PutOnThisStream   = { actions = ["kinesis:DescribeStreamSummary", "kinesis:PutRecords"], resources = [var.stream.arn] }
        ReadItsKeys       = { actions = ["s3:GetObject"], resources = ["${var.bucket.arn}/${local.keys}"] }
        EncryptAndDecrypt = { actions = ["kms:Decrypt", "kms:GenerateDataKey"], resources = [var.kms_key_arn] }
      }
    }[each.key]

    content {
      sid       = statement.key
      actions   = statement.value.actions
      resources = statement.value.resources
    }
  }
}

resource "aws_iam_role" "this" {
  for_each = toset(["start", "run"])

  name                 = "${var.name}-collector-${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.trust.json
  permissions_boundary = var.boundary
}

resource "aws_iam_role_policy" "this" {
  for_each = toset(["start", "run"])

  name   = each.key
  role   = aws_iam_role.this[each.key].id
  policy = data.aws_iam_policy_document.this[each.key].json
}
