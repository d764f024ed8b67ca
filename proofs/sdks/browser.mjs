// A page of a shop in Chromium, whose client posts to a door: `browser.mjs NAME PORT KEY POSTS`, beside its node_modules.
// Waits until the door answered 200 to so many posts, at most 30 s; says what went wrong, and then fails.
import http from 'node:http'
import { build } from 'esbuild'
import { chromium } from 'playwright-core'

const [name, port, key, posts] = process.argv.slice(2)
const door = `http://127.0.0.1:${port}`
const bundled = await build({ entryPoints: ['shop.js'], bundle: true, write: false, format: 'iife', logLevel: 'error',
  define: { 'process.env.NODE_ENV': '"production"' } })
const script = bundled.outputFiles[0].text
const server = http.createServer((request, response) => {
  const is = request.url.startsWith('/shop.js') ? ['text/javascript', script]
    : ['text/html', '<!doctype html><meta charset="utf-8"><title>Mug</title><script src="/shop.js"></script><h1>Mug</h1>']
  response.writeHead(200, { 'content-type': is[0] }).end(is[1])
})
await new Promise(listening => server.listen(0, '127.0.0.1', listening))

const wrong = []
let kept = 0
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM || '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--disable-background-networking', '--disable-component-update'] })
const page = await browser.newPage()
page.on('pageerror', error => wrong.push(`${error}`))
// What does not go to this machine goes nowhere, and is told.
await page.route(url => url.hostname !== '127.0.0.1', route => { wrong.push(`asked ${route.request().url()}`); return route.abort() })
page.on('response', response => {
  const to = response.url()
  if (!to.startsWith(door)) return
  if (response.status() !== 200) wrong.push(`${response.status()} ${response.request().method()} ${to}`)
  else if (response.request().method() === 'POST' && !to.includes('/flags')) kept += 1
})
page.on('requestfailed', request => wrong.push(`${request.failure().errorText} ${request.method()} ${request.url()}`))
await page.goto(`http://127.0.0.1:${server.address().port}/products/mug?utm_source=news&utm_medium=email&utm_campaign=spring`)
await page.evaluate(([who, where, what]) => window.shop(who, where, what), [name, door, key])
for (let waited = 0; kept < Number(posts) && waited < 30_000; waited += 100) await page.waitForTimeout(100)
await page.waitForTimeout(500)
await browser.close()
server.close()
if (kept < Number(posts)) wrong.push(`${kept} of ${posts} posts were answered`)
if (wrong.length) console.error(wrong)
process.exit(wrong.length ? 1 : 0)
