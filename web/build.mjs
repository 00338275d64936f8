// Builds the web client into dist, compresses it, and puts the try page's libraries beside that page.
import { copyFile, readdir, readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import { build } from "vite";

const compressible = /\.(js|css|svg|json|wasm)$/;
const worthIt = 1024;
// One step below the best takes a tenth of its time for one part in twenty more bytes.
const brotliQuality = 9;

await build();
await compress(new URL("dist/assets/", import.meta.url));
await buildTryLibraries();

async function compress(folder) {
  for (const name of await readdir(folder)) {
    const file = new URL(name, folder);
    if (!compressible.test(name)) continue;
    const bytes = await readFile(file);
    if (bytes.length < worthIt) continue;
    const parameters = { params: { [constants.BROTLI_PARAM_QUALITY]: brotliQuality, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } };
    await writeFile(new URL(`${name}.br`, folder), await promisify(brotliCompress)(bytes, parameters));
    await writeFile(new URL(`${name}.gz`, folder), await promisify(gzip)(bytes, { level: 9 }));
  }
}

// The player that the embedded page uses too, and hls.js as it is published.
async function buildTryLibraries() {
  const target = new URL("../services/all-in-one/wwwroot/lib/", import.meta.url);
  await build({
    configFile: false,
    build: {
      outDir: fileURLToPath(target),
      emptyOutDir: true,
      target: "es2022",
      reportCompressedSize: false,
      lib: { entry: "src/shared/live-player.ts", formats: ["es"], fileName: () => "live-player.mjs" },
      rollupOptions: { external: ["hls.js"], output: { paths: { "hls.js": "./hls.min.mjs" } } },
    },
  });
  await copyFile(new URL("node_modules/hls.js/dist/hls.min.mjs", import.meta.url), new URL("hls.min.mjs", target));
  await copyFile(new URL("node_modules/hls.js/LICENSE", import.meta.url), new URL("hls.LICENSE.txt", target));
}
