// How fast the pages are while somebody imports: 8 connections, 50 sessions over all roles, every page, figure and reading of
// the API in turn. Usage: node web_load.mjs GREENHEART DATA [SECONDS]. DATA is a whole demonstration; the import adds to it.
//
// Prints the figures that `xtask bench` reads. Ends with 1 when an answer is an error, stands under another account than the
// one that asked, or tells of a member whose figures that account may not see.
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const CONNECTIONS = 8;
const SESSIONS = 50;
const PASSWORD = 'greenheart-demo';
const ROLES = ['leder', 'medlem', 'bidrag', 'revisor', ''];
const PAGES = [
  '/', '/public', '/goals/revenue', '/goals/co2e', '/goals/resource_draw', '/change', '/inventory', '/inventory?scope=1&page=2',
  '/consolidated', '/products', '/what-if?direct=1', '/flows', '/campaign', '/articles', '/batches', '/batches?page=9', '/members',
  '/members/{own}', '/people', '/audit', '/factors', '/factors?search=diesel', '/factors/use', '/account', '/import',
  '/figures/scopes.json', '/figures/completeness.json', '/figures/sites.json', '/figures/change-co2e.csv', '/figures/waterfall.json',
  '/figures/lines.csv',
];
const READINGS = [
  '/goals', '/inventory', '/members', '/batches', '/findings', '/jobs', '/factors?limit=50', '/change', '/consolidated',
  '/products', '/flows', '/campaign', '/completeness',
].map((path) => `/api/v1${path}`);
/** May be refused by role; 422 says that there is nothing to compute from for this role. */
const FINE = [200, 303, 403, 404, 422];

const [binary, data, seconds = '30'] = process.argv.slice(2);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

async function serve() {
  const child = spawn(binary, ['demo', '--data', data, '--listen', '127.0.0.1:0', '--lang', 'en'], { stdio: ['ignore', 'ignore', 'pipe'] });
  const address = await new Promise((resolve, reject) => {
    let said = '';
    child.stderr.on('data', (chunk) => {
      said += chunk;
      const found = said.match(/http:\/\/127\.0\.0\.1:\d+/);
      if (found) resolve(found[0]);
    });
    child.on('exit', (code) => reject(new Error(`the pages ended with ${code}: ${said}`)));
  });
  return { address, stop: () => new Promise((resolve) => { child.on('exit', resolve); child.kill('SIGTERM'); }) };
}

function ask(address, path, { cookie = '', body } = {}) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { cookie, 'accept-language': 'en' };
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const sent = request(address + path, { agent, method: body ? 'POST' : 'GET', headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({
        status: answer.statusCode, cookies: answer.headers['set-cookie'] ?? [], ms: performance.now() - begun,
        text: Buffer.concat(chunks).toString(),
      }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const cookies = (answer) => answer.cookies.map((cookie) => cookie.split(';')[0]).join('; ');

async function session(address, name) {
  if (!name) return { name, cookie: '', readable: new Set() };
  const login = await ask(address, '/login');
  const token = login.text.match(/name="form_token" value="([^"]+)"/)[1];
  const body = new URLSearchParams({ name, password: PASSWORD, form_token: token }).toString();
  const answer = await ask(address, '/login', { cookie: cookies(login), body });
  if (answer.status !== 303) throw new Error(`${name} cannot log in: ${answer.status}`);
  return { name, cookie: cookies(answer) };
}

/** Members whose figures an account may see, by what the members have chosen. */
async function sights(address, who) {
  const page = await ask(address, '/members', who);
  who.own = page.text.match(/<tr class="own"><th scope="row"><a href="\/members\/(\d+)"/)?.[1];
  who.readable = new Set([...page.text.matchAll(/href="\/inventory\?member=(\d+)"/g)].map((found) => found[1]));
}

/** What an answer says that it must not say to whoever asked. */
function leak(path, who, { status, text }) {
  if (status !== 200) return undefined;
  if (!path.startsWith('/api') && !path.startsWith('/figures')) {
    const shown = text.match(/<a href="\/account"><strong>([^<]*)<\/strong>/)?.[1] ?? '';
    return shown === who.name ? undefined : `it stands under \`${shown}\``;
  }
  const named = /^\/api\/v1\/(inventory|batches|findings|products|completeness|campaign)/.test(path);
  const members = named ? [...text.matchAll(/"member":"(\d+)"/g)].map((found) => found[1]) : [];
  const leads = who.name === 'leder' && path.startsWith('/api/v1/campaign');
  const stranger = members.find((member) => !leads && !who.readable.has(member));
  return stranger ? `it tells of ${stranger}` : undefined;
}

/** Imports one small file after the other, each with rows that were never seen, until it is told to stop. */
function importing(member, folder) {
  let stopped = false;
  let count = 0;
  const run = async () => {
    while (!stopped) {
      const file = join(folder, `power-${count}.csv`);
      writeFileSync(file, power());
      await new Promise((resolve, reject) => {
        execFile(binary, ['--data', data, 'import', file, '--member', member, '--add'], (error, out, err) => (
          error ? reject(new Error(`the import failed: ${out}${err}`)) : resolve()));
      });
      rmSync(file);
      count += 1;
    }
  };
  const running = run();
  return { stop: async () => { stopped = true; await running; return count; }, failed: running };
}

function power() {
  const head = 'Type;Vare;Anlegg;Fra;Til;Mengde;Enhet;Beløp;Valuta;Motpart orgnr;Motpart;Leverandør kg CO2e;Merknad\n';
  const rows = Array.from({ length: 500 }, (_, at) => {
    const month = String(at % 12 + 1).padStart(2, '0');
    const kwh = (1000 + Math.random() * 9000).toFixed(3).replace('.', ',');
    return `elektrisitet;strøm;;01.${month}.2024;28.${month}.2024;${kwh};kWh;1500;NOK;;;;\n`;
  });
  return head + rows.join('');
}

function percentile(times, share) {
  const sorted = [...times].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

const begun = performance.now();
const pages = await serve();
const startUp = performance.now() - begun;
const folder = mkdtempSync(join(tmpdir(), 'greenheart-load-'));
try {
  const sessions = [];
  for (let at = 0; at < SESSIONS; at += 1) sessions.push(await session(pages.address, ROLES[at % ROLES.length]));
  for (const who of sessions.filter(({ name }) => name)) await sights(pages.address, who);
  const member = sessions.find(({ name }) => name === 'medlem').own;
  // Every page once for every role, so that what is computed for the first time ever is not what is measured.
  for (const who of sessions.slice(0, ROLES.length)) {
    for (const path of [...PAGES, ...READINGS]) await ask(pages.address, path.replace('{own}', member), who);
  }
  const imports = importing(member, folder);
  const times = { pages: [], api: [] };
  const by = new Map();
  const wrong = new Map();
  const end = performance.now() + Number(seconds) * 1000;
  let turn = 0;
  const load = Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() < end) {
      const mine = turn++;
      const all = [...PAGES, ...READINGS];
      const path = all[mine % all.length].replace('{own}', member);
      const who = sessions[(mine * 7) % SESSIONS];
      const answer = await ask(pages.address, path, who);
      (path.startsWith('/api') ? times.api : times.pages).push(answer.ms);
      by.set(path, [...(by.get(path) ?? []), answer.ms]);
      const said = FINE.includes(answer.status) ? leak(path, who, answer) : `status ${answer.status}`;
      if (said) wrong.set(`${path} as ${who.name || 'public'}: ${said}`, (wrong.get(`${path} as ${who.name || 'public'}: ${said}`) ?? 0) + 1);
    }
  }));
  await Promise.race([load, imports.failed]);
  await load;
  const count = await imports.stop();
  console.log(`${SESSIONS} sessions, ${CONNECTIONS} connections, ${PAGES.length} pages and figures, ${READINGS.length} readings`);
  console.log(`figure pages_p50_ms ${percentile(times.pages, 0.5).toFixed(1)}`);
  console.log(`figure pages_p95_ms ${percentile(times.pages, 0.95).toFixed(1)}`);
  console.log(`figure pages_p99_ms ${percentile(times.pages, 0.99).toFixed(1)}`);
  console.log(`figure api_p50_ms ${percentile(times.api, 0.5).toFixed(1)}`);
  console.log(`figure api_p95_ms ${percentile(times.api, 0.95).toFixed(1)}`);
  const slowest = [...by].map(([path, list]) => [path, percentile(list, 0.95)]).sort((a, b) => b[1] - a[1]);
  console.log(`figure slowest_page_p95_ms ${slowest[0][1].toFixed(1)}`);
  console.log(`figure requests ${times.pages.length + times.api.length}`);
  console.log(`figure imports ${count}`);
  console.log(`figure start_up_ms ${startUp.toFixed(0)}`);
  console.log(`figure wrong ${wrong.size}`);
  for (const [path, ms] of slowest.slice(0, 12)) console.error(`  ${path} ${ms.toFixed(0)} ms`);
  for (const [what, times] of wrong) console.error(`${what} (${times} times)`);
  process.exitCode = wrong.size === 0 && count > 0 ? 0 : 1;
} finally {
  agent.destroy();
  await pages.stop();
  rmSync(folder, { recursive: true, force: true });
}
