# TLS ends here. A task that stops is taken out first and keeps what it has been asked for; one that is new is asked when it answers.

resource "aws_lb" "this" {
  # checkov:skip=CKV_AWS_150: it holds nothing; who destroys the environment means it
  # checkov:skip=CKV_AWS_91: addresses of requests hold write keys and people
  # checkov:skip=CKV2_AWS_76: rules on bodies would refuse events for what they say
  # checkov:skip=CKV2_AWS_28: a firewall stands here by a value of the environment
  # checkov:skip=CKV2_AWS_20: nobody is listened to without TLS
  name                       = var.name # thirty-two characters at most
  load_balancer_type         = "application"
  subnets                    = [for subnet in aws_subnet.this : subnet.id]
  security_groups            = [aws_security_group.this["balancer"].id]
  drop_invalid_header_fields = true
  # Below what the collector keeps a connection open for: else one would be used that it is just closing.
  idle_timeout = 60

  depends_on = [aws_route_table_association.this, aws_route.this]
}

resource "aws_lb_target_group" "this" {
  # checkov:skip=CKV_AWS_378: one hop, in a network in which nothing else is
  name                          = var.name
  vpc_id                        = aws_vpc.this.id
  target_type                   = "ip"
  port                          = local.port
  protocol                      = "HTTP"
  deregistration_delay          = 20
  load_balancing_algorithm_type = "least_outstanding_requests"

  # Whether it lives. While Kinesis refuses a new task would be refused, too.
  health_check {
    path                = "/health"
    matcher             = "200"
    interval            = 5
    timeout             = 3
    healthy_threshold   = 2
    unhealthy_threshold = 2
  }
}

resource "aws_lb_listener" "this" {
  load_balancer_arn = aws_lb.this.arn
  port              = 443
  protocol          = "HTTPS"
  ssl_policy        = "ELBSecurityPolicy-TLS13-1-2-2021-06"
  certificate_arn   = var.certificate_arn

  # What watches the collector is not for clients.
  default_action {
    type             = "forward"
    target_group_arn = aws_lb_target_group.this.arn
  }
}

resource "aws_lb_listener_rule" "inside" {
  listener_arn = aws_lb_listener.this.arn
  priority     = 1

  condition {
    path_pattern {
      values = ["/metrics", "/ready"]
    }
  }

  action {
    type = "fixed-response"
    fixed_response {
      status_code  = "404"
      content_type = "application/json"
      message_body = "{\"code\": \"no_such_path\", \"message\": \"no client posts here\"}"
    }
  }
}

# How many requests an address may make in five minutes, where that is limited at all: a shop behind one address is many people.
resource "aws_wafv2_web_acl" "this" {
  # checkov:skip=CKV_AWS_192: rules on bodies would refuse events for what they say
  # checkov:skip=CKV2_AWS_31: it counts; its log would hold people
  for_each = var.requests_an_address == null ? {} : { this = var.requests_an_address }

  name  = "${var.name}-collector"
  scope = "REGIONAL"

  default_action {
    allow {}
  }

  rule {
    name     = "often"
    priority = 1

    action {
      block {
        custom_response {
          response_code = 429
        }
      }
    }

    statement {
      rate_based_statement {
        limit              = each.value
        aggregate_key_type = "IP"
      }
    }

    visibility_config {
      cloudwatch_metrics_enabled = true
      metric_name                = "${var.name}-collector-often"
      sampled_requests_enabled   = false
    }
  }

  visibility_config {
    cloudwatch_metrics_enabled = true
    metric_name                = "${var.name}-collector"
    sampled_requests_enabled   = false
  }
}

resource "aws_wafv2_web_acl_association" "this" {
  for_each = aws_wafv2_web_acl.this

  resource_arn = aws_lb.this.arn
  web_acl_arn  = each.value.arn
}
