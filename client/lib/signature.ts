/** What a model takes: its columns, and one row that it is known to accept. */
export interface Column {
  name: string;
  type: "number" | "string" | "boolean" | "datetime" | "any";
  required: boolean;
}

export interface Signature {
  columns: Column[];
  example: Row;
}

export type Cell = number | string | boolean | null;
export type Row = Record<string, Cell>;
/** What is typed: empty text is a missing value. */
export type TypedRow = Record<string, string>;

/** The signature in the endpoint's Swagger document; null where it has none. */
export function signatureOf(document: unknown): Signature | null {
  const input = get(document, "definitions", "ServiceInput");
  const row = get(input, "properties", "data", "items");
  const properties = get(row, "properties");
  if (!isObject(properties)) return null;
  const required = get(row, "required");
  const columns = Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    required: Array.isArray(required) && required.includes(name),
  }));
  const example = get(input, "example", "data", "0");
  return columns.length ? { columns, example: isObject(example) ? (example as Row) : {} } : null;
}

/** What lies at this path of a document, if anything does. */
function get(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>((inner, name) => (typeof inner === "object" && inner !== null ? (inner as Record<string, unknown>)[name] : undefined), value);
}

function typeOf(schema: unknown): Column["type"] {
  const { type, format } = (schema ?? {}) as { type?: string; format?: string };
  if (type === "number" || type === "integer") return "number";
  if (type === "boolean") return "boolean";
  if (type === "string") return format === "date-time" ? "datetime" : "string";
  return "any";
}

/** A row as text for the form. */
export const typed = (row: Row, columns: Column[]): TypedRow =>
  Object.fromEntries(columns.map(({ name }) => [name, row[name] == null ? "" : String(row[name])]));

/** The row that a typed one means. */
export function meant(row: TypedRow, columns: Column[]): Row {
  return Object.fromEntries(columns.map(({ name, type }) => [name, cell(row[name] ?? "", type)]));
}

export function cell(text: string, type: Column["type"]): Cell {
  const bare = text.trim();
  if (!bare) return null;
  if (type === "number" || type === "any") {
    const number = Number(bare);
    return Number.isNaN(number) ? text : number;
  }
  if (type === "boolean") return /^(true|yes|1)$/i.test(bare) ? true : /^(false|no|0)$/i.test(bare) ? false : text;
  return text;
}

export const wrongCell = (text: string, column: Column): boolean =>
  column.type === "number" && text.trim() !== "" && Number.isNaN(Number(text.trim()));

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null && !Array.isArray(value);
