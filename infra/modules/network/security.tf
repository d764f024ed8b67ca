# Workers (Glue, EMR, Redshift) speak among themselves, to the endpoints and to S3. Nothing comes in from elsewhere.

resource "aws_security_group" "workers" {
  # checkov:skip=CKV2_AWS_5: Glue, EMR Serverless and Redshift are given it by the modules that own them
  name        = "${var.name}-workers"
  description = "What computes"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-workers" }
}

resource "aws_security_group" "endpoints" {
  name        = "${var.name}-endpoints"
  description = "Interface endpoints of AWS services"
  vpc_id      = aws_vpc.this.id
  tags        = { Name = "${var.name}-endpoints" }
}

resource "aws_vpc_security_group_ingress_rule" "endpoints" {
  security_group_id            = aws_security_group.endpoints.id
  description                  = "HTTPS from workers"
  referenced_security_group_id = aws_security_group.workers.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "to_endpoints" {
  security_group_id            = aws_security_group.workers.id
  description                  = "HTTPS to AWS services"
  referenced_security_group_id = aws_security_group.endpoints.id
  ip_protocol                  = "tcp"
  from_port                    = 443
  to_port                      = 443
}

resource "aws_vpc_security_group_egress_rule" "to_s3" {
  security_group_id = aws_security_group.workers.id
  description       = "HTTPS to S3 through its gateway endpoint"
  prefix_list_id    = aws_vpc_endpoint.s3.prefix_list_id
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}

# Spark's driver and executors use ports of their own choice.
resource "aws_vpc_security_group_ingress_rule" "workers" {
  # checkov:skip=CKV_AWS_24: the source is the group itself, not the internet
  # checkov:skip=CKV_AWS_25: the same
  # checkov:skip=CKV_AWS_260: the same
  security_group_id            = aws_security_group.workers.id
  description                  = "Workers among themselves"
  referenced_security_group_id = aws_security_group.workers.id
  ip_protocol                  = "tcp"
  from_port                    = 0
  to_port                      = 65535
}

resource "aws_vpc_security_group_egress_rule" "workers" {
  security_group_id            = aws_security_group.workers.id
  description                  = "Workers among themselves"
  referenced_security_group_id = aws_security_group.workers.id
  ip_protocol                  = "tcp"
  from_port                    = 0
  to_port                      = 65535
}

resource "aws_vpc_security_group_egress_rule" "internet" {
  for_each = local.public

  security_group_id = aws_security_group.workers.id
  description       = "HTTPS to the internet, through the NAT gateway"
  cidr_ipv4         = "0.0.0.0/0"
  ip_protocol       = "tcp"
  from_port         = 443
  to_port           = 443
}
