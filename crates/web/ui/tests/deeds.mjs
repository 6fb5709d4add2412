// What people do on forms that is not on the way of `flow`: each form is filled in and sent in a browser.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PASSWORD, person, shot } from './browser.mjs';

export async function deeds(engine, address, step, data, say) {
  const member = await person(engine, address, { name: 'medlem' });
  const manager = await person(engine, address, { name: 'leder' });

  await step('a table of unknown headings is mapped in the wizard, and stays until somebody decides', async () => {
    const { page } = member;
    const table = join(data, 'mystisk.csv');
    writeFileSync(table, 'Tidsrom;Forbrukt;Hva\n2019-01;1200;strøm\n2019-02;1300;strøm\n');
    await page.goto('/import');
    await page.setInputFiles('#files', table);
    await page.click('gh-drop form button');
    await page.waitForURL('**/import/jobs/**');
    await page.locator('a[href$="/mapping"]').click();
    await page.waitForURL('**/mapping');
    await shot(page, 'medlem_mapping_1280_light');
    await page.selectOption('select[name=kind]', 'electricity');
    await page.fill('input[name=unit]', 'kWh');
    await page.selectOption('select[name=column-1]', 'period');
    await page.selectOption('select[name=column-2]', 'quantity');
    await page.selectOption('select[name=column-3]', 'item');
    await page.fill('input[name=save_as]', 'fabrikken');
    await page.locator('main form button').first().click();
    await page.waitForURL('**/import/jobs/**');
    await page.getByText('This is what would come of it').waitFor();
    assert.match(await page.locator('section.set .chip').first().innerText(), /would be taken in/);
    await shot(page, 'medlem_import_job_1280_light');
    await page.goto('/import');
    assert.match(await page.locator('main').innerText(), /mystisk\.csv[\s\S]*waits for you/);
    await page.locator('a', { hasText: 'mystisk.csv' }).first().click();
    await page.getByRole('button', { name: 'Give it up' }).click();
    await page.waitForURL('**/import');
  });

  await step('a running import is stopped from its page', async () => {
    const { page } = member;
    const long = join(data, 'lang.csv');
    const head = 'Type;Vare;Anlegg;Fra;Til;Mengde;Enhet;Beløp;Valuta;Motpart orgnr;Motpart;Leverandør kg CO2e;Merknad\n';
    writeFileSync(long, head + 'elektrisitet;strøm;;01.01.2018;31.01.2018;1,5;kWh;1;NOK;;;;\n'.repeat(700_000));
    await page.goto('/import');
    await page.setInputFiles('#files', long);
    await page.click('gh-drop form button');
    await page.waitForURL('**/import/jobs/**');
    const job = page.url();
    await page.getByRole('button', { name: 'Stop' }).click();
    await page.waitForURL('**/import');
    await page.goto(job);
    await page.getByText('stopped', { exact: false }).first().waitFor();
    assert.match(await page.locator('main').innerText(), /stopped/i);
  });

  await step('an article is confirmed on its form, and its invoices are posted again', async () => {
    const { page } = member;
    await page.goto('/articles');
    const open = page.locator('main td a[href^="/articles/confirm"], main th a[href^="/articles/confirm"]').first();
    await open.click();
    await page.waitForURL('**/articles/confirm**');
    await shot(page, 'medlem_article_1280_light');
    await page.fill('input[name=item]', 'steel');
    await page.selectOption('select[name=use]', 'input');
    if (await page.inputValue('input[name=kg_per_unit]') === '') await page.fill('input[name=kg_per_unit]', '1');
    await page.fill('input[name=primary]', '80');
    await page.fill('input[name=evidence]', 'the supplier says so');
    await page.getByRole('button', { name: 'Confirm' }).click();
    await page.waitForURL('**/articles?**job=**');
    await page.waitForFunction(() => !document.querySelector('[http-equiv=refresh], [hx-trigger]'), undefined, { timeout: 60000 });
    await page.goto('/articles');
    assert.match(await page.locator('main').innerText(), /the supplier says so|80/);
  });

  await step('a release is followed to its end, and opens', async () => {
    const { page } = manager;
    await page.goto('/releases');
    await page.locator('form[action="/releases"] button').click();
    await page.waitForURL('**/jobs/**');
    await shot(page, 'leder_job_1280_light');
    await page.getByText('Done.').waitFor({ timeout: 120000 });
    await page.locator('main a.ds-button').click();
    await page.waitForURL('**/releases/**');
    assert.match(await page.locator('h2').first().innerText(), /Release/);
  });

  await step('a network is designed and stands on its page', async () => {
    const { page } = manager;
    await page.goto('/circular');
    await page.locator('form[action="/circular/network"] button').click();
    await page.waitForURL('**/jobs/**');
    await page.getByText('Done.').waitFor({ timeout: 120000 });
    await page.locator('main a.ds-button').click();
    await page.waitForURL('**/circular**');
    assert.match(await page.locator('#network').innerText(), /Designed/);
  });

  await step('somebody invited chooses a password, turns codes on and logs in with one', async () => {
    const { page } = manager;
    await page.goto('/people');
    await page.fill('input[name=name]', 'kari');
    await page.selectOption('select[name=role]', 'auditor');
    await page.getByRole('button', { name: 'Invite' }).last().click();
    const link = (await page.locator('code.secret').innerText()).trim();
    const { page: own, context } = await person(engine, address);
    await own.goto(new URL(link, address).pathname);
    await chosen(own);
    await login(own, 'kari');
    await own.waitForURL((url) => url.pathname === '/');
    await own.goto('/account');
    await own.locator('form[action="/account/codes"] button').click();
    const secret = (await own.locator('code.secret').first().innerText()).replaceAll(' ', '');
    await shot(own, 'kari_codes_1280_light');
    await own.fill('form[action="/account/codes/confirm"] input[name=code]', code(secret, 0));
    await own.locator('form[action="/account/codes/confirm"] button').click();
    assert.equal(await own.locator('ul.codes li').count() > 3, true, await own.locator('main').innerText());
    await own.locator('header form button').click();
    await login(own, 'kari');
    await own.waitForURL('**/login/code**');
    await own.fill('input[name=code]', '000000');
    await own.locator('main form button').click();
    assert.ok(await own.locator('[role=alert]').isVisible());
    // The code of the next half minute: the one before was used to turn codes on.
    await own.fill('input[name=code]', code(secret, 1));
    await own.locator('main form button').click();
    await own.waitForURL((url) => !url.pathname.startsWith('/login'));
    await own.goto('/account');
    assert.match(await own.locator('main').innerText(), /kari/);
    await context.close();
  });

  await step('an operator compares with the factors in use, sets the comparison aside, and accepts the next one', async () => {
    const link = await say(['--lang', 'en', 'people', 'invite', 'drift', '--role', 'operator']);
    const { page, context } = await person(engine, address);
    await page.goto(link.match(/\/invitation\/\S+/)[0]);
    await chosen(page);
    await login(page, 'drift');
    for (const deed of ['discard', 'accept']) {
      await page.goto('/factors/use');
      await page.locator('form[action="/factors/rebind"] button').click();
      await page.waitForURL('**/factors/use**');
      await reloaded(page, `form[action="/factors/${deed}"] button`);
      await page.locator(`form[action="/factors/${deed}"] button`).click();
      await page.waitForURL('**/factors/use**');
    }
    await reloaded(page, '#accepted tbody tr');
    await shot(page, 'drift_factors_use_1280_light');
    await context.close();
  });

  await member.context.close();
  await manager.context.close();
}

/** Chooses the password of an invitation. */
async function chosen(page) {
  await page.fill('input[name=password]', PASSWORD);
  await page.fill('input[name=again]', PASSWORD);
  await page.locator('main form button').click();
  await page.waitForURL('**/login**');
}

async function login(page, name) {
  await page.goto('/login');
  await page.fill('input[name=name]', name);
  await page.fill('input[name=password]', PASSWORD);
  await page.locator('main form button').first().click();
}

/** Loads the page again until something stands there. */
async function reloaded(page, selector) {
  for (let turn = 0; turn < 120; turn += 1) {
    if (await page.locator(selector).count() > 0) return;
    await page.waitForTimeout(500);
    await page.reload();
  }
  assert.fail(`${selector} never came: ${await page.locator('main').innerText()}`);
}

/** A one-time code (RFC 6238, six digits, SHA-1) so many half minutes from now. */
function code(secret, ahead) {
  const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
  const bits = [...secret.replaceAll('=', '')].map((letter) => letters.indexOf(letter).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((byte) => Number.parseInt(byte, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000) + ahead));
  const hash = createHmac('sha1', key).update(counter).digest();
  const at = hash.at(-1) & 15;
  return String((hash.readUInt32BE(at) & 0x7fffffff) % 1_000_000).padStart(6, '0');
}
