# clients --HTTPS, write key--> a balancer --> tasks that run `marketpulse collect` --> the stream. A request is answered with 200
# when Kinesis has every record of it; from there on it is as from any door (modules/ingestion).

data "aws_caller_identity" "this" {}

data "aws_region" "this" {}

locals {
  port = 8055
  keys = "door/collect.yaml"
}

resource "aws_ecr_repository" "this" {
  name                 = "${var.name}-collector"
  image_tag_mutability = "IMMUTABLE"
  # Images are made of a commit again; what is kept of people is not in them.
  force_delete = true

  image_scanning_configuration {
    scan_on_push = true
  }

  encryption_configuration {
    encryption_type = "KMS"
    kms_key         = var.kms_key_arn
  }
}

resource "aws_ecr_lifecycle_policy" "this" {
  repository = aws_ecr_repository.this.name
  policy = jsonencode({ rules = [{
    rulePriority = 1, description = "The last twenty"
    selection    = { tagStatus = "any", countType = "imageCountMoreThan", countNumber = 20 }
    action       = { type = "expire" }
  }] })
}

resource "aws_cloudwatch_log_group" "this" {
  # checkov:skip=CKV_AWS_338: how long is a value of the environment
  name              = "/${var.name}/collector"
  retention_in_days = var.log_days
  kms_key_id        = var.kms_key_arn
}

resource "aws_ecs_cluster" "this" {
  name = "${var.name}-collector"

  setting {
    name  = "containerInsights"
    value = "enabled"
  }
}

resource "aws_ecs_task_definition" "this" {
  family                   = "${var.name}-collector"
  requires_compatibilities = ["FARGATE"]
  network_mode             = "awsvpc"
  cpu                      = var.tasks.cpu
  memory                   = var.tasks.memory
  execution_role_arn       = aws_iam_role.this["start"].arn
  task_role_arn            = aws_iam_role.this["run"].arn

  runtime_platform {
    cpu_architecture        = var.tasks.architecture
    operating_system_family = "LINUX"
  }

  # Where the copy of the keys lies; nothing else is written.
  volume {
    name = "tmp"
  }

  container_definitions = jsonencode([{
    name                   = "collector"
    image                  = "${aws_ecr_repository.this.repository_url}:${var.image}"
    essential              = true
    readonlyRootFilesystem = true
    command = [
      "marketpulse", "collect", "--host", "0.0.0.0", "--port", tostring(local.port), "--proxies", "1",
      "--stream", var.stream.name, "--keys", "s3://${var.bucket.name}/${local.keys}",
    ]
    environment  = [{ name = "AWS_REGION", value = data.aws_region.this.name }]
    portMappings = [{ containerPort = local.port, hostPort = local.port, protocol = "tcp" }]
    mountPoints  = [{ sourceVolume = "tmp", containerPath = "/tmp", readOnly = false }]
    ulimits      = [{ name = "nofile", softLimit = 16384, hardLimit = 16384 }]
    # It ends within two seconds; what it answers then is kept.
    stopTimeout = 20
    healthCheck = {
      command  = ["CMD", "python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:${local.port}/health', timeout=2)"]
      interval = 10, timeout = 5, retries = 3, startPeriod = 20
    }
    logConfiguration = {
      logDriver = "awslogs"
      options   = { "awslogs-group" = aws_cloudwatch_log_group.this.name, "awslogs-region" = data.aws_region.this.name, "awslogs-stream-prefix" = "task" }
    }
  }])
}

resource "aws_ecs_service" "this" {
  # checkov:skip=CKV_AWS_333: public addresses lead out; in comes only the balancer
  name            = "collector"
  cluster         = aws_ecs_cluster.this.id
  task_definition = aws_ecs_task_definition.this.arn
  desired_count   = var.tasks.least
  launch_type     = "FARGATE"
  propagate_tags  = "SERVICE"
  # Two tasks in one zone are one outage.
  availability_zone_rebalancing = "ENABLED"

  # A new task answers before an old one goes.
  deployment_minimum_healthy_percent = 100
  deployment_maximum_percent         = 200
  health_check_grace_period_seconds  = 60

  deployment_circuit_breaker {
    enable   = true
    rollback = true
  }

  network_configuration {
    subnets          = [for subnet in aws_subnet.this : subnet.id]
    security_groups  = [aws_security_group.this["tasks"].id]
    assign_public_ip = true
  }

  load_balancer {
    target_group_arn = aws_lb_target_group.this.arn
    container_name   = "collector"
    container_port   = local.port
  }

  # How many there are is for the scaling to say.
  lifecycle {
    ignore_changes = [desired_count]
  }

  depends_on = [aws_lb_listener.this, aws_iam_role_policy.this]
}

resource "aws_appautoscaling_target" "this" {
  service_namespace  = "ecs"
  scalable_dimension = "ecs:service:DesiredCount"
  resource_id        = "service/${aws_ecs_cluster.this.name}/${aws_ecs_service.this.name}"
  min_capacity       = var.tasks.least
  max_capacity       = var.tasks.most
}

# One core takes some 200,000 events a second in batches and 10,000 one by one before a disk; before a stream, which costs signing
# and TLS besides, nobody has measured it. It is the processor that is full first.
resource "aws_appautoscaling_policy" "this" {
  name               = "${var.name}-collector"
  policy_type        = "TargetTrackingScaling"
  service_namespace  = aws_appautoscaling_target.this.service_namespace
  scalable_dimension = aws_appautoscaling_target.this.scalable_dimension
  resource_id        = aws_appautoscaling_target.this.resource_id

  target_tracking_scaling_policy_configuration {
    target_value       = 50
    scale_in_cooldown  = 300
    scale_out_cooldown = 30

    predefined_metric_specification {
      predefined_metric_type = "ECSServiceAverageCPUUtilization"
    }
  }
}
