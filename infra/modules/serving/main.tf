# Redshift Serverless over gold: private, its traffic in the VPC, bounded in what it may cost. The SQL in it is generated
# from the contracts and run by the workflow's serving step, which may run it again at any time.

data "aws_caller_identity" "this" {}

locals {
  database = "marketpulse"
}

resource "aws_redshiftserverless_namespace" "this" {
  namespace_name                   = var.name
  db_name                          = local.database
  admin_username                   = "marketpulse_admin"
  manage_admin_password            = true
  admin_password_secret_kms_key_id = var.gold.kms_key_arn
  kms_key_id                       = var.gold.kms_key_arn
  default_iam_role_arn             = aws_iam_role.redshift.arn
  iam_roles                        = [aws_iam_role.redshift.arn]
  log_exports                      = ["connectionlog", "useractivitylog", "userlog"]
  tags                             = { Layer = "gold" }

  depends_on = [aws_iam_role_policy.redshift]
}

resource "aws_redshiftserverless_workgroup" "this" {
  workgroup_name       = var.name
  namespace_name       = aws_redshiftserverless_namespace.this.namespace_name
  base_capacity        = var.capacity.base
  max_capacity         = var.capacity.most
  enhanced_vpc_routing = true
  publicly_accessible  = false
  subnet_ids           = var.network.subnet_ids
  security_group_ids   = [var.network.security_group_id]
  tags                 = { Layer = "gold" }

  config_parameter {
    parameter_key   = "require_ssl"
    parameter_value = "true"
  }

  config_parameter {
    parameter_key   = "enable_user_activity_logging"
    parameter_value = "true"
  }
}

# Past it queries are refused until the next day: a dashboard gone wild costs a day's limit, not a month's.
resource "aws_redshiftserverless_usage_limit" "this" {
  resource_arn  = aws_redshiftserverless_workgroup.this.arn
  usage_type    = "serverless-compute"
  period        = "daily"
  amount        = var.capacity.rpu_hours_a_day
  breach_action = "deactivate"
}
