import { plain } from "./format";
import { settingsMessages } from "./messages/settings";

/** One environment variable, as it is typed. */
export interface Variable {
  name: string;
  value: string;
}
export type Variables = Record<string, string>;

export const MOST_VARIABLES = 32;
const MOST_BYTES = 2048;
const MOST_BYTES_TOGETHER = 8192;
const LEGAL = /^[A-Za-z_][A-Za-z0-9_]{0,63}$/;
/** Set by the service or by Slipway; the API refuses them too. */
const RESERVED = /^((AZUREML|AML|AZURE|MSI|IDENTITY|WORKER|SLIPWAY|PYTHON|LD|GUNICORN|UVICORN|CONDA)_.*|PYTHON[A-Z0-9]*|PATH|HOME|BASH_ENV|ENV|SCORING_TIMEOUT_MS)$/i;
const text = settingsMessages.variables;

/** Rows to edit, by name. */
export const rowsOf = (variables: Variables | null | undefined): Variable[] =>
  Object.entries(variables ?? {})
    .map(([name, value]) => ({ name, value }))
    .sort((one, other) => one.name.localeCompare(other.name));

/** What is sent; rows without name and value are nothing. */
export const variablesOf = (rows: Variable[]): Variables => Object.fromEntries(rows.filter(isFilled).map(({ name, value }) => [name.trim(), value]));

/** Why the API would refuse a row, by its place; and why all of them together. */
export function wrongVariables(rows: Variable[]): { rows: (string | null)[]; all: string | null } {
  const names = rows.map((row) => row.name.trim());
  const wrong = rows.map((row, at) => (isFilled(row) ? wrongRow(row, names.indexOf(names[at] ?? "") < at) : null));
  const filled = rows.filter(isFilled);
  const total = filled.reduce((sum, row) => sum + row.name.trim().length + bytesOf(row.value), 0);
  const all = filled.length > MOST_VARIABLES ? text.tooMany(filled.length) : total > MOST_BYTES_TOGETHER ? text.tooLong(plain(total), plain(MOST_BYTES_TOGETHER)) : null;
  return { rows: wrong, all };
}

export const areWrong = (rows: Variable[]) => {
  const { rows: wrong, all } = wrongVariables(rows);
  return all !== null || wrong.some(Boolean);
};

export const sameVariables = (one: Variables, other: Variables) => JSON.stringify(rowsOf(one)) === JSON.stringify(rowsOf(other));

function wrongRow({ name: typed, value }: Variable, isDouble: boolean): string | null {
  const name = typed.trim();
  if (!LEGAL.test(name)) return text.badName;
  if (RESERVED.test(name)) return text.reserved(name);
  if (isDouble) return text.double(name);
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/.test(value)) return text.unprintable;
  return bytesOf(value) > MOST_BYTES ? text.valueLong(plain(bytesOf(value)), plain(MOST_BYTES)) : null;
}

const isFilled = ({ name, value }: Variable) => name.trim() !== "" || value !== "";
const bytesOf = (value: string) => new TextEncoder().encode(value).length;
