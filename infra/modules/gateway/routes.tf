# What clients ask, as data: the same paths as `marketpulse collect` answers (src/marketpulse/door/routes.py; a test compares
# the two). The authoriser reads keys of headers and addresses. Keys that stand in bodies it is not shown; those of Snowplow
# and PostHog stand in every page and are no secret, so the template knows them (`public`).

locals {
  letters = { t = "track", p = "page", i = "identify", g = "group", a = "alias", s = "screen" }
  kinds   = concat(keys(local.letters), values(local.letters))

  # The first of these of a body is the key that it shows.
  of_posthog  = [for place in ["api_key", "token", "properties.token", "batch[0].properties.token", "batch[0].api_key"] : "$!input.path('$.${place}')"]
  of_snowplow = ["$!input.path('$.data[0].aid')"]
  json        = "application/json"

  success   = { kind = local.json, body = "{\"success\":true}" }
  status_1  = { kind = local.json, body = "{\"status\":1}" }
  nothing   = { kind = local.json, body = "{}" }
  empty     = { kind = "text/plain", body = "" }
  ok        = { kind = "text/plain", body = "ok" }
  a_picture = { kind = "image/svg+xml", body = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"1\" height=\"1\"/>" }

  # Events. `kinds`: what {kind} may be. `shown`: where the key stands that the authoriser cannot see. `read`: a body
  # is a JSON object, which is looked at before; of PostHog's it may be an array.
  posts = merge(
    {
      "POST v1/{kind}"        = { done = local.success, kinds = concat(local.kinds, ["b", "batch", "import"]) }
      "POST api/s/{kind}"     = { done = local.success, kinds = concat(local.kinds, ["batch", "event"]) }
      "POST api/s/s2s/{kind}" = { done = local.success, kinds = concat(local.kinds, ["batch", "event"]) }
      "POST beacon/v1/batch"  = { done = local.success }
      "POST mp/collect"       = { done = local.empty }
      "POST v1/logs"          = { done = local.nothing }
      "POST g/collect"        = { done = local.empty, shown = ["$!input.params('tid')"], read = false }
      "GET g/collect"         = { done = local.empty, shown = ["$!input.params('tid')"], read = false }
      "GET i"                 = { done = local.a_picture, shown = ["$!input.params('aid')"], read = false }

      "POST com.snowplowanalytics.snowplow/tp2" = { done = local.ok, shown = local.of_snowplow }
    },
    { for path in ["batch", "capture", "e", "track", "i/v0/e"] : "POST ${path}" => { done = local.status_1, shown = local.of_posthog, read = false } },
    # PostHog's clients end their paths with a slash, and whether API Gateway takes that for the path without is nowhere said.
    { "POST {path+}" = { done = local.status_1, shown = local.of_posthog, read = false } },
  )

  # Questions that clients ask first, answered without asking anybody: template, its type, and the parameters it reads.
  asks = merge(
    {
      "GET health"                     = { template = "health", kind = local.json, reads = [] }
      "GET v1/projects/{key}/settings" = { template = "settings", kind = local.json, reads = [] }
      "GET sourceConfig"               = { template = "source_config", kind = local.json, reads = ["writeKey"] }
      "GET array/{key}/config"         = { template = "config", kind = local.json, reads = [] }
      "GET array/{key}/config.js"      = { template = "config_script", kind = "application/javascript", reads = [] }
      "GET {path+}"                    = { template = "other", kind = local.json, reads = ["writeKey"] }
      "POST v1/m"                      = { template = "measured", kind = local.json, reads = [] }
      "POST i/v1/analytics/events"     = { template = "not_here", kind = local.json, reads = [] }
    },
    { for pair in setproduct(["GET", "POST"], ["flags", "decide"]) : "${pair[0]} ${pair[1]}" => { template = "flags", kind = local.json, reads = [] } },
  )

  paths = toset([for name in concat(keys(local.posts), keys(local.asks)) : split(" ", name)[1]])
}
