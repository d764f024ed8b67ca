// Clicks through a console as three people do, in Chromium: `browse.mjs ADDRESS FOLDER [LOOK]`, where LOOK is
// light-desktop, dark-phone …; without it all four. Writes a picture of every page into FOLDER; the last line of what it
// prints is JSON: pages, each with what axe finds, when it was painted, what went wrong, and requests that left the machine.
import fs from 'node:fs'
import path from 'node:path'
import { createRequire } from 'node:module'
const require = createRequire(path.join(process.cwd(), 'package.json'))
const { chromium } = require('playwright-core')
const axe = fs.readFileSync(require.resolve('axe-core/axe.min.js'), 'utf8')

const [address, folder, only] = process.argv.slice(2)
const origin = new URL(address).origin
const LOOKS = {
  'light-desktop': { width: 1280, height: 900, colorScheme: 'light' },
  'dark-desktop': { width: 1280, height: 900, colorScheme: 'dark' },
  'light-phone': { width: 390, height: 844, colorScheme: 'light' },
  'dark-phone': { width: 390, height: 844, colorScheme: 'dark' },
}
const ARGUMENTS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
  '--disable-component-update', '--disable-sync']

const found = []

// The middle of three times that a page, asked for again, was painted first: it is warm.
async function painted(page) {
  const took = []
  for (let n = 0; n < 3; n++) {
    await page.reload(); await page.waitForLoadState()
    took.push(await page.evaluate(() => new Promise(told => new PerformanceObserver(list => {
      for (const each of list.getEntriesByName('first-contentful-paint')) told(each.startTime)
    }).observe({ type: 'paint', buffered: true }))))
  }
  return took.sort((a, b) => a - b)[1]
}

async function seen(page, look, name, posted, foreign, wrong) {
  const paint = posted ? null : await painted(page)
  const violations = (await page.evaluate(async () => {
    const told = await window.axe.run(document, { resultTypes: ['violations'] })
    return told.violations.map(each => ({ id: each.id, count: each.nodes.length, at: each.nodes[0].target.join(' '), why: each.nodes[0].failureSummary }))
  }))
  const { nodes, wide } = await page.evaluate(() => ({
    nodes: document.getElementsByTagName('*').length,
    wide: document.documentElement.scrollWidth - document.documentElement.clientWidth,
  }))
  await page.screenshot({ path: path.join(folder, `${look}-${name}.png`), fullPage: true })
  found.push({ look, name, violations, paint, nodes, wide, foreign: foreign.splice(0), wrong: wrong.splice(0) })
}

async function walk(look) {
  const { width, height, colorScheme } = LOOKS[look]
  const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium', args: ARGUMENTS })
  // The policy of the pages lets nothing of others run; axe is let in past it.
  const context = await browser.newContext({ viewport: { width, height }, colorScheme, bypassCSP: true })
  await context.addInitScript({ content: axe })
  const page = await context.newPage()
  const foreign = [], wrong = []
  page.on('request', each => { if (!each.url().startsWith(origin)) foreign.push(each.url()) })
  page.on('console', each => { if (['error', 'warning'].includes(each.type())) wrong.push(each.text()) })
  page.on('pageerror', error => wrong.push(String(error)))
  page.on('dialog', async each => { wrong.push(`a dialog: ${each.message()}`); await each.dismiss() })
  const menu = name => page.getByRole('navigation', { name: 'Pages' }).getByRole('link', { name, exact: true }).click()
  const see = async name => { await page.waitForLoadState(); await seen(page, look, name, false, foreign, wrong) }
  const seePosted = async name => { await page.waitForLoadState(); await seen(page, look, name, true, foreign, wrong) }
  await page.goto(address); await page.waitForURL(each => !each.search.includes('token'))

  // The analyst: today, a number, by what it is, boards.
  await see('today')
  await page.locator('a.tile').first().click(); await see('explore-a-number')
  if (await page.locator('.by input').count()) await page.locator('.by label').first().click()
  await page.getByRole('button', { name: 'Show' }).click(); await see('explore-by')
  await page.locator('details.elsewhere summary').click(); await seePosted('explore-elsewhere')
  await menu('Explore'); await see('metrics')
  await menu('Boards'); await see('boards')
  const boards = await page.locator('a.tile').evaluateAll(all => all.map(each => each.getAttribute('href')))
  for (const href of boards) { await page.goto(origin + href); await see(`board${href.replace(/.*\//, '-')}`) }

  // The engineer: tables, one of each layer, SQL.
  await menu('Tables'); await see('tables')
  for (const layer of ['gold', 'silver', 'bronze']) {
    await menu('Tables')
    await page.locator(`a[href^="/tables/${layer}."]`).first().click(); await see(`table-${layer}`)
  }
  await page.goto(`${origin}/tables/silver.quarantine`); await see('table-quarantine')
  for (const name of ['silver.sales', 'gold.fct_sales', 'gold.dim_buyer']) {
    for (const part of ['profile', 'difference']) {
      const answer = await page.goto(`${origin}/tables/${name}/${part}`)
      if (answer.ok()) await see(`${part}-${name.replace('.', '-')}`)
    }
  }
  await menu('SQL'); await see('sql')
  await page.locator('textarea').pressSequentially('select * from ')
  await page.locator('#words li').first().waitFor(); await page.keyboard.press('ArrowDown'); await seePosted('sql-words')
  await page.keyboard.press('Enter')
  if (!(await page.locator('textarea').inputValue()).startsWith('select * from gold.')) wrong.push('nothing was put into the query')
  await page.locator('textarea').fill("select 1 as one, 'a' as letter union all select 2, '<b>'")
  await page.getByRole('button', { name: 'Run' }).click(); await seePosted('sql-result')
  await page.locator('textarea').fill('select nothing from nowhere')
  await page.getByRole('button', { name: 'Run' }).click(); await seePosted('sql-wrong')
  await menu('Connect'); await see('connect')

  // On call: runs, reasons, one reason, what could be done, what was, and back.
  await menu('Runs'); await see('runs')
  await page.locator('a[href^="/runs/"]').first().click(); await see('run')
  await page.getByRole('link', { name: 'Runbook' }).click(); await see('runbook')
  await menu('Quarantine'); await see('quarantine')
  const reason = page.locator('table.reasons a[href*="rule="]').first()
  if (await reason.count()) {
    await reason.click(); await see('quarantine-one-reason')
    const here = page.url()
    if (await page.locator('form.do').count()) {
      await page.locator('form.do').first().getByRole('button', { name: 'Try again' }).click(); await seePosted('replay-asked')
      await page.goto(`${origin}/quarantine?table=silver.sales`)
      await page.locator('form.do').first().getByRole('button', { name: 'Correct' }).click(); await seePosted('correct')
      await page.goto(here)
      await page.locator('input[name=id]').first().check()
      await page.locator('.do.under').getByRole('button', { name: 'Discard' }).click(); await seePosted('discard-asked')
      await page.locator('form.sure button').click(); await see('discard-done')
      await page.getByRole('button', { name: 'Undo' }).click(); await seePosted('reopen-asked')
      await page.locator('form.sure button').click(); await see('reopen-done')
    }
  }
  await page.goto(`${origin}/nothing-here`); await see('nothing-here')
  await browser.close()
}

fs.mkdirSync(folder, { recursive: true })
for (const look of only ? [only] : Object.keys(LOOKS)) await walk(look)
console.log(JSON.stringify(found))
