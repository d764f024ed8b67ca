mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name        = "marketpulse-dev-ann"
  buckets     = { bronze = "b", silver = "s", gold = "g" }
  kms_key_arn = "arn:aws:kms:eu-test-1:123456789012:key/k"
}

run "databases" {
  assert {
    condition     = output.databases == { bronze = "marketpulse_dev_ann_bronze", silver = "marketpulse_dev_ann_silver", gold = "marketpulse_dev_ann_gold" }
    error_message = "Names of databases hold '_' only."
  }
  assert {
    condition     = replace(output.namespace, "{layer}", "gold") == output.databases["gold"] && aws_glue_catalog_database.this["gold"].location_uri == "s3://g/"
    error_message = "The template jobs are given does not lead to the databases."
  }
  assert {
    condition     = length(aws_glue_catalog_table_optimizer.this) == 0
    error_message = "Optimisers of tables that are not there yet fail the first apply."
  }
  assert {
    condition     = output.table_arns["gold"] == "arn:aws:glue:eu-test-1:123456789012:table/marketpulse_dev_ann_gold/*"
    error_message = "ARNs are made of account and region as they are."
  }
}

run "optimised_table" {
  variables {
    optimizers = { mart = { snapshot_days = 3 } }
  }
  assert {
    condition     = toset(keys(aws_glue_catalog_table_optimizer.this)) == toset(["mart/compaction", "mart/orphan_file_deletion", "mart/retention"])
    error_message = "A table is optimised in all three ways."
  }
}

run "files_of_running_jobs_as_orphans" {
  command = plan
  variables {
    optimizers = { mart = { orphan_days = 1 } }
  }
  expect_failures = [var.optimizers]
}

run "no_gold_bucket" {
  command = plan
  variables {
    buckets = { bronze = "b", silver = "s" }
  }
  expect_failures = [var.buckets]
}
