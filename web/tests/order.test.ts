import assert from "node:assert/strict";
import { test } from "node:test";
import type { Chunks } from "../src/grid/chunks";
import { arranged } from "../src/grid/order";
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
