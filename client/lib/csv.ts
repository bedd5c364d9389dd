import { scoreMessages } from "./messages/deployment";
import { cell, type Column, type Row } from "./signature";

export class BadCsv extends Error {}

const SEPARATORS = [",", ";", "\t"];

/** Rows of a table with a header line; cells in quotes may hold anything. Raises BadCsv. */
export function rowsOfCsv(text: string, columns: Column[]): Row[] {
  const lines = table(text.trim());
  const header = lines.shift()?.map((name) => name.trim());
  if (!header || lines.length === 0) throw new BadCsv(scoreMessages.csvEmpty);
  const types = new Map(columns.map((column) => [column.name, column.type]));
  return lines.map((cells, index) => {
    if (cells.length !== header.length) throw new BadCsv(scoreMessages.csvRagged(index + 2, cells.length, header.length));
    return Object.fromEntries(header.map((name, place) => [name, cell(cells[place] ?? "", types.get(name) ?? "any")]));
  });
}

function table(text: string): string[][] {
  const separator = separatorOf(text.split("\n", 1)[0] ?? "");
  const lines: string[][] = [];
  let line: string[] = [];
  let current = "";
  let quoted = false;
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (quoted) {
      if (character !== '"') current += character;
      else if (text[at + 1] === '"') current += text[at++];
      else quoted = false;
    } else if (character === '"' && current === "") quoted = true;
    else if (character === separator) (line.push(current), (current = ""));
    else if (character === "\n") (line.push(current), lines.push(line), (line = []), (current = ""));
    else if (character !== "\r") current += character;
  }
  line.push(current);
  lines.push(line);
  return lines.filter((cells) => cells.some((each) => each.trim() !== ""));
}

/** The separator that splits the header most. */
function separatorOf(header: string): string {
  return SEPARATORS.reduce((best, each) => (header.split(each).length > header.split(best).length ? each : best));
}
