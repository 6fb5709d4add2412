// The pages as a person meets them. Usage: node run.mjs BINARY DATA [flow|deeds|looks]
// DATA is a folder for the demonstration, made when it is not there; GREENHEART_SHOTS names a folder for pictures.
import { fileURLToPath } from 'node:url';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { browser, serve } from './browser.mjs';
import { deeds } from './deeds.mjs';
import { flow } from './flow.mjs';
import { looks } from './looks.mjs';

const [binary, data, part] = process.argv.slice(2);
if (!binary || !data) {
  console.error(`usage: node ${fileURLToPath(import.meta.url)} BINARY DATA [flow|deeds|looks]`);
  process.exit(2);
}
const pages = await serve(binary, data);
const engine = await browser();
let wrong = 0;
const step = async (name, work) => {
  const begun = performance.now();
  try {
    await work();
    console.log(`ok    ${name} (${Math.round(performance.now() - begun)} ms)`);
  } catch (error) {
    wrong += 1;
    console.log(`FAIL  ${name}\n${error.stack}`);
  }
};
try {
  // A command beside the pages, on the same data.
  const say = async (words) => {
    const { stdout, stderr } = await promisify(execFile)(binary, ['--data', data, ...words]);
    return stdout + stderr;
  };
  const asked = (name) => !part || part === name;
  if (asked('flow')) await flow(engine, pages.address, step, data);
  if (asked('deeds')) await deeds(engine, pages.address, step, data, say);
  if (asked('looks')) await looks(engine, pages.address, step);
} finally {
  await engine.close();
  await pages.stop();
}
console.log(wrong === 0 ? 'the pages hold' : `${wrong} steps failed`);
process.exit(wrong === 0 ? 0 : 1);
