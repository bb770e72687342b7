// Beside every bundle its brotli and gzip forms, so that the server sends them as they are.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { brotliCompressSync, gzipSync } from "node:zlib";

const folder = new URL("../public/web/", import.meta.url);
for (const name of readdirSync(folder).filter((name) => name.endsWith(".js"))) {
  const text = readFileSync(new URL(name, folder));
  writeFileSync(new URL(`${name}.br`, folder), brotliCompressSync(text));
  writeFileSync(new URL(`${name}.gz`, folder), gzipSync(text, { level: 9 }));
}
