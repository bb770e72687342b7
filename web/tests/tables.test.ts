import assert from "node:assert/strict";
import { test } from "node:test";
import { quoted } from "../src/names";
import { tablesOf, wholePath } from "../src/tables";

test("the tables of a statement are found with what it calls them", () => {
  const sql = "SELECT 'from x' FROM a.b.c AS t, `my cat`.s.`d``e` u -- from no.no.no\nLEFT JOIN q.r.s ON t.id = u.id JOIN (SELECT * FROM i.n.r WHERE 1) WHERE range(3)";
  assert.deepEqual(tablesOf(sql), [
    { path: ["a", "b", "c"], alias: "t" },
    { path: ["my cat", "s", "d`e"], alias: "u" },
    { path: ["q", "r", "s"], alias: undefined },
    { path: ["i", "n", "r"], alias: undefined },
  ]);
  assert.deepEqual(tablesOf("SELECT * FROM range(10) r"), []);
  assert.deepEqual(tablesOf("SELECT FROM"), []);
});

test("a table's names are whole with the catalog and schema that were chosen", () => {
  const [none, catalog, both] = [{ catalog: null, schema: null }, { catalog: "c", schema: null }, { catalog: "c", schema: "s" }];
  assert.deepEqual([none, catalog, both].map((chosen) => wholePath(["x", "y", "t"], chosen)), [["x", "y", "t"], ["x", "y", "t"], ["x", "y", "t"]]);
  assert.deepEqual([none, catalog, both].map((chosen) => wholePath(["y", "t"], chosen)), [undefined, ["c", "y", "t"], ["c", "y", "t"]]);
  assert.deepEqual([none, catalog, both].map((chosen) => wholePath(["t"], chosen)), [undefined, ["c", "default", "t"], ["c", "s", "t"]]);
});

test("names are quoted when they would be read as something else", () => {
  assert.deepEqual(["plain", "_x1", "1st", "two words", "select", "Order", "a`b", "größe"].map(quoted), ["plain", "_x1", "`1st`", "`two words`", "`select`", "`Order`", "`a``b`", "`größe`"]);
});
