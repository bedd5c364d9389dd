// Before a built dashboard is uploaded: write into out/ which services it speaks to.
//   node scripts/configure.mjs FUNCTIONS_URL SUPABASE_URL PUBLISHABLE_KEY
import { readFile, writeFile } from "node:fs/promises";

const [functionsUrl, supabaseUrl, key] = process.argv.slice(2);
if (!functionsUrl || !supabaseUrl || !key) {
  console.error("Usage: node scripts/configure.mjs FUNCTIONS_URL SUPABASE_URL PUBLISHABLE_KEY");
  process.exit(2);
}
if (key.startsWith("sb_secret_")) {
  console.error("This is the secret key. The dashboard takes the publishable one: every visitor can read it.");
  process.exit(2);
}
const origins = { functions_url: new URL(functionsUrl).origin, supabase_url: new URL(supabaseUrl).origin };

await writeFile("out/config.json", `${JSON.stringify({ ...origins, publishable_key: key }, null, 2)}\n`);
const host = await readFile("out/staticwebapp.config.json", "utf8");
await writeFile("out/staticwebapp.config.json", host.replace(/<(functions_url|supabase_url)>/g, (_, name) => origins[name]));
console.log(`The dashboard in out/ speaks to ${origins.functions_url} and ${origins.supabase_url}.`);
