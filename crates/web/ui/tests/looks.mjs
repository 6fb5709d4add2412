// Every page: no serious finding of axe-core, nothing wider than the window, nothing on the console; and pictures.
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { drawn, person, shot } from './browser.mjs';

const AXE = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

const PAGES = {
  leder: ['/', '/public', '/goals/revenue', '/goals/co2e', '/goals/resource_draw', '/change', '/inventory', '/consolidated', '/products',
    '/what-if', '/flows', '/campaign', '/articles', '/batches', '/members', '/people', '/circular', '/circular/streams',
    '/circular/board', '/audit', '/factors?search=diesel', '/factors/use', '/account', '/releases'],
  medlem: ['/', '/change', '/consolidated', '/what-if?direct=1', '/flows', '/campaign', '/articles', '/inventory', '/releases', '/account',
    '/import', '/batches?all=1', '/people', '/audit', '/circular', '/circular/board'],
  '': ['/', '/login', '/login/code', '/no-such-page'],
};

/** Pages that are also looked at in Norwegian, for words that nobody translated. */
const NORWEGIAN = ['/', '/goals/co2e', '/change', '/inventory', '/consolidated', '/members', '/releases', '/batches', '/factors/use', '/circular'];
const ENGLISH = /\b(the|and|of|with|from|are|which|this|that)\b/i;

export async function looks(engine, address, step) {
  for (const width of [1280, 390]) {
    const who = await person(engine, address, { name: 'leder', language: 'nb-NO', width });
    for (const place of NORWEGIAN) {
      const title = `norsk ${place} ${width} light`;
      await step(title, async () => {
        await look(who, place, title);
        const text = await who.page.locator('main').innerText();
        const found = text.split('\n').filter((line) => ENGLISH.test(line));
        assert.deepEqual(found, []);
      });
    }
    await who.context.close();
  }
  for (const [name, places] of Object.entries(PAGES)) {
    for (const [width, scheme] of [[1280, 'light'], [390, 'dark'], [1280, 'dark'], [390, 'light']]) {
      const who = await person(engine, address, { name, width, scheme });
      const more = name === '' ? [] : await reasons(who.page);
      for (const place of [...places, ...more]) {
        const title = `${name || 'public'} ${place.split('@')[0]} ${width} ${scheme}`;
        await step(title, () => look(who, place, title));
      }
      await who.context.close();
    }
  }
}

/** A member's own page, and the first figure of each kind. */
async function reasons(page) {
  await page.goto('/');
  const figure = await page.locator('a.figure[href^="/why/"]').first().getAttribute('href');
  await page.goto('/members');
  const member = await page.locator('tbody th a').first().getAttribute('href');
  await page.goto('/inventory');
  const line = await page.locator('a.figure[href^="/why/"]').first().getAttribute('href');
  return [member, figure, line];
}

async function look({ page, complaints }, place, title) {
  complaints.length = 0;
  await page.goto(place);
  await drawn(page);
  await shot(page, title.replaceAll(/[^\w-]+/g, '_'));
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(wide <= 0, `${wide} px wider than the window`);
  const expected = place === '/no-such-page' ? 1 : 0;
  assert.ok(complaints.length <= expected, complaints.join('\n'));
  // By the protocol of the browser, which the policy of the page does not bind.
  await page.evaluate(await source());
  const result = await page.evaluate(() => axe.run(document, { resultTypes: ['violations'] }));
  const serious = result.violations.filter(({ impact }) => impact === 'serious' || impact === 'critical');
  assert.deepEqual(serious.map(({ id, nodes }) => `${id}: ${nodes.slice(0, 3).map((node) => `${node.html.slice(0, 160)} ${node.any[0]?.message ?? ''}`).join(' | ')}`), []);
}

let axe;
async function source() {
  axe ??= await import('node:fs/promises').then(({ readFile }) => readFile(AXE, 'utf8'));
  return axe;
}
