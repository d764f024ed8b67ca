output "state_bucket" {
  description = "Bucket of the Terraform state, once it is versioned, encrypted and guarded."
  value       = aws_s3_bucket.state.id
  depends_on = [
    aws_s3_bucket_policy.state,
    aws_s3_bucket_server_side_encryption_configuration.state,
    aws_s3_bucket_versioning.state,
  ]
}

output "backend" {
  description = "What stands in backend.tf of every environment: terraform output -json backend | jq -r .dev > ../envs/dev/backend.tf"
  value = {
    for environment in ["dev", "stg", "prod"] : environment => <<-HCL
      terraform {
        backend "s3" {
          bucket       = "${aws_s3_bucket.state.id}"
          key          = "marketpulse/${environment}.tfstate"
          region       = "${data.aws_region.this.name}"
          profile      = "${var.profile}"
          encrypt      = true
          kms_key_id   = "${aws_kms_key.state.arn}"
          use_lockfile = true
        }
      }
    HCL
  }
}
