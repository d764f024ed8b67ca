# Redshift Serverless over gold: private, its traffic in the VPC, bounded in what it may cost. The SQL in it is generated
# from the contracts and run by the workflow's serving step, which may run it again at any time.

data "aws_caller_identity" "this" {}

locals {
  database = "marketpulse"
  schema   = "marketpulse" # where the generated SQL makes its copies and groups

  # AWS answers with every parameter, so every one is said, or each plan would want to take the rest away.
  parameters = {
    auto_mv                          = "true"
    datestyle                        = "ISO, MDY"
    enable_case_sensitive_identifier = "false"
    enable_user_activity_logging     = "true"
    max_query_execution_time         = "3600"
    query_group                      = "default"
    require_ssl                      = "true"
    search_path                      = "$user, public"
    use_fips_ssl                     = "false"
  }

  # IAM roles are users of their own in the database; one that takes this role is an analyst from its first login.
  analyst = "IAMR:${aws_iam_role.analyst.name}"
  join = join("\n", [
    "create or replace procedure ${local.schema}.join_analysts() as $$",
    "begin",
    "  if not exists (select 1 from pg_user where usename = '${local.analyst}') then",
    "    execute 'create user \"${local.analyst}\" password disable';",
    "  end if;",
    "  if not exists (select 1 from pg_group g join pg_user u on u.usesysid = any(g.grolist) where g.groname = '${local.schema}_analysts' and u.usename = '${local.analyst}') then",
    "    execute 'alter group ${local.schema}_analysts add user \"${local.analyst}\"';",
    "  end if;",
    "end;",
    "$$ language plpgsql",
  ])
  statements = [local.join, "call ${local.schema}.join_analysts()"]
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
  enhanced_vpc_routing = var.network.routed
  publicly_accessible  = false
  subnet_ids           = var.network.subnet_ids
  security_group_ids   = [var.network.security_group_id]
  tags                 = { Layer = "gold" }

  dynamic "config_parameter" {
    for_each = local.parameters
    content {
      parameter_key   = config_parameter.key
      parameter_value = config_parameter.value
    }
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
