/** Sorting and filtering: of the rows that are here, and the same as a clause of SQL. */
import type { Cell } from "./chunk";
import type { Chunks } from "./chunks";
import type { Shown } from "./columns";
import { Slices } from "./slices";
import { sorted } from "./sorting";
import { comparer } from "./values";

export interface Sort {
  /** Which column of the result. */
  column: number;
  descending: boolean;
}

/** Rows as they are to be shown. */
export interface Arranged {
  rows: Uint32Array;
  /** Of how many rows, which were all that were here. */
  within: number;
}

/** Throws [`Outdated`] as soon as `current` is no more. */
export async function arranged(chunks: Chunks, sort: Sort | undefined, filter: string, current: () => boolean): Promise<Arranged> {
  const slices = new Slices(current);
  const matches = filter ? matcher(chunks, filter) : undefined;
  const found: number[] = [];
  const cells: Cell[] = [];
  let within = 0;
  // Chunks come and go meanwhile.
  for (const index of chunks.present()) {
    if ((index & 63) === 0 && slices.full) await slices.pause();
    const cell = sort ? chunks.cell(index, sort.column) : null;
    if (cell === undefined) continue;
    within++;
    if (matches && !matches(index)) continue;
    found.push(index);
    if (sort) cells.push(cell);
  }
  if (!sort) return { rows: Uint32Array.from(found), within };
  const compare = comparer(cells, chunks.shape.columns[sort.column]?.sql_type ?? "", sort.descending);
  const places = await sorted(found.length, compare, slices);
  return { rows: places.map((place) => found[place] ?? 0), within };
}

/** Whether a cell of a row holds the text, in whatever case. Most rows are told by their JSON, which is not taken apart. */
function matcher(chunks: Chunks, filter: string): (index: number) => boolean {
  const wanted = filter.toLowerCase();
  const asItIs = /^[ !#-.0-[\]-~]+$/.test(wanted);
  return (index) => {
    const json = chunks.text(index);
    if (json === undefined) return false;
    if (asItIs && !json.includes("\\u") && !json.toLowerCase().includes(wanted)) return false;
    return (JSON.parse(json) as Cell[]).some((cell) => cell?.toLowerCase().includes(wanted));
  };
}

/** The name of a column that a clause would need and that another has, too. SQL does not look at the case of names. */
export function ambiguous(columns: Shown[], sort: Sort | undefined, filter: string): string | undefined {
  const needed = filter ? columns : columns.filter(({ index }) => index === sort?.column);
  const same = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();
  return needed.find(({ index, name }) => columns.some((other) => other.index !== index && same(other.name, name)))?.name;
}

export function clause(columns: Shown[], sort: Sort | undefined, filter: string): string {
  const text = filter.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
  const where = filter ? `WHERE ${columns.map((column) => `contains(lower(${textOf(column)}), lower('${text}'))`).join("\n   OR ")}` : "";
  const by = columns.find((column) => column.index === sort?.column);
  const order = by ? `ORDER BY ${quoted(by.name)}${sort?.descending ? " DESC" : ""} NULLS LAST` : "";
  return [where, order].filter(Boolean).join("\n");
}

/** The text that the filter looks at. A cast would write moments with a blank between day and time, and without their zone. */
function textOf({ name, type }: Shown): string {
  const written = (zone: string) => `replace(date_format(${quoted(name)}, 'yyyy-MM-dd HH:mm:ss.SSS${zone}'), ' ', 'T')`;
  if (type === "TIMESTAMP") return written("XXX");
  if (type === "TIMESTAMP_NTZ") return written("");
  return `CAST(${quoted(name)} AS STRING)`;
}

const quoted = (name: string): string => `\`${name.replaceAll("`", "``")}\``;
