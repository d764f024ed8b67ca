# What workflows of a repository on GitHub act as, without a key that is stored anywhere: GitHub says who asks, in a token that
# is good for minutes. plan: reads the configuration of everything, no data. sandbox: makes and removes dev-gate.

locals {
  repository = var.github == null ? {} : { this = var.github }
  # Workflow -> what GitHub calls who asks. sandbox is an environment of the repository, in which people may have to agree.
  subjects = var.github == null ? {} : {
    plan    = ["repo:${var.github.repository}:pull_request", "repo:${var.github.repository}:ref:refs/heads/${var.github.branch}"]
    sandbox = ["repo:${var.github.repository}:environment:aws-test"]
  }
  data_buckets = [for layer in ["landing", "bronze", "silver", "gold", "quarantine", "answers", "logs", "landing-copy", "quarantine-copy"] : "arn:${data.aws_partition.this.partition}:s3:::marketpulse-${local.account}-*-${layer}/*"]
}

resource "aws_iam_openid_connect_provider" "github" {
  for_each = local.repository

  url            = "https://token.actions.githubusercontent.com"
  client_id_list = ["sts.amazonaws.com"]
}

data "aws_iam_policy_document" "github_trust" {
  for_each = local.subjects

  statement {
    actions = ["sts:AssumeRoleWithWebIdentity"]
    principals {
      type        = "Federated"
      identifiers = [aws_iam_openid_connect_provider.github["this"].arn]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:aud"
      values   = ["sts.amazonaws.com"]
    }
    condition {
      test     = "StringEquals"
      variable = "token.actions.githubusercontent.com:sub"
      values   = each.value
    }
  }
}

resource "aws_iam_role" "github" {
  for_each = local.subjects

  name                 = "marketpulse-github-${each.key}"
  description          = "Workflows of ${var.github.repository}: ${each.key}"
  assume_role_policy   = data.aws_iam_policy_document.github_trust[each.key].json
  max_session_duration = 3600
}

resource "aws_iam_role_policy_attachment" "github" {
  # checkov:skip=CKV_AWS_274: reading is all of plan, and what sandbox may not is said below
  for_each = local.subjects

  role       = aws_iam_role.github[each.key].name
  policy_arn = "arn:${data.aws_partition.this.partition}:iam::aws:policy/${each.key == "plan" ? "ReadOnlyAccess" : "PowerUserAccess"}"
}

# AWS's own policy reads data, too; what is asked in a pull request may be anybody's.
data "aws_iam_policy_document" "github_plan" {
  statement {
    sid       = "NoData"
    effect    = "Deny"
    actions   = ["s3:GetObject", "s3:GetObjectVersion"]
    resources = local.data_buckets
  }

  statement {
    sid    = "NoEventsNoLinesNoAnswersNoSecrets"
    effect = "Deny"
    actions = [
      "athena:GetQueryResults*", "kinesis:GetRecords", "logs:FilterLogEvents", "logs:GetLogEvents", "logs:StartQuery", "redshift-data:*",
      "secretsmanager:GetSecretValue", "sqs:ReceiveMessage",
    ]
    resources = ["*"]
  }

  statement {
    sid       = "ReadStatesAndPackages"
    actions   = ["kms:Decrypt"]
    resources = ["arn:${data.aws_partition.this.partition}:kms:${data.aws_region.this.name}:${local.account}:key/*"]
    condition {
      test     = "StringEquals"
      variable = "kms:ViaService"
      values   = ["s3.${data.aws_region.this.name}.amazonaws.com"]
    }
  }
}

# A power user makes no roles. A sandbox's roles are capped, and its names are its own.
data "aws_iam_policy_document" "github_sandbox" {
  statement {
    sid       = "MakeCappedRoles"
    actions   = ["iam:CreateRole", "iam:PutRolePermissionsBoundary"]
    resources = ["arn:${data.aws_partition.this.partition}:iam::${local.account}:role/marketpulse-dev-gate-*"]
    condition {
      test     = "StringEquals"
      variable = "iam:PermissionsBoundary"
      values   = [aws_iam_policy.boundary.arn]
    }
  }

  statement {
    sid = "ItsOwnRoles"
    actions = [
      "iam:DeleteRole", "iam:DeleteRolePolicy", "iam:GetRole", "iam:GetRolePolicy", "iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole",
      "iam:ListRolePolicies", "iam:PassRole", "iam:PutRolePolicy", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy",
    ]
    resources = ["arn:${data.aws_partition.this.partition}:iam::${local.account}:role/marketpulse-dev-gate-*"]
  }

  statement {
    sid       = "NoOtherEnvironment"
    effect    = "Deny"
    actions   = ["s3:*"]
    resources = flatten([for name in ["stg", "prod"] : ["arn:${data.aws_partition.this.partition}:s3:::marketpulse-${local.account}-${name}-*", "arn:${data.aws_partition.this.partition}:s3:::marketpulse-${local.account}-${name}-*/*"]])
  }

  statement {
    sid       = "NoOtherState"
    effect    = "Deny"
    actions   = ["s3:DeleteObject*", "s3:PutObject"]
    resources = flatten([for name in ["bootstrap", "stg", "prod"] : ["${aws_s3_bucket.state.arn}/marketpulse/${name}.*", "${aws_s3_bucket.state.arn}/env:/${name}/*"]])
  }
}

resource "aws_iam_role_policy" "github" {
  for_each = local.subjects

  name   = "within-limits"
  role   = aws_iam_role.github[each.key].id
  policy = each.key == "plan" ? data.aws_iam_policy_document.github_plan.json : data.aws_iam_policy_document.github_sandbox.json
}
