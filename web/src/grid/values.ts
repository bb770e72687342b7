/** What the type of a column means for its values: how they are aligned, compared and shown. */
import type { Cell } from "./chunk";

const NUMBERS = new Set(["TINYINT", "SMALLINT", "INT", "BIGINT", "FLOAT", "DOUBLE", "DECIMAL"]);
const NESTED = new Set(["ARRAY", "MAP", "STRUCT", "VARIANT"]);

function baseType(sqlType: string): string {
  return sqlType.split(/[(<]/, 1)[0] ?? "";
}

export const isNumber = (sqlType: string): boolean => NUMBERS.has(baseType(sqlType));
export const isNested = (sqlType: string): boolean => NESTED.has(baseType(sqlType));

/**
 * Compares two cells by their places in `cells`. NULL comes last, whichever way. Whole numbers and decimals are compared
 * digit by digit where a float would round.
 */
export function comparer(cells: Cell[], sqlType: string, descending: boolean): (a: number, b: number) => number {
  // Read once: each is compared many times.
  const numbers = isNumber(sqlType) ? Float64Array.from(cells, (cell) => (cell === null ? NaN : Number(cell))) : undefined;
  return (a, b) => {
    const [x, y] = [cells[a] ?? null, cells[b] ?? null];
    if (x === null || y === null) return x === y ? 0 : x === null ? 1 : -1;
    const order = numbers ? compareNumbers(numbers[a] ?? NaN, numbers[b] ?? NaN, x, y) : x < y ? -1 : x > y ? 1 : 0;
    return descending ? -order : order;
  };
}

function compareNumbers(x: number, y: number, a: string, b: string): number {
  if (x < y) return -1;
  if (x > y) return 1;
  if (x === y) return a === b || !Number.isFinite(x) ? 0 : digits(a, b);
  return Number(Number.isNaN(x)) - Number(Number.isNaN(y));
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

/** One cell of a table that is pasted into a spreadsheet: quoted where a tab or a line break would break it. */
export function tsvCell(cell: Cell): string {
  const text = cell ?? "";
  return /[\t\n\r"]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
