// The pages as a person meets them. Usage: node run.mjs BINARY DATA [flow|looks]
// DATA is a folder for the demonstration, made when it is not there; GREENHEART_SHOTS names a folder for pictures.
import { fileURLToPath } from 'node:url';
import { browser, serve } from './browser.mjs';
import { flow } from './flow.mjs';
import { looks } from './looks.mjs';

const [binary, data, part] = process.argv.slice(2);
if (!binary || !data) {
  console.error(`usage: node ${fileURLToPath(import.meta.url)} BINARY DATA [flow|looks]`);
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
  if (part !== 'looks') await flow(engine, pages.address, step, data);
  if (part !== 'flow') await looks(engine, pages.address, step);
} finally {
  await engine.close();
  await pages.stop();
}
console.log(wrong === 0 ? 'the pages hold' : `${wrong} steps failed`);
process.exit(wrong === 0 ? 0 : 1);
