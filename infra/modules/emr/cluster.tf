# EMR on EC2, only with var.cluster: gold then runs here. It ends itself when idle and is made again by the next apply, so
# it is meant for days of heavy work.

locals {
  clusters = var.cluster == null ? {} : { this = var.cluster }
}

resource "aws_emr_security_configuration" "this" {
  # checkov:skip=CKV_AWS_351: in-transit encryption needs certificates of the shop's own; nodes speak inside one private subnet, to AWS over TLS
  for_each = local.clusters

  name = var.name
  configuration = jsonencode({
    EncryptionConfiguration = {
      EnableInTransitEncryption = false
      EnableAtRestEncryption    = true
      AtRestEncryptionConfiguration = {
        S3EncryptionConfiguration        = { EncryptionMode = "SSE-KMS", AwsKmsKey = var.lake.kms_key_arn }
        LocalDiskEncryptionConfiguration = { EncryptionKeyProviderType = "AwsKms", AwsKmsKey = var.lake.kms_key_arn, EnableEbsEncryption = true }
      }
    }
    InstanceMetadataServiceConfiguration = { MinimumInstanceMetadataServiceVersion = 2, HttpPutResponseHopLimit = 1 }
  })
}

resource "aws_emr_cluster" "this" {
  for_each = local.clusters

  name                   = var.name
  release_label          = var.release
  applications           = ["Spark"]
  service_role           = aws_iam_role.cluster[each.key].arn
  log_uri                = "s3://${var.lake.buckets["logs"]}/emr/"
  security_configuration = aws_emr_security_configuration.this[each.key].name
  termination_protection = false
  tags                   = { Layer = "gold" }

  ec2_attributes {
    instance_profile                  = aws_iam_instance_profile.nodes[each.key].arn
    subnet_id                         = var.network.subnet_ids[0]
    emr_managed_master_security_group = aws_security_group.nodes[each.key].id
    emr_managed_slave_security_group  = aws_security_group.nodes[each.key].id
    service_access_security_group     = aws_security_group.service[each.key].id
    additional_master_security_groups = var.network.security_group_id
    additional_slave_security_groups  = var.network.security_group_id
  }

  master_instance_group {
    instance_type = each.value.instance_type
  }

  # Core nodes hold HDFS, so they are on demand.
  core_instance_group {
    instance_type  = each.value.instance_type
    instance_count = each.value.core
  }

  auto_termination_policy {
    idle_timeout = each.value.idle_minutes * 60
  }

  configurations_json = jsonencode([
    { Classification = "iceberg-defaults", Properties = { "iceberg.enabled" = "true" } },
  ])

  lifecycle {
    ignore_changes = [step] # runs of the workflow add them
  }

  depends_on = [
    aws_iam_role_policy.cluster, aws_iam_role_policy.nodes,
    aws_vpc_security_group_egress_rule.cluster, aws_vpc_security_group_ingress_rule.cluster,
  ]
}

# Task nodes are Spot: one that is taken away loses no data, only work that is done again.
resource "aws_emr_instance_group" "task" {
  for_each = local.clusters

  name           = "task"
  cluster_id     = aws_emr_cluster.this[each.key].id
  instance_type  = each.value.instance_type
  instance_count = 0
  bid_price      = "1.00"

  lifecycle {
    ignore_changes = [instance_count] # managed scaling decides
  }
}

resource "aws_emr_managed_scaling_policy" "this" {
  for_each = local.clusters

  cluster_id = aws_emr_cluster.this[each.key].id

  compute_limits {
    unit_type                       = "Instances"
    minimum_capacity_units          = each.value.core
    maximum_capacity_units          = each.value.core + each.value.spot
    maximum_ondemand_capacity_units = each.value.core
    maximum_core_capacity_units     = each.value.core
  }
}
