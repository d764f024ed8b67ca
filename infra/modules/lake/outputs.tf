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

output "kms_key_arn" {
  description = "The environment's key."
  value       = aws_kms_key.this.arn
}
