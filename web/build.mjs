// Copies the browser builds that the try page imports into its folder.
import { copyFile, mkdir } from "node:fs/promises";

const target = new URL("../services/all-in-one/wwwroot/lib/", import.meta.url);
const files = ["hls.js/dist/hls.min.mjs", "hls.js/LICENSE"];

await mkdir(target, { recursive: true });
for (const file of files) {
  const name = file.endsWith("LICENSE") ? "hls.LICENSE.txt" : file.split("/").at(-1);
  await copyFile(new URL(`node_modules/${file}`, import.meta.url), new URL(name, target));
}
