// How fast the pages are: 8 connections, 50 sessions over all roles, every page and reading of the API in turn.
// Usage: node load.mjs BINARY DATA [SECONDS]. Prints the 50th, 95th and 99th percentile of the time to the last byte; says what
// failed and what reached somebody it was not for.
import { Agent, request } from 'node:http';
import { PASSWORD, serve } from './browser.mjs';

const CONNECTIONS = 8;
const SESSIONS = 50;
const ROLES = ['leder', 'medlem', 'bidrag', 'revisor'];
const PAGES = [
  '/', '/public', '/goals/revenue', '/goals/co2e', '/goals/resource_draw', '/inventory', '/batches', '/members', '/people', '/audit',
  '/factors', '/account', '/import', '/figures/scopes.json', '/figures/completeness.json', '/figures/sites.json',
  '/figures/change-co2e.csv',
];
const READINGS = ['/goals', '/inventory', '/members', '/batches', '/findings', '/jobs', '/factors?limit=50'].map((path) => `/api/v1${path}`);

const [binary, data, seconds = '20'] = process.argv.slice(2);
const pages = await serve(binary, data);
const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });

function ask(path, { cookie = '', body } = {}) {
  const begun = performance.now();
  return new Promise((resolve, reject) => {
    const headers = { cookie, 'accept-language': 'en', 'accept-encoding': 'gzip' };
    if (body) headers['content-type'] = 'application/x-www-form-urlencoded';
    const sent = request(pages.address + path, { agent, method: body ? 'POST' : 'GET', headers }, (answer) => {
      const chunks = [];
      answer.on('data', (chunk) => chunks.push(chunk));
      answer.on('end', () => resolve({
        status: answer.statusCode, cookies: answer.headers['set-cookie'] ?? [], text: () => Buffer.concat(chunks).toString(),
        ms: performance.now() - begun,
      }));
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

async function session(name) {
  const cookies = (answer) => answer.cookies.map((cookie) => cookie.split(';')[0]).join('; ');
  const login = await new Promise((resolve, reject) => {
    request(`${pages.address}/login`, { agent }, (answer) => {
      let text = '';
      answer.on('data', (chunk) => { text += chunk; });
      answer.on('end', () => resolve({ cookie: cookies({ cookies: answer.headers['set-cookie'] ?? [] }), text }));
    }).on('error', reject).end();
  });
  const token = login.text.match(/name="form_token" value="([^"]+)"/)[1];
  const body = new URLSearchParams({ name, password: PASSWORD, form_token: token }).toString();
  const answer = await ask('/login', { cookie: login.cookie, body });
  return { name, cookie: cookies(answer) };
}

function told(name, times) {
  times.sort((a, b) => a - b);
  const at = (share) => times[Math.min(times.length - 1, Math.floor(times.length * share))].toFixed(1);
  console.log(`${name}: ${times.length} requests, p50 ${at(0.5)} ms, p95 ${at(0.95)} ms, p99 ${at(0.99)} ms`);
}

try {
  const sessions = [];
  for (let at = 0; at < SESSIONS; at += 1) sessions.push(await session(ROLES[at % ROLES.length]));
  const times = { pages: [], readings: [] };
  const by = new Map();
  const wrong = new Map();
  const end = performance.now() + Number(seconds) * 1000;
  let turn = 0;
  await Promise.all(Array.from({ length: CONNECTIONS }, async () => {
    while (performance.now() < end) {
      const mine = turn++;
      const all = [...PAGES, ...READINGS];
      const path = all[mine % all.length];
      const who = sessions[(mine * 7) % SESSIONS];
      const answer = await ask(path, who);
      (path.startsWith('/api') ? times.readings : times.pages).push(answer.ms);
      by.set(path, [...(by.get(path) ?? []), answer.ms]);
      // A role may be refused; nothing may fail.
      if (![200, 303, 403, 404].includes(answer.status)) wrong.set(`${path} ${answer.status}`, (wrong.get(`${path} ${answer.status}`) ?? 0) + 1);
    }
  }));
  told('pages', times.pages);
  told('api', times.readings);
  const slowest = [...by].map(([path, list]) => [path, list.sort((a, b) => a - b)[Math.floor(list.length * 0.95)]]).sort((a, b) => b[1] - a[1]);
  console.log(slowest.slice(0, 6).map(([path, ms]) => `  ${path} ${ms.toFixed(0)} ms`).join('\n'));
  console.log(wrong.size === 0 ? 'nothing failed' : [...wrong].join('\n'));
  process.exitCode = wrong.size === 0 ? 0 : 1;
} finally {
  agent.destroy();
  await pages.stop();
}
