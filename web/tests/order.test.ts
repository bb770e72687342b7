import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chunks } from "../src/grid/chunks";
import { columnsOf } from "../src/grid/columns";
import { ambiguous, arranged, clause } from "../src/grid/order";
import { Outdated, Slices } from "../src/grid/slices";
import { sorted } from "../src/grid/sorting";

function here(rows: (string | null)[][], sql_type: string): Chunks {
  return {
    shape: { columns: [{ name: "n", sql_type }] },
    present: () => rows.keys(),
    cell: (index: number, column: number) => rows[index]?.[column],
    text: (index: number) => JSON.stringify(rows[index]),
  } as unknown as Chunks;
}

test("rows are sorted by value, NULL last, and digits decide where floats are the same", async () => {
  const rows = [["2"], ["10"], [null], ["-3"], ["9007199254740993"], ["9007199254740992"]];
  const order = async (descending: boolean) => [...(await arranged(here(rows, "BIGINT"), { column: 0, descending }, "", () => true)).rows];
  assert.deepEqual(await order(false), [3, 0, 1, 5, 4, 2]);
  assert.deepEqual(await order(true), [4, 5, 1, 0, 3, 2]);
});

test("moments are sorted by when they are, whatever their zones", async () => {
  // The clock is put back between them.
  const rows = [["2016-11-06T01:30:00.000-08:00"], ["2016-11-06T01:45:00.000-07:00"], [null], ["2016-11-06T09:00:00.000Z"], ["2016-11-06T09:00:00.000123Z"], ["2016-11-06T09:00:00Z"], ["+10000-01-01T00:00:00Z"], ["?"]];
  const order = async (descending: boolean) => [...(await arranged(here(rows, "TIMESTAMP"), { column: 0, descending }, "", () => true)).rows];
  assert.deepEqual(await order(false), [1, 3, 5, 4, 0, 6, 7, 2]);
  assert.deepEqual(await order(true), [7, 6, 0, 4, 3, 5, 1, 2]);
});

test("the clause of SQL looks at the texts that the grid looks at, and needs names that say which column", () => {
  const columns = (names: Record<string, string>) => columnsOf({ columns: Object.entries(names).map(([name, sql_type]) => ({ name, sql_type })) } as never);
  const some = columns({ t: "TIMESTAMP", l: "TIMESTAMP_NTZ", d: "DATE" });
  assert.equal(
    clause(some, { column: 2, descending: true }, "10T"),
    "WHERE contains(lower(replace(date_format(`t`, 'yyyy-MM-dd HH:mm:ss.SSSXXX'), ' ', 'T')), lower('10T'))\n" +
      "   OR contains(lower(replace(date_format(`l`, 'yyyy-MM-dd HH:mm:ss.SSS'), ' ', 'T')), lower('10T'))\n" +
      "   OR contains(lower(CAST(`d` AS STRING)), lower('10T'))\nORDER BY `d` DESC NULLS LAST",
  );
  const twice = columns({ a: "INT", b: "INT", A: "INT" });
  assert.equal(ambiguous(twice, undefined, "x"), "a");
  assert.equal(ambiguous(twice, { column: 2, descending: false }, ""), "A");
  assert.equal(ambiguous(twice, { column: 1, descending: false }, ""), undefined);
});

test("filtering looks at what cells say, in whatever case", async () => {
  const rows = [["a null"], [null], ['say "HI"'], ["ÄRGER"], ["x,y"]];
  const found = async (filter: string) => [...(await arranged(here(rows, "STRING"), undefined, filter, () => true)).rows];
  assert.deepEqual(await found("null"), [0]);
  assert.deepEqual(await found('"hi"'), [2]);
  assert.deepEqual(await found("ärg"), [3]);
  assert.deepEqual(await found(","), [4]);
  assert.equal((await arranged(here(rows, "STRING"), undefined, "null", () => true)).within, 5);
});

test("many rows are sorted in slices, stably, and given up when nobody waits", async () => {
  const values = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 1_000);
  const compare = (a: number, b: number) => (values[a] ?? 0) - (values[b] ?? 0);
  const places = await sorted(values.length, compare, new Slices(() => true));
  assert.deepEqual([...places], [...values.keys()].sort((a, b) => compare(a, b) || a - b));
  await assert.rejects(sorted(values.length, compare, new Slices(() => false)), Outdated);
});
