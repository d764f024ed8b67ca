# The most that any role of an environment may ever do, whatever its own policies come to say: work with the platform's data
# and services. Nothing here makes or changes a role, a policy, a key, a bucket or a network, and nothing leads to
# another account.

data "aws_iam_policy_document" "boundary" {
  # checkov:skip=CKV_AWS_111: it allows nothing by itself; what a role may do of this its own policies say, on their resources
  # checkov:skip=CKV_AWS_107: the same; jobs read the one secret that is theirs
  # checkov:skip=CKV_AWS_108: the same
  # checkov:skip=CKV_AWS_356: the same
  statement {
    sid = "Objects"
    actions = [
      "s3:AbortMultipartUpload", "s3:DeleteObject", "s3:DeleteObjectVersion", "s3:Get*", "s3:List*", "s3:PutObject",
      "s3:ReplicateDelete", "s3:ReplicateObject", "s3:ReplicateTags",
    ]
    resources = ["arn:${data.aws_partition.this.partition}:s3:::marketpulse-${local.account}-*"]
  }

  statement {
    sid = "Work"
    actions = [
      "athena:BatchGetQueryExecution", "athena:Get*", "athena:List*", "athena:StartQueryExecution", "athena:StopQueryExecution",
      "cloudwatch:PutMetricData", "ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetAuthorizationToken",
      "ecr:GetDownloadUrlForLayer", "elasticmapreduce:AddJobFlowSteps", "elasticmapreduce:CancelSteps", "elasticmapreduce:Describe*",
      "elasticmapreduce:List*", "emr-serverless:CancelJobRun", "emr-serverless:Get*", "emr-serverless:List*",
      "emr-serverless:StartApplication", "emr-serverless:StartJobRun", "glue:CreateTable", "glue:DeleteTable", "glue:Get*",
      "glue:StartWorkflowRun", "glue:UpdateTable", "kinesis:Describe*", "kinesis:Get*", "kinesis:List*", "kinesis:Put*", "lambda:GetFunctionConfiguration", "lambda:InvokeFunction",
      "logs:CreateLogGroup", "logs:CreateLogStream", "logs:Describe*", "logs:PutLogEvents", "redshift-data:*",
      "redshift-serverless:GetCredentials", "redshift-serverless:GetWorkgroup", "secretsmanager:GetSecretValue", "sns:Publish",
      "sqs:DeleteMessage", "sqs:GetQueueAttributes", "sqs:ReceiveMessage", "sqs:SendMessage",
    ]
    resources = ["*"]
  }

  # A key's own policy and the role's say which.
  statement {
    sid       = "UseKeys"
    actions   = ["kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*"]
    resources = ["arn:${data.aws_partition.this.partition}:kms:*:${local.account}:key/*"]
  }

  # Jobs stand in subnets; EMR runs machines of a cluster.
  statement {
    sid = "StandInTheNetwork"
    actions = [
      "ec2:AuthorizeSecurityGroup*", "ec2:CreateFleet", "ec2:CreateLaunchTemplate*", "ec2:CreateNetworkInterface", "ec2:CreateTags",
      "ec2:DeleteLaunchTemplate", "ec2:DeleteNetworkInterface", "ec2:DeleteTags", "ec2:DeleteVolume", "ec2:Describe*",
      "ec2:ModifyInstanceAttribute", "ec2:RevokeSecurityGroup*", "ec2:RunInstances", "ec2:TerminateInstances",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "HandOverRolesOfTheirOwn"
    actions   = ["iam:PassRole"]
    resources = ["arn:${data.aws_partition.this.partition}:iam::${local.account}:role/marketpulse-*"]
  }

  statement {
    sid       = "SpotsOwnRole"
    actions   = ["iam:CreateServiceLinkedRole"]
    resources = ["arn:${data.aws_partition.this.partition}:iam::${local.account}:role/aws-service-role/spot.amazonaws.com/*"]
  }
}

resource "aws_iam_policy" "boundary" {
  name        = "marketpulse-boundary"
  description = "The most that a role of MarketPulse may do"
  policy      = data.aws_iam_policy_document.boundary.json
}

resource "aws_ssm_parameter" "boundary" {
  # checkov:skip=CKV2_AWS_34: the name of a policy is no secret
  name        = "/marketpulse/bootstrap/boundary"
  description = "The policy that caps every role of an environment"
  type        = "String"
  value       = aws_iam_policy.boundary.arn
}
