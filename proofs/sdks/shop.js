// Clients for browsers as their makers ship them, in a page of a shop: `shop(NAME, DOOR, KEY)`.
import { jitsuAnalytics } from '@jitsu/js'
import { RudderAnalytics } from '@rudderstack/analytics-js/bundled'
import { AnalyticsBrowser } from '@segment/analytics-next'
import { newTracker, setUserId, trackPageView, trackStructEvent } from '@snowplow/browser-tracker'
import posthog from 'posthog-js'

const MUG = { product_id: 'SKU-1', price: 12.5, quantity: 1, currency: 'USD' }

const clients = {
  async segment(door, key) {
    const client = AnalyticsBrowser.load({ writeKey: key, cdnURL: door },
      { integrations: { 'Segment.io': { apiHost: `${door.replace(/^https?:\/\//, '')}/v1`, protocol: 'http' } } })
    await client.page('Shop', 'Mug')
    await client.identify('cust-1', { email: 'a@example.com' })
    await client.track('Product Added', MUG)
  },
  async rudder(door, key) {
    const client = new RudderAnalytics()
    await new Promise(loaded => client.load(key, door, { configUrl: door, onLoaded: loaded, logLevel: 'ERROR' }))
    client.page('Shop', 'Mug')
    client.identify('cust-1', { email: 'a@example.com' })
    client.track('Product Added', MUG)
  },
  async jitsu(door, key) {
    const client = jitsuAnalytics({ host: door, writeKey: `${key}:page` })
    await client.page('Mug')
    await client.identify('cust-1', { email: 'a@example.com' })
    await client.track('Product Added', MUG)
  },
  async snowplow(door, key) {
    newTracker('sp', door, { appId: key, contexts: { webPage: true } })
    setUserId('cust-1')
    trackPageView()
    trackStructEvent({ category: 'shop', action: 'add-to-basket', label: 'SKU-1', property: 'pcs', value: 1 })
  },
  async posthog(door, key) {
    await new Promise(loaded => posthog.init(key, { api_host: door, loaded, autocapture: false, person_profiles: 'always',
      capture_pageleave: false, capture_pageview: false, disable_session_recording: true, request_batching: false,
      opt_out_useragent_filter: true }))
    posthog.capture('$pageview')
    posthog.identify('cust-1', { email: 'a@example.com' })
    posthog.capture('Product Added', MUG)
  },
}

window.shop = (name, door, key) => clients[name](door, key)
