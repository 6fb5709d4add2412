// Bundles what the pages load, and writes a Rust table of it.
// Usage: node build.mjs NODE_MODULES OUT
// Every name carries the hash of its content, so that a browser may keep it for ever; every file lies there
// compressed too, so that the server need not do it.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';

const here = dirname(fileURLToPath(import.meta.url));
const [modules, out] = process.argv.slice(2).map((path) => resolve(path));
const { build } = createRequire(join(modules, 'x.js'))('esbuild');

rmSync(out, { recursive: true, force: true });
mkdirSync(out, { recursive: true });

const common = {
  bundle: true,
  minify: true,
  format: 'esm',
  target: 'es2022',
  outdir: out,
  nodePaths: [modules],
  legalComments: 'eof',
  logLevel: 'warning',
  entryNames: '[name]-[hash]',
  absWorkingDir: here,
  loader: { '.svg': 'dataurl' },
};

// The worker of the map is a file of its own, whose address the map must know.
await build({
  ...common,
  entryPoints: { 'map-worker': join(modules, 'maplibre-gl/dist/maplibre-gl-worker.mjs') },
});
copied(join(here, '../assets/outlines.tsv'), 'outlines');
copied(join(here, '../assets/mark.svg'), 'mark');
const found = (name) => '/assets/' + readdirSync(out).find((file) => file.startsWith(`${name}-`));
await build({ ...common, entryPoints: { style: 'src/style.css', 'map-style': join(modules, 'maplibre-gl/dist/maplibre-gl.css') } });
await build({
  ...common,
  entryPoints: { chart: 'src/chart.js' },
});
await build({
  ...common,
  entryPoints: { map: 'src/map.js' },
  define: {
    MAP_WORKER: JSON.stringify(found('map-worker')),
    MAP_STYLE: JSON.stringify(found('map-style')),
    OUTLINES: JSON.stringify(found('outlines')),
  },
});
await build({
  ...common,
  entryPoints: { app: 'src/app.js' },
  external: ['/assets/*'],
  define: { CHART: JSON.stringify(found('chart')), MAP: JSON.stringify(found('map')) },
});
table();

function copied(path, name) {
  const content = readFileSync(path);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, 8);
  writeFileSync(join(out, `${name}-${hash}${extname(path)}`), content);
}

// One constant for each file: a page that names one which is not there does not compile.
function table() {
  const kinds = { '.js': 'text/javascript', '.css': 'text/css', '.svg': 'image/svg+xml', '.tsv': 'text/plain' };
  let rust = '';
  const names = [];
  for (const file of readdirSync(out).sort()) {
    const path = join(out, file);
    const content = readFileSync(path);
    writeFileSync(`${path}.gz`, gzipSync(content, { level: 9 }));
    writeFileSync(`${path}.br`, brotliCompressSync(content, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }));
    const name = basename(file, extname(file)).replace(/-[^-]*$/, '').replaceAll('-', '_').toUpperCase();
    names.push(name);
    const bytes = (suffix) => `include_bytes!(${JSON.stringify(path + suffix)})`;
    rust += `/// \`${file}\`.\npub static ${name}: File = File { name: ${JSON.stringify(file)}, kind: "${kinds[extname(file)]}; charset=utf-8", `
      + `plain: ${bytes('')}, gzip: ${bytes('.gz')}, brotli: ${bytes('.br')} };\n`;
  }
  rust += `/// Every file.\npub static FILES: [&File; ${names.length}] = [${names.map((name) => `&${name}`).join(', ')}];\n`;
  writeFileSync(join(out, 'table.rs'), rust);
}
