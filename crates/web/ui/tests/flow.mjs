// One way through the house, as a person goes it.
import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { drawn, person } from './browser.mjs';

export async function flow(engine, address, step, data) {
  const manager = await person(engine, address, { name: 'leder' });
  const member = await person(engine, address, { name: 'medlem' });
  const own = await ownMember(member.page);
  const files = join(data, 'demo-files', own);
  const year = readdirSync(files).sort().at(-1);
  let whole;
  let without;

  await step('the front page shows three goals with figures and charts', async () => {
    await manager.page.goto('/');
    await drawn(manager.page);
    assert.equal(await manager.page.locator('.card').count(), 3);
    assert.equal(await manager.page.locator('gh-chart[data-ready=yes]').count(), 5);
    whole = await headlines(manager.page);
    assert.match(whole.join(' '), /%/);
    assert.deepEqual(manager.complaints, []);
  });

  await step('without the last accounts the goals are others', async () => {
    await member.page.goto('/batches');
    const line = member.page.locator('tbody tr', { hasText: 'saft' }).filter({ hasText: year }).first();
    await line.locator('a', { hasText: 'Withdraw' }).click();
    await member.page.fill('input[name=reason]', 'handed in by mistake');
    await member.page.click('main form button');
    await manager.page.goto('/');
    without = await headlines(manager.page);
    assert.notDeepEqual(without, whole);
  });

  await step('a SAF-T file and an invoice are dropped, looked at and taken in', async () => {
    const invoice = join(data, 'invoice.xml');
    writeFileSync(invoice, ehf(own, Number(year)));
    await member.page.goto('/import');
    await member.page.setInputFiles('#files', [join(files, year, 'saft.xml'), invoice]);
    assert.equal(await member.page.locator('[data-list] li').count(), 2);
    await member.page.click('gh-drop form button');
    await member.page.waitForURL('**/import/jobs/**');
    await member.page.getByText('This is what would come of it').waitFor();
    assert.equal(await member.page.locator('section.set').count(), 2);
    await member.page.getByRole('button', { name: 'Take it in' }).click();
    await member.page.getByText('This is what came of it').waitFor();
    assert.equal(await member.page.locator('section.set .chip.on_track').count(), 2, await member.page.locator('main').innerText());
  });

  await step('revenue and CO2 change on the front page', async () => {
    await manager.page.goto('/');
    const now = await headlines(manager.page);
    assert.equal(now[0], whole[0]);
    assert.notEqual(now[1], without[1]);
  });

  await step('a figure opens down to its row', async () => {
    await member.page.goto('/inventory');
    await member.page.locator('td a.figure[href^="/why/fig"]').first().click();
    for (let deep = 0; deep < 6 && !member.page.url().includes('/why/row:'); deep += 1) {
      const row = member.page.locator('main a.figure[href*="/why/row:"]');
      const next = await row.count() > 0 ? row : member.page.locator('main a.figure[href*="/why/"]');
      await next.first().click();
      await member.page.waitForLoadState('load');
    }
    assert.match(member.page.url(), /\/why\/row:/);
  });

  await step('the language changes, and stays', async () => {
    await member.page.goto('/members');
    await member.page.getByRole('link', { name: 'Norsk' }).click();
    assert.equal(await member.page.locator('html').getAttribute('lang'), 'nb');
    await member.page.goto('/');
    assert.match(await member.page.locator('h1').innerText(), /står/);
    await member.page.getByRole('link', { name: 'English' }).click();
  });

  await step('a contributor does not see another member', async () => {
    const contributor = await person(engine, address, { name: 'bidrag' });
    await contributor.page.goto('/members');
    const other = contributor.page.locator('tbody tr:not(.own)').filter({ has: contributor.page.locator('.missing') }).first();
    const href = await other.locator('th a').getAttribute('href');
    const answer = await contributor.page.goto(`/inventory?member=${href.split('/').at(-1)}`);
    assert.equal(answer.status(), 403);
    assert.match(await contributor.page.locator('main').innerText(), /role may not/);
    const data = await contributor.page.request.get(`/figures/scopes.json?member=${href.split('/').at(-1)}`);
    assert.equal(data.status(), 403);
    await contributor.context.close();
  });

  await step('a page without a script says the same', async () => {
    const plain = await person(engine, address, { name: 'leder', script: false });
    await plain.page.goto('/');
    assert.equal(await plain.page.locator('gh-chart svg').count(), 3);
    assert.deepEqual(await headlines(plain.page), await headlines(manager.page));
    await plain.page.locator('figure.box summary').first().click();
    assert.ok(await plain.page.locator('figure.box td').first().isVisible());
    await plain.context.close();
    const sender = await person(engine, address, { name: 'medlem', script: false });
    await sender.page.goto('/import');
    await sender.page.setInputFiles('#files', join(files, year, 'saft.xml'));
    await sender.page.locator('gh-drop form button').click();
    await sender.page.waitForURL('**/import/jobs/**');
    await sender.page.reload();
    assert.match(await sender.page.locator('main').innerText(), /saft\.xml/);
    await sender.context.close();
  });

  await step('the first page is under 300 kB with its scripts, and figures come after the text', async () => {
    const fresh = await person(engine, address, { name: 'leder' });
    // What the page after the login still loads is not counted.
    await drawn(fresh.page);
    await fresh.page.waitForLoadState('networkidle');
    const session = await fresh.context.newCDPSession(fresh.page);
    await session.send('Network.enable');
    await session.send('Network.setCacheDisabled', { cacheDisabled: true });
    let bytes = 0;
    session.on('Network.loadingFinished', ({ encodedDataLength }) => { bytes += encodedDataLength; });
    await fresh.page.goto('/');
    await drawn(fresh.page);
    console.log(`      ${Math.round(bytes / 1000)} kB`);
    assert.ok(bytes < 300_000, `${bytes} bytes`);
    await fresh.context.close();
  });

  await manager.context.close();
  await member.context.close();
}

async function ownMember(page) {
  await page.goto('/members');
  return (await page.locator('tr.own th a').getAttribute('href')).split('/').at(-1);
}

/** The change and the figures of each goal. */
async function headlines(page) {
  const cards = await page.locator('.card').all();
  return Promise.all(cards.map(async (card) => `${await card.locator('.big').innerText()} ${await card.locator('.since').innerText()}`));
}

/** An invoice for steel as the invoice network carries it. */
function ehf(buyer, year) {
  return `<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="urn:oasis:names:specification:ubl:schema:xsd:Invoice-2"
  xmlns:cac="urn:oasis:names:specification:ubl:schema:xsd:CommonAggregateComponents-2"
  xmlns:cbc="urn:oasis:names:specification:ubl:schema:xsd:CommonBasicComponents-2">
  <cbc:CustomizationID>urn:cen.eu:en16931:2017#compliant#urn:fdc:peppol.eu:2017:poacc:billing:3.0</cbc:CustomizationID>
  <cbc:ProfileID>urn:fdc:peppol.eu:2017:poacc:billing:01:1.0</cbc:ProfileID>
  <cbc:ID>2041</cbc:ID><cbc:IssueDate>${year}-11-04</cbc:IssueDate><cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>NOK</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Oppdiktet Stål AS</cbc:RegistrationName>
    <cbc:CompanyID schemeID="0192">811143758</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party><cac:PartyLegalEntity><cbc:RegistrationName>Kjøper</cbc:RegistrationName>
    <cbc:CompanyID schemeID="0192">${buyer}</cbc:CompanyID></cac:PartyLegalEntity></cac:Party></cac:AccountingCustomerParty>
  <cac:TaxTotal><cbc:TaxAmount currencyID="NOK">5000.00</cbc:TaxAmount></cac:TaxTotal>
  <cac:LegalMonetaryTotal><cbc:LineExtensionAmount currencyID="NOK">20000.00</cbc:LineExtensionAmount>
    <cbc:TaxExclusiveAmount currencyID="NOK">20000.00</cbc:TaxExclusiveAmount><cbc:TaxInclusiveAmount currencyID="NOK">25000.00</cbc:TaxInclusiveAmount>
    <cbc:PayableAmount currencyID="NOK">25000.00</cbc:PayableAmount></cac:LegalMonetaryTotal>
  <cac:InvoiceLine><cbc:ID>1</cbc:ID><cbc:InvoicedQuantity unitCode="KGM">1500</cbc:InvoicedQuantity>
    <cbc:LineExtensionAmount currencyID="NOK">20000.00</cbc:LineExtensionAmount>
    <cac:Item><cbc:Name>Stålplate S355 10 mm</cbc:Name></cac:Item></cac:InvoiceLine>
</Invoice>
`;
}
