mock_provider "aws" {
  source = "../../tests/mocks"
}

mock_provider "aws" {
  alias  = "copy"
  source = "../../tests/mocks"
}

variables {
  directory     = "dev"
  workspace     = "default"
  artifacts     = "./tests/package"
  network       = { cidr = "10.20.0.0/16", sandboxes = { ann = "10.28.0.0/20", ben = "10.28.16.0/20" } }
  ingestion     = { sources = { web = { per_second = 1, burst = 1 } } }
  orchestration = { schedule = "cron(0 3 * * ? *)" }
  observability = { limits = { month_usd = 100 } }
}

run "dev" {
  assert {
    condition     = local.name == "marketpulse-dev" && local.bucket_prefix == "marketpulse-123456789012-dev"
    error_message = "The default workspace of dev is dev."
  }
  assert {
    condition     = aws_s3_object.artifact["glue_libs"].key == "${local.manifest["glue_libs"].sha256}/glue-libs.gluewheels.zip" && endswith(aws_s3_object.artifact["emr_venv"].key, "/emr-venv.tar.gz")
    error_message = "Artefacts are kept under the hash of their content, with the ending Glue and EMR look at."
  }
  assert {
    condition     = strcontains(local.redshift, "'marketpulse_dev_gold'") && !strcontains(local.redshift, "marketpulse_env_gold") && strcontains(local.redshift, "join_analysts")
    error_message = "The SQL is not that of this environment."
  }
}

run "spark_4" {
  command = plan
  variables {
    spark = "4.1"
  }
  assert {
    condition     = local.spark.glue == "6.0" && local.spark.emr == "emr-spark-8.1.0"
    error_message = "spark does not choose the releases that have it."
  }
  assert {
    condition     = local.package["glue_libs"].file == "glue-libs-py313.gluewheels.zip" && local.package["emr_venv"].file == "emr-venv-py313.tar.gz"
    error_message = "The libraries are not those for the Python of Spark 4."
  }
  assert {
    condition     = alltrue([for name, artifact in local.package : !can(regex("_py313$", name))])
    error_message = "What is not chosen is uploaded too."
  }
}

run "a_release_of_the_other_spark" {
  command = plan
  variables {
    spark = "4.1"
    emr   = { release = "emr-7.9.0" }
  }
  expect_failures = [var.emr]
}

run "gold_on_ec2" {
  command = plan
  variables {
    emr = { cluster = { spot = 4 } }
  }
  assert {
    condition     = module.emr.gold.kind == "cluster" && local.gold_service == "elasticmapreduce"
    error_message = "emr.cluster does not bring gold, and the way to it, to the cluster."
  }
}

run "a_collector_in_the_place_of_the_gateway" {
  command = plan
  variables {
    ingestion = { door = "collector", sources = {}, collector = { image = "c0ffee", certificate_arn = "arn:aws:acm:eu-test-1:123456789012:certificate/c" } }
  }
  assert {
    condition     = length(module.gateway) == 0 && length(module.collector) == 1
    error_message = "ingestion.door does not say which door stands."
  }
}

run "a_collector_without_an_image" {
  command = plan
  variables {
    ingestion = { door = "collector", sources = {} }
  }
  expect_failures = [var.ingestion]
}

run "least" {
  command = plan
  variables {
    standby = "least"
  }
  assert {
    condition     = !local.private
    error_message = "Endpoints would stand by the hour."
  }
}

run "a_cluster_with_least" {
  command = plan
  variables {
    standby = "least"
    emr     = { cluster = { spot = 4 } }
  }
  expect_failures = [var.standby]
}

run "no_endpoints_for_private_jobs" {
  command = plan
  variables {
    network = { cidr = "10.20.0.0/16", endpoint_zones = 0 }
  }
  expect_failures = [var.network]
}

run "unknown_standby" {
  command = plan
  variables {
    standby = "cheap"
  }
  expect_failures = [var.standby]
}

run "sandbox" {
  command = plan
  variables {
    workspace = "dev-ben"
  }
  assert {
    condition     = local.name == "marketpulse-dev-ben" && local.bucket_prefix == "marketpulse-123456789012-dev-ben" && module.catalog.databases["gold"] == "marketpulse_dev_ben_gold"
    error_message = "A sandbox has names of its own."
  }
  assert {
    condition     = local.cidr == "10.28.16.0/20"
    error_message = "A sandbox has addresses of its own."
  }
}

run "sandbox_without_addresses" {
  command = plan
  variables {
    workspace = "dev-carl"
  }
  expect_failures = [var.workspace]
}

run "workspace_dev_beside_default" {
  command = plan
  variables {
    workspace = "dev"
  }
  expect_failures = [var.workspace]
}

run "prod_in_the_folder_of_dev" {
  command = plan
  variables {
    workspace = "prod"
  }
  expect_failures = [var.workspace]
}

run "prod_in_the_default_workspace" {
  command = plan
  variables {
    directory = "prod"
  }
  expect_failures = [var.workspace]
}

run "sandbox_of_prod" {
  command = plan
  variables {
    directory = "prod"
    workspace = "prod-ann"
  }
  expect_failures = [var.workspace]
}

run "sandboxes_that_overlap" {
  command = plan
  variables {
    network = { cidr = "10.20.0.0/16", sandboxes = { ann = "10.28.0.0/20", ben = "10.28.8.0/21" } }
  }
  expect_failures = [var.network]
}

run "sandbox_inside_dev" {
  command = plan
  variables {
    network = { cidr = "10.20.0.0/16", sandboxes = { ann = "10.20.240.0/20" } }
  }
  expect_failures = [var.network]
}

run "address_that_is_none" {
  command = plan
  variables {
    network = { cidr = "10.20.0.0/16", sandboxes = { ann = "10.28.0.0" } }
  }
  expect_failures = [var.network]
}

run "no_package" {
  command = plan
  variables {
    artifacts = "./tests/nothing"
  }
  expect_failures = [var.artifacts]
}

run "every_role_is_capped" {
  command = plan
  assert {
    condition     = local.boundary == "arn:aws:iam::123456789012:policy/marketpulse-boundary" && aws_iam_role.privacy.permissions_boundary == local.boundary
    error_message = "A role may do whatever its policies come to say."
  }
}

run "no_cap" {
  command = plan
  variables {
    boundary = null
  }
  assert {
    condition     = local.boundary == null
    error_message = "A role is capped by a policy that nobody named."
  }
}

run "account_bootstrapped_before_there_was_a_cap" {
  command = plan
  override_data {
    target = data.aws_ssm_parameters_by_path.bootstrap
    values = { names = ["/marketpulse/bootstrap/state-bucket"] }
  }
  expect_failures = [data.aws_ssm_parameters_by_path.bootstrap]
}

run "state_on_one_machine" {
  command = plan
  variables {
    state = "local"
  }
  expect_failures = [data.aws_ssm_parameters_by_path.bootstrap]
}

run "account_without_bootstrap" {
  command = plan
  override_data {
    target = data.aws_ssm_parameters_by_path.bootstrap
    values = { names = [] }
  }
  expect_failures = [data.aws_ssm_parameters_by_path.bootstrap]
}

run "a_stream_that_the_jobs_read" {
  command = plan
  variables {
    streams = { orders = {} }
  }
  assert {
    condition     = local.streams["orders"].arn == "arn:aws:kinesis:eu-test-1:123456789012:stream/orders" && local.streams["orders"].key_arn == null
    error_message = "A stream is one of this account and region, by its name."
  }
}

run "the_stream_that_firehose_lands" {
  command = plan
  variables {
    streams = { marketpulse-dev-clickstream = {} }
  }
  expect_failures = [var.streams]
}

run "the_stream_of_another_environments_door" {
  command = plan
  variables {
    workspace = "dev-ben"
    streams   = { marketpulse-dev-clickstream = {} }
  }
  expect_failures = [var.streams]
}

run "a_stream_by_its_arn" {
  command = plan
  variables {
    streams = { "arn:aws:kinesis:eu-test-1:123456789012:stream/orders" = {} }
  }
  expect_failures = [var.streams]
}

run "an_alias_for_a_key" {
  command = plan
  variables {
    streams = { orders = { key_arn = "arn:aws:kms:eu-test-1:123456789012:alias/orders" } }
  }
  expect_failures = [var.streams]
}
