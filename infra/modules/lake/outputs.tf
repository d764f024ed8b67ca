output "buckets" {
  description = "Layer -> name of its bucket, once the bucket is versioned, encrypted and guarded."
  value       = { for layer, bucket in aws_s3_bucket.this : layer => bucket.id }
  depends_on = [
    aws_s3_bucket_lifecycle_configuration.this,
    aws_s3_bucket_policy.this,
    aws_s3_bucket_server_side_encryption_configuration.this,
  ]
}

output "bucket_arns" {
  description = "Layer -> ARN of its bucket."
  value       = { for layer, bucket in aws_s3_bucket.this : layer => bucket.arn }
}

output "copies" {
  description = "Layer -> bucket of its copy in the other region."
  value       = { for layer, bucket in aws_s3_bucket.copy : layer => bucket.id }
}

output "copy_arns" {
  description = "ARNs of these buckets, and of their key."
  value       = { buckets = [for bucket in aws_s3_bucket.copy : bucket.arn], keys = [for key in aws_kms_key.copy : key.arn] }
}

output "kms_key_arn" {
  description = "The environment's key."
  value       = aws_kms_key.this.arn
}
