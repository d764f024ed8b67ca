# What AWS would answer, for the tests of every module.

mock_data "aws_caller_identity" {
  defaults = { account_id = "123456789012" }
}

mock_data "aws_partition" {
  defaults = { partition = "aws" }
}

mock_data "aws_region" {
  defaults = { name = "eu-test-1" }
}

mock_data "aws_availability_zones" {
  defaults = { names = ["eu-test-1a", "eu-test-1b", "eu-test-1c", "eu-test-1d"] }
}

mock_data "aws_ssm_parameters_by_path" {
  defaults = { names = ["/marketpulse/bootstrap/boundary", "/marketpulse/bootstrap/state-bucket"] }
}

mock_data "aws_iam_policy_document" {
  defaults = { json = "{\"Version\": \"2012-10-17\", \"Statement\": []}" }
}

mock_resource "aws_kms_key" {
  defaults = { arn = "arn:aws:kms:eu-test-1:123456789012:key/00000000-0000-0000-0000-000000000000" }
}

mock_resource "aws_iam_role" {
  defaults = { arn = "arn:aws:iam::123456789012:role/mock" }
}

mock_resource "aws_ce_anomaly_monitor" {
  defaults = { arn = "arn:aws:ce::123456789012:anomalymonitor/mock" }
}

mock_resource "aws_iam_openid_connect_provider" {
  defaults = { arn = "arn:aws:iam::123456789012:oidc-provider/token.actions.githubusercontent.com" }
}

mock_resource "aws_iam_policy" {
  defaults = { arn = "arn:aws:iam::123456789012:policy/mock" }
}

mock_resource "aws_sns_topic" {
  defaults = { arn = "arn:aws:sns:eu-test-1:123456789012:mock" }
}

mock_resource "aws_s3_bucket" {
  defaults = { arn = "arn:aws:s3:::mock" }
}

mock_resource "aws_kinesis_stream" {
  defaults = { arn = "arn:aws:kinesis:eu-test-1:123456789012:stream/mock" }
}

mock_resource "aws_cloudwatch_log_group" {
  defaults = { arn = "arn:aws:logs:eu-test-1:123456789012:log-group:mock" }
}

mock_resource "aws_glue_workflow" {
  defaults = { arn = "arn:aws:glue:eu-test-1:123456789012:workflow/mock" }
}

mock_resource "aws_redshiftserverless_workgroup" {
  defaults = { arn = "arn:aws:redshift-serverless:eu-test-1:123456789012:workgroup/mock" }
}

mock_resource "aws_emrserverless_application" {
  defaults = { arn = "arn:aws:emr-serverless:eu-test-1:123456789012:/applications/mock" }
}

mock_resource "aws_sqs_queue" {
  defaults = { arn = "arn:aws:sqs:eu-test-1:123456789012:mock", id = "https://sqs.eu-test-1.amazonaws.com/123456789012/mock" }
}

mock_resource "aws_lambda_function" {
  defaults = {
    arn        = "arn:aws:lambda:eu-test-1:123456789012:function:mock"
    invoke_arn = "arn:aws:apigateway:eu-test-1:lambda:path/2015-03-31/functions/arn:aws:lambda:eu-test-1:123456789012:function:mock/invocations"
  }
}

mock_resource "aws_cloudwatch_event_rule" {
  defaults = { arn = "arn:aws:events:eu-test-1:123456789012:rule/mock" }
}

mock_resource "aws_api_gateway_rest_api" {
  defaults = { execution_arn = "arn:aws:execute-api:eu-test-1:123456789012:mock" }
}

mock_resource "aws_cloudformation_stack" {
  defaults = { outputs = { KeyId = "keyid" } }
}

mock_resource "aws_lb" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-test-1:123456789012:loadbalancer/app/mock/1" }
}

mock_resource "aws_lb_target_group" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-test-1:123456789012:targetgroup/mock/1" }
}

mock_resource "aws_lb_listener" {
  defaults = { arn = "arn:aws:elasticloadbalancing:eu-test-1:123456789012:listener/app/mock/1/2" }
}

mock_resource "aws_ecs_task_definition" {
  defaults = { arn = "arn:aws:ecs:eu-test-1:123456789012:task-definition/mock:1" }
}

mock_resource "aws_ecr_repository" {
  defaults = { arn = "arn:aws:ecr:eu-test-1:123456789012:repository/mock", repository_url = "123456789012.dkr.ecr.eu-test-1.amazonaws.com/mock" }
}

mock_resource "aws_wafv2_web_acl" {
  defaults = { arn = "arn:aws:wafv2:eu-test-1:123456789012:regional/webacl/mock/1" }
}
