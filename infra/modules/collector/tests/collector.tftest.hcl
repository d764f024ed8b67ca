mock_provider "aws" {
  source = "../../tests/mocks"
}

variables {
  name            = "marketpulse-dev"
  image           = "c0ffee"
  certificate_arn = "arn:aws:acm:eu-test-1:123456789012:certificate/c"
  bucket          = { name = "artifacts", arn = "arn:aws:s3:::artifacts" }
  stream          = { name = "events", arn = "arn:aws:kinesis:eu-test-1:123456789012:stream/events" }
  log_days        = 30
  kms_key_arn     = "arn:aws:kms:eu-test-1:123456789012:key/k"
}

run "whole" {
  assert {
    condition     = aws_lb_listener.this.protocol == "HTTPS" && aws_lb_listener.this.certificate_arn == var.certificate_arn && length(aws_vpc_security_group_ingress_rule.clients[*].id) == 1
    error_message = "Somebody would be listened to without TLS."
  }
  assert {
    condition     = aws_vpc_security_group_ingress_rule.balancer.referenced_security_group_id == aws_security_group.this["balancer"].id && aws_ecs_service.this.network_configuration[0].security_groups == toset([aws_security_group.this["tasks"].id])
    error_message = "Tasks let in somebody else than the balancer."
  }
  assert {
    condition     = aws_ecs_service.this.desired_count == 2 && aws_ecs_service.this.deployment_minimum_healthy_percent == 100 && aws_appautoscaling_target.this.min_capacity == 2
    error_message = "A deployment would be an outage."
  }
  assert {
    condition     = jsondecode(aws_ecs_task_definition.this.container_definitions)[0].command == ["marketpulse", "collect", "--host", "0.0.0.0", "--port", "8055", "--proxies", "1", "--stream", "events", "--keys", "s3://artifacts/door/collect.yaml"]
    error_message = "The tasks are told something else than what they are for."
  }
  assert {
    condition     = aws_lb.this.idle_timeout < 75 && aws_lb_target_group.this.health_check[0].path == "/health" && aws_lb_target_group.this.deregistration_delay == "20"
    error_message = "A balancer that uses connections the collector closes, or asks whether Kinesis takes records."
  }
  assert {
    condition     = length(aws_wafv2_web_acl.this) == 0
    error_message = "A firewall nobody asked for."
  }
}

run "with_a_firewall" {
  command = plan
  variables {
    requests_an_address = 2000
  }
  assert {
    condition     = length(aws_wafv2_web_acl.this) == 1 && length(aws_wafv2_web_acl_association.this) == 1
    error_message = "requests_an_address limits nobody."
  }
}

run "one_task" {
  command = plan
  variables {
    tasks = { least = 1 }
  }
  expect_failures = [var.tasks]
}

run "an_image_that_may_be_another_tomorrow" {
  command = plan
  variables {
    image = "latest"
  }
  expect_failures = [var.image]
}

run "without_a_certificate" {
  command = plan
  variables {
    certificate_arn = ""
  }
  expect_failures = [var.certificate_arn]
}
