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

/** The signature in the endpoint's OpenAPI or Swagger document; null where it has none. */
export function signatureOf(document: unknown): Signature | null {
  const rows = find(document, isRows);
  if (!rows) return null;
  const { properties, required } = rows.items;
  const columns = Object.entries(properties).map(([name, schema]) => ({
    name,
    type: typeOf(schema),
    required: required?.includes(name) ?? false,
  }));
  const example = Array.isArray(rows.example) && isObject(rows.example[0]) ? (rows.example[0] as Row) : {};
  return columns.length ? { columns, example } : null;
}

interface Rows {
  items: { properties: Record<string, unknown>; required?: string[] };
  example?: unknown;
}

const isRows = (value: unknown): value is Rows =>
  isObject(value) && value["type"] === "array" && isObject(value["items"]) && isObject(value["items"]["properties"]) && "example" in value;

function find<T>(value: unknown, wanted: (value: unknown) => value is T): T | null {
  if (wanted(value)) return value;
  if (typeof value !== "object" || value === null) return null;
  for (const child of Object.values(value)) {
    const found = find(child, wanted);
    if (found) return found;
  }
  return null;
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
