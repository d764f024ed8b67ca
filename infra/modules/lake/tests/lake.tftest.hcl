mock_provider "aws" {
  source = "../../tests/mocks"
}

mock_provider "aws" {
  alias  = "copy"
  source = "../../tests/mocks"
}

variables {
  name          = "marketpulse-dev"
  bucket_prefix = "marketpulse-123456789012-dev"
}

run "kept_lake" {
  assert {
    condition     = alltrue([for each in data.aws_iam_policy_document.key.statement : length(each.condition) == 0 if contains(flatten([for p in each.principals : tolist(p.identifiers)]), "events.amazonaws.com")])
    error_message = "EventBridge sends nothing a condition of the key could hold: its messages could not be encrypted."
  }
  assert {
    condition     = { for layer, bucket in aws_s3_bucket.this : layer => bucket.bucket } == { for layer in ["landing", "bronze", "silver", "gold", "quarantine", "artifacts", "logs", "answers"] : layer => "marketpulse-123456789012-dev-${layer}" }
    error_message = "Eight layers, each with its bucket's name."
  }
  assert {
    condition     = alltrue([for layer, bucket in aws_s3_bucket.this : bucket.tags.Layer == layer])
    error_message = "A bucket does not say which layer it is."
  }
  assert {
    condition     = [for layer, bucket in aws_s3_bucket.this : layer if bucket.force_destroy] == ["answers", "artifacts"]
    error_message = "A destroy would take data that is to be kept."
  }
  assert {
    condition     = alltrue([for block in aws_s3_bucket_public_access_block.this : block.block_public_acls && block.block_public_policy && block.ignore_public_acls && block.restrict_public_buckets])
    error_message = "A bucket is open to the public."
  }
  assert {
    condition     = alltrue([for versioning in aws_s3_bucket_versioning.this : versioning.versioning_configuration[0].status == "Enabled"])
    error_message = "A bucket keeps no versions."
  }
  assert {
    condition     = alltrue(flatten([for layer, encryption in aws_s3_bucket_server_side_encryption_configuration.this : [for rule in encryption.rule : [for each in rule.apply_server_side_encryption_by_default : each.sse_algorithm == (layer == "logs" ? "AES256" : "aws:kms")]]]))
    error_message = "Only logs are encrypted otherwise than with the customer key."
  }
  assert {
    condition = alltrue(flatten([for lifecycle in aws_s3_bucket_lifecycle_configuration.this : [for rule in lifecycle.rule : [
      for transition in rule.transition : contains(["STANDARD_IA", "INTELLIGENT_TIERING", "GLACIER_IR"], transition.storage_class)
    ]]]))
    error_message = "A class takes hours to read: that day could not be replayed."
  }
  assert {
    condition     = aws_s3_bucket_notification.landing.eventbridge
    error_message = "Nobody hears of what lands."
  }
  assert {
    condition     = aws_kms_key.this.enable_key_rotation && aws_kms_key.this.deletion_window_in_days == 7
    error_message = "The key does not rotate, or is gone too soon."
  }
}

run "only_logs_and_answers_expire" {
  variables {
    retention = { logs_days = 30 }
  }
  assert {
    condition     = [for layer, lifecycle in aws_s3_bucket_lifecycle_configuration.this : layer if anytrue([for rule in lifecycle.rule : length(rule.expiration) > 0])] == ["answers", "logs"]
    error_message = "Data would expire."
  }
}

run "no_copy" {
  assert {
    condition     = length(aws_s3_bucket.copy) == 0 && length(aws_iam_role.copy) == 0 && length(aws_kms_key.copy) == 0
    error_message = "Something is copied that nobody asked for."
  }
}

run "a_copy_in_another_region" {
  variables {
    copy_region = "eu-test-2"
  }
  assert {
    condition     = { for layer, bucket in aws_s3_bucket.copy : layer => bucket.bucket } == { landing = "marketpulse-123456789012-dev-landing-copy", quarantine = "marketpulse-123456789012-dev-quarantine-copy" }
    error_message = "What a lake is built from is what landed, and who was erased."
  }
  assert {
    condition     = alltrue([for layer, each in aws_s3_bucket_replication_configuration.this : one(one(each.rule).filter).prefix == { landing = "", quarantine = "_people/" }[layer] && one(one(one(each.rule).destination).replication_time).status == "Enabled"])
    error_message = "More or less is copied, or as late as S3 likes."
  }
  assert {
    condition     = alltrue([for each in aws_s3_bucket_server_side_encryption_configuration.copy : one(one(each.rule).apply_server_side_encryption_by_default).sse_algorithm == "aws:kms"]) && alltrue([for each in aws_s3_bucket_public_access_block.copy : each.block_public_policy && each.restrict_public_buckets])
    error_message = "The copy is open, or not encrypted with a key of ours."
  }
}

run "discarded_lake" {
  variables {
    protection = "discard"
  }
  assert {
    condition     = alltrue([for bucket in aws_s3_bucket.this : bucket.force_destroy])
    error_message = "protection = discard lets a destroy take everything."
  }
}

run "unknown_protection" {
  command = plan
  variables {
    protection = "maybe"
  }
  expect_failures = [var.protection]
}

run "key_gone_in_a_day" {
  command = plan
  variables {
    retention = { key_recovery_days = 1 }
  }
  expect_failures = [var.retention]
}

run "name_that_no_bucket_may_have" {
  command = plan
  variables {
    name = "MarketPulse_dev"
  }
  expect_failures = [var.name]
}
