// Clients for Node as their makers ship them, for test_sdks.py: `node sdks.cjs NAME PORT KEY`, beside their node_modules.
const [name, port, key] = process.argv.slice(2);
const host = `http://127.0.0.1:${port}`;
const wrong = [];

const clients = {
  async segment() {
    const { Analytics } = require('@segment/analytics-node');
    const client = new Analytics({ writeKey: key, host });
    client.on('error', (error) => wrong.push(error));
    client.identify({ userId: 'cust-1', traits: { email: 'a@example.com' } });
    client.track({ userId: 'cust-1', event: 'Product Added', properties: { product_id: 'SKU-1' } });
    client.page({ anonymousId: 'anon-1', name: 'Mug' });
    await client.closeAndFlush();
  },
  async rudder() {
    const found = require('@rudderstack/rudder-sdk-node');
    const client = new (found.default || found)(key, { dataPlaneUrl: host, gzip: true });
    client.identify({ userId: 'cust-1', traits: { email: 'a@example.com' } });
    client.page({ userId: 'cust-1', name: 'Mug' });
    client.track({ userId: 'cust-1', event: 'Product Added' });
    await new Promise((done) => client.flush((error) => { if (error) wrong.push(error); done(); }));
  },
  async posthog() {
    const { PostHog } = require('posthog-node');
    const client = new PostHog(key, { host });
    client.on('error', (error) => wrong.push(error));
    client.capture({ distinctId: 'cust-1', event: '$pageview', properties: { $current_url: 'http://shop.example/p' } });
    client.capture({ distinctId: 'cust-1', event: 'Product Added', properties: { product_id: 'SKU-1' } });
    client.identify({ distinctId: 'cust-1', properties: { email: 'a@example.com' } });
    await client.shutdown();
  },
  async otlp() {
    const { LoggerProvider, BatchLogRecordProcessor } = require('@opentelemetry/sdk-logs');
    const { OTLPLogExporter } = require('@opentelemetry/exporter-logs-otlp-http');
    const exporter = new OTLPLogExporter({ url: `${host}/v1/logs`, headers: { authorization: `Bearer ${key}` } });
    const provider = new LoggerProvider({ processors: [new BatchLogRecordProcessor({ exporter })] });
    const attributes = { 'user.id': 'cust-1', 'session.id': 's-1' };
    provider.getLogger('shop').emit({ eventName: 'page_view', attributes: { 'user.id': 'cust-1' } });
    provider.getLogger('shop').emit({ eventName: 'product.added', body: { product_id: 'SKU-1' }, attributes });
    await provider.shutdown();
  },
};

clients[name]().then(() => {
  if (wrong.length) console.error(wrong);
  process.exit(wrong.length ? 1 : 0);
});
