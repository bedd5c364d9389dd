// After `next build`: scripts that stand in the pages move into files, in their order, so that the
// Content-Security-Policy can be `script-src 'self'`, without hashes that change with each build.
import { createHash } from "node:crypto";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

const OUT = "out";
const FOLDER = "_next/static/inline";
const INLINE = /<script(?![^>]*\ssrc=)([^>]*)>([\s\S]*?)<\/script>/g;
/** Neighbours become one file: one request in place of several. */
const NEIGHBOURS = /(?:<script>[\s\S]*?<\/script>){2,}/g;

await mkdir(join(OUT, FOLDER), { recursive: true });
for (const entry of await readdir(OUT, { recursive: true })) {
  if (!entry.endsWith(".html")) continue;
  const page = join(OUT, entry);
  await writeFile(page, await externalized(await readFile(page, "utf8")));
}

async function externalized(html) {
  const joined = html.replace(NEIGHBOURS, (scripts) => `<script>${[...scripts.matchAll(INLINE)].map((each) => each[2]).join(";\n")}</script>`);
  const files = new Map();
  const moved = joined.replace(INLINE, (_, attributes, code) => {
    const name = `${createHash("sha256").update(code).digest("hex").slice(0, 16)}.js`;
    files.set(name, code);
    return `<script${attributes} src="/${FOLDER}/${name}"></script>`;
  });
  await Promise.all([...files].map(([name, code]) => writeFile(join(OUT, FOLDER, name), code)));
  return moved;
}
