/** What the type of a column means for its values: how they are aligned, compared and shown. */
import type { Cell } from "./chunks";

const NUMBERS = new Set(["TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL"]);
const NESTED = new Set(["ARRAY", "MAP", "STRUCT", "VARIANT"]);

function baseType(sqlType: string): string {
  return sqlType.split(/[(<]/, 1)[0] ?? "";
}

export const isNumber = (sqlType: string): boolean => NUMBERS.has(baseType(sqlType));
export const isNested = (sqlType: string): boolean => NESTED.has(baseType(sqlType));

/** NULL comes last, whichever way. Whole numbers and decimals are compared digit by digit where a float would round. */
export function comparer(sqlType: string, descending: boolean): (a: Cell, b: Cell) => number {
  const compare = isNumber(sqlType) ? numbers : (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
  return (a, b) => {
    if (a === null || b === null) return a === b ? 0 : a === null ? 1 : -1;
    return descending ? compare(b, a) : compare(a, b);
  };
}

function numbers(a: string, b: string): number {
  const [x, y] = [Number(a), Number(b)];
  if (x !== y || a === b) return Number.isNaN(x) || Number.isNaN(y) ? Number(Number.isNaN(x)) - Number(Number.isNaN(y)) : x - y;
  return digits(a, b);
}

/** The floats are the same, so the signs and the magnitudes are; the digits decide. */
function digits(a: string, b: string): number {
  const negative = a.startsWith("-");
  const [[wholeA, restA], [wholeB, restB]] = [a, b].map((text) => {
    const [whole = "", rest = ""] = text.replace("-", "").split(".");
    return [BigInt(/^\d+$/.test(whole) ? whole : "0"), rest] as const;
  }) as [readonly [bigint, string], readonly [bigint, string]];
  const length = Math.max(restA.length, restB.length);
  const [x, y] = [restA.padEnd(length, "0"), restB.padEnd(length, "0")];
  const order = wholeA < wholeB ? -1 : wholeA > wholeB ? 1 : x < y ? -1 : x > y ? 1 : 0;
  return negative ? -order : order;
}

/** A nested value with line breaks; any other as it is. */
export function whole(cell: Cell, sqlType: string): string {
  if (cell === null) return "NULL";
  if (!isNested(sqlType)) return cell;
  try {
    JSON.parse(cell);
  } catch {
    return cell;
  }
  return indented(cell);
}

/** Formats JSON without reading numbers, which would lose digits. */
function indented(json: string): string {
  let [text, depth] = ["", 0];
  const line = () => `\n${"  ".repeat(depth)}`;
  for (const [token] of json.matchAll(/"(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+/g)) {
    if (token === "{" || token === "[") {
      depth++;
      text += token + line();
    } else if (token === "}" || token === "]") {
      depth--;
      text = text.endsWith(`${token === "}" ? "{" : "["}\n${"  ".repeat(depth + 1)}`) ? text.trimEnd() + token : text + line() + token;
    } else if (token === ",") text += token + line();
    else text += token === ":" ? ": " : token;
  }
  return text;
}

/** One cell of a table that is pasted into a spreadsheet: quoted where a tab or a line break would break it. */
export function tsvCell(cell: Cell): string {
  const text = cell ?? "";
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
