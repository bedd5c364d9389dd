/** The same call from a user's own code; the key comes from the environment. */
export function curl(uri: string, body: string): string {
  return [
    `curl '${uri}' \\`,
    `  -H "Authorization: Bearer $SLIPWAY_KEY" \\`,
    `  -H 'Content-Type: application/json' \\`,
    `  -d '${compact(body).replaceAll("'", `'\\''`)}'`,
  ].join("\n");
}

export function python(uri: string, body: string): string {
  return [
    "import json, os",
    "from urllib.request import Request, urlopen",
    "",
    `body = json.loads(r"""${compact(body).replaceAll('"""', '\\"\\"\\"')}""")`,
    "request = Request(",
    `    ${JSON.stringify(uri)},`,
    "    data=json.dumps(body).encode(),",
    '    headers={"Authorization": "Bearer " + os.environ["SLIPWAY_KEY"], "Content-Type": "application/json"},',
    ")",
    "print(json.load(urlopen(request)))",
  ].join("\n");
}

export function javascript(uri: string, body: string): string {
  return [
    `const reply = await fetch(${JSON.stringify(uri)}, {`,
    '  method: "POST",',
    '  headers: { Authorization: `Bearer ${process.env.SLIPWAY_KEY}`, "Content-Type": "application/json" },',
    `  body: JSON.stringify(${compact(body)}),`,
    "});",
    "console.log(await reply.json());",
  ].join("\n");
}

function compact(body: string): string {
  try {
    return JSON.stringify(JSON.parse(body));
  } catch {
    return body;
  }
}
