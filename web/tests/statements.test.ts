import assert from "node:assert/strict";
import { test } from "node:test";
import { beginOf, statementAt } from "../src/statements";

test("a statement is found around the cursor, and where it begins is told", () => {
  const text = "SELECT 1;\n  SELECT ';' AS x; -- a;b\nSELECT 3";
  const range = statementAt(text, 15);
  assert.deepEqual(range, { from: 12, to: 27 });
  assert.deepEqual(beginOf(text, 12), { line: 1, column: 2 });
  assert.deepEqual(beginOf(text, 0), { line: 0, column: 0 });
});
