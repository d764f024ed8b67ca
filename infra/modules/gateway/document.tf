# The API as one document (OpenAPI with API Gateway's extensions): one request makes or changes all of it, where a resource for
# each path, method and answer would be some four hundred.

locals {
  # Clients call it by these names, and send JSON in all three. Whether an event is good is for the contract to say.
  types  = ["application/json", "application/x-www-form-urlencoded", "text/plain"]
  schema = { type = "object", minProperties = 1 }

  # PostHog's client is told to load nothing, to record nothing and to pack nothing: only a Content-Encoding is unpacked here.
  off = trimsuffix(trimprefix(jsonencode({
    sessionRecording     = false, heatmaps = false, capturePerformance = false, autocaptureExceptions = false
    autocapture_opt_out  = true, hasFeatureFlags = false, isAuthenticated = false, siteApps = [], toolbarParams = {}
    supportedCompression = [], featureFlags = {}, flags = {}, featureFlagPayloads = {}, errorsWhileComputingFlags = false
  }), "{"), "}")
  flags = templatefile("${path.module}/templates/flags.vtl", { off = local.off })
  told = {
    off           = local.off, flags = local.flags
    source_config = file("${path.module}/templates/source_config.vtl")
  }

  # Read by all: what lets a page read an answer, and what a browser is told before it posts.
  read = file("${path.module}/templates/read.vtl")
  cors = { "method.response.header.Access-Control-Allow-Origin" = "'*'" }
  before = merge(local.cors, {
    "method.response.header.Access-Control-Allow-Methods" = "'GET, POST, OPTIONS'"
    "method.response.header.Access-Control-Allow-Headers" = "'authorization,content-type'"
    "method.response.header.Access-Control-Max-Age"       = "'7200'" # without it every event is asked for twice
  })
  answered     = "${local.read}${templatefile("${path.module}/templates/answered.vtl", { flags = local.flags })}"
  asked_before = "${local.read}${file("${path.module}/templates/preflight.vtl")}"
  headers      = { for name in ["Access-Control-Allow-Origin", "Access-Control-Allow-Methods", "Access-Control-Allow-Headers", "Access-Control-Max-Age", "Content-Type"] : name => { schema = { type = "string" } } }

  # Path -> its variables, as a document must say them.
  variables = { for path in local.paths : path => [
    for found in regexall("\\{(\\w+)\\+?\\}", path) : { name = found[0], in = "path", required = true, schema = { type = "string" } }
  ] }

  posting = { for name, route in local.posts : name => {
    security                                = can(route.shown) ? [] : [{ key = [], plan = [] }]
    "x-amazon-apigateway-request-validator" = try(route.read, true) ? "body" : "nothing"
    parameters                              = local.variables[split(" ", name)[1]]
    requestBody                             = try(route.read, true) ? { content = { for type in local.types : type => { schema = { "$ref" = "#/components/schemas/posted" } } } } : null
    responses                               = { for status in ["200", "400", "503"] : status => { description = "", headers = local.headers } }
    "x-amazon-apigateway-integration" = {
      type                = "aws"
      httpMethod          = "POST"
      uri                 = "arn:${data.aws_partition.this.partition}:apigateway:${data.aws_region.this.name}:kinesis:action/PutRecord"
      credentials         = aws_iam_role.this.arn
      passthroughBehavior = "never"
      requestParameters   = { "integration.request.header.Content-Type" = "'application/x-amz-json-1.1'" }
      requestTemplates = { for type in local.types : type => templatefile("${path.module}/templates/post.vtl", {
        stream  = var.stream.name
        path    = replace(replace(split(" ", name)[1], "{kind}", "$!input.params('kind')"), "{path+}", "$!input.params('path')")
        greedy  = endswith(name, "{path+}")
        kinds   = join(",", [for kind in try(route.kinds, []) : "\"${kind}\":\"y\""])
        shown   = try(route.shown, [])
        sources = join(",", [for id, source in var.public.ids : "\"${id}\":\"${source}\""])
      }) }
      responses = {
        default = {
          statusCode         = "200"
          responseParameters = merge(local.cors, { "method.response.header.Content-Type" = "'${route.done.kind}'" })
          responseTemplates  = { "application/json" = "${local.read}${route.done.body}" }
        }
        "4\\d{2}" = { statusCode = "400", responseParameters = local.cors, responseTemplates = { "application/json" = local.answered } }
        "5\\d{2}" = { statusCode = "503", responseParameters = local.cors, responseTemplates = { "application/json" = local.answered } }
      }
    }
  } }

  asking = { for name, route in local.asks : name => {
    security   = []
    parameters = concat(local.variables[split(" ", name)[1]], [for each in route.reads : { name = each, in = "query", required = false, schema = { type = "string" } }])
    responses  = { "200" = { description = "", headers = local.headers } }
    "x-amazon-apigateway-integration" = {
      type                = "mock"
      passthroughBehavior = "never"
      requestTemplates    = { for type in local.types : type => "{\"statusCode\": 200}" }
      responses = { default = {
        statusCode         = "200"
        responseParameters = merge(local.cors, { "method.response.header.Content-Type" = "'${route.kind}'" })
        responseTemplates  = { "application/json" = "${local.read}${templatefile("${path.module}/templates/${route.template}.vtl", local.told)}" }
      } }
    }
  } }

  preflight = { for path in local.paths : path => {
    security   = []
    parameters = local.variables[path]
    responses  = { "200" = { description = "", headers = local.headers } }
    "x-amazon-apigateway-integration" = {
      type                = "mock"
      passthroughBehavior = "when_no_match"
      requestTemplates    = { for type in local.types : type => "{\"statusCode\": 200}" }
      responses = { default = {
        statusCode         = "200"
        responseParameters = local.before
        responseTemplates  = { "application/json" = local.asked_before }
      } }
    }
  } }

  # What API Gateway refuses itself -> status and code, as the door says them: clients look for `code`.
  refusals = {
    BAD_REQUEST_BODY             = [400, "no_json", "this path takes JSON: an event, or a batch of them"]
    UNAUTHORIZED                 = [401, "no_key", "the request shows no write key in a header or its address"]
    INVALID_API_KEY              = [401, "key_unknown", "the write key is not known"]
    ACCESS_DENIED                = [401, "key_unknown", "the write key is not known"]
    MISSING_AUTHENTICATION_TOKEN = [405, "method_refused", "not by this method"]
    UNSUPPORTED_MEDIA_TYPE       = [415, "type_refused", "JSON is taken, as application/json or text/plain; no protobuf, and no encoding but gzip and deflate"]
    REQUEST_TOO_LARGE            = [413, "too_large", "one request holds at most a mebibyte; send fewer events at a time"]
    THROTTLED                    = [429, "too_often", "more events than the write key may send"]
    QUOTA_EXCEEDED               = [429, "too_often", "more events than the write key may send"]
    INTEGRATION_FAILURE          = [503, "not_kept", "the event was not kept; send it again"]
    INTEGRATION_TIMEOUT          = [503, "not_kept", "the event was not kept; send it again"]
    DEFAULT_4XX                  = [null, "$context.error.responseType", "$context.error.message"]
    DEFAULT_5XX                  = [null, "broken", "the endpoint made a mistake; send it again"]
  }

  document = {
    openapi                              = "3.0.1"
    info                                 = { title = "${var.name}-events", version = "1" }
    "x-amazon-apigateway-api-key-source" = "AUTHORIZER"
    "x-amazon-apigateway-request-validators" = {
      body    = { validateRequestBody = true, validateRequestParameters = false }
      nothing = { validateRequestBody = false, validateRequestParameters = false }
    }
    components = {
      schemas = { posted = local.schema }
      securitySchemes = {
        plan = { type = "apiKey", name = "x-api-key", in = "header" }
        key = {
          type = "apiKey", name = "Unused", in = "header", "x-amazon-apigateway-authtype" = "custom"
          # Not remembered: an answer could only be kept for requests that show their key in one and the same place.
          "x-amazon-apigateway-authorizer" = { type = "request", authorizerUri = aws_lambda_function.key.invoke_arn, authorizerResultTtlInSeconds = 0 }
        }
      }
    }
    "x-amazon-apigateway-gateway-responses" = { for type, said in local.refusals : type => merge(
      {
        responseParameters = merge(
          { "gatewayresponse.header.Access-Control-Allow-Origin" = "'*'" },
          said[0] == 429 || said[0] == 503 ? { "gatewayresponse.header.Retry-After" = "'2'" } : {},
        )
        responseTemplates = { "application/json" = "{\"code\": \"${said[1]}\", \"message\": \"${said[2]}\"}" }
      },
      said[0] == null ? {} : { statusCode = said[0] },
    ) }
    paths = { for path in local.paths : "/${path}" => merge(
      { options = local.preflight[path] },
      { for name, operation in local.posting : lower(split(" ", name)[0]) => operation if split(" ", name)[1] == path },
      { for name, operation in local.asking : lower(split(" ", name)[0]) => operation if split(" ", name)[1] == path },
    ) }
  }
}
