// What the tests as a person share: the program with a demonstration, and a browser.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';

const FLAGS = [
  '--use-angle=swiftshader', '--enable-unsafe-swiftshader', '--ignore-gpu-blocklist', '--no-sandbox', '--disable-dev-shm-usage',
];
export const PASSWORD = 'greenheart-demo';
export const OUT = process.env.GREENHEART_SHOTS;

/** Starts the pages on a free port; resolves when they answer. */
export async function serve(binary, data) {
  const child = spawn(binary, ['demo', '--small', '--data', data, '--listen', '127.0.0.1:0', '--lang', 'en'], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  const address = await new Promise((resolve, reject) => {
    const read = (chunk) => {
      said += chunk;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (found) resolve(found[0]);
    };
    child.stderr.on('data', read);
    child.stdout.on('data', read);
    child.on('exit', (code) => reject(new Error(`the pages ended with ${code}: ${said}`)));
  });
  return { address, stop: () => new Promise((resolve) => { child.on('exit', resolve); child.kill('SIGTERM'); }) };
}

export async function browser() {
  const executablePath = ['/usr/bin/chromium', '/usr/bin/chromium-browser', process.env.CHROMIUM].find((path) => path && existsSync(path));
  if (!executablePath) throw new Error('Chromium is missing; run `scripts/prepare test`');
  return chromium.launch({ executablePath, args: FLAGS });
}

/** Somebody with a window; every message of the console and every request elsewhere is kept. */
export async function person(engine, address, { name, language = 'en-GB', width = 1280, scheme = 'light', script = true } = {}) {
  const context = await engine.newContext({
    locale: language, viewport: { width, height: 900 }, colorScheme: scheme, javaScriptEnabled: script, baseURL: address,
  });
  const page = await context.newPage();
  const complaints = [];
  page.on('console', (message) => { if (message.type() === 'error') complaints.push(message.text()); });
  page.on('pageerror', (error) => complaints.push(String(error)));
  page.on('request', (request) => {
    const url = request.url();
    if (!url.startsWith(address) && !url.startsWith('data:') && !url.startsWith('blob:')) complaints.push(`a request to ${url}`);
  });
  if (name) {
    await page.goto('/login');
    await page.fill('input[name=name]', name);
    await page.fill('input[name=password]', PASSWORD);
    await page.click('main form button');
    await page.waitForURL((url) => !url.pathname.startsWith('/login'));
  }
  return { page, context, complaints };
}

/** Scrolls everything past the window, and waits until charts and maps are drawn. */
export async function drawn(page) {
  await page.waitForLoadState('load');
  const islands = page.locator('gh-chart, gh-map');
  for (let at = 0; at < await islands.count(); at += 1) {
    const island = islands.nth(at);
    await island.scrollIntoViewIfNeeded();
    await island.evaluate((element) => new Promise((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${element.getAttribute('src')} is not drawn`)), 30000);
      const look = () => {
        if (!element.dataset.ready) return setTimeout(look, 50);
        clearTimeout(late);
        return element.dataset.ready === 'yes' ? resolve() : reject(new Error(`${element.getAttribute('src')} failed`));
      };
      look();
    }));
  }
  await page.evaluate(() => scrollTo(0, 0));
}

export async function shot(page, name) {
  if (!OUT) return;
  mkdirSync(OUT, { recursive: true });
  await page.screenshot({ path: join(OUT, `${name}.png`), fullPage: true });
}
