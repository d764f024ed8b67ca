// Lighthouse on pages of a console: `judge.mjs ADDRESS PATH…`. The last line of what it prints is JSON: of each page its scores
// of 100, its first paint in ms, and the audits of accessibility that did not pass.
import path from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'
const require = createRequire(path.join(process.cwd(), 'package.json'))
const { chromium } = require('playwright-core')
const { default: lighthouse } = await import(pathToFileURL(require.resolve('lighthouse')))

const [address, ...paths] = process.argv.slice(2)
const origin = new URL(address).origin
const port = 9333
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
    '--disable-component-update', '--disable-sync', `--remote-debugging-port=${port}`] })
const headers = { Authorization: `Bearer ${new URL(address).searchParams.get('token')}` }
const told = []
for (const each of paths) {
  const flags = { port, output: 'json', logLevel: 'error', onlyCategories: ['performance', 'accessibility'], extraHeaders: headers }
  const { lhr } = await lighthouse(origin + each, flags)
  const failed = lhr.categories.accessibility.auditRefs.filter(ref => ref.weight && (lhr.audits[ref.id].score ?? 1) < 1).map(ref => ref.id)
  told.push({ path: each, performance: Math.round(lhr.categories.performance.score * 100),
    accessibility: Math.round(lhr.categories.accessibility.score * 100),
    paint: Math.round(lhr.audits['first-contentful-paint'].numericValue), failed,
    blocked: Math.round(lhr.audits['total-blocking-time'].numericValue), shift: lhr.audits['cumulative-layout-shift'].displayValue,
    largest: Math.round(lhr.audits['largest-contentful-paint'].numericValue) })
}
await browser.close()
console.log(JSON.stringify(told))
