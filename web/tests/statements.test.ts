import assert from "node:assert/strict";
import { test } from "node:test";
import { beginOf, statementAt, statements } from "../src/statements";
import { markers } from "../src/tokens";

const parts = (text: string) => statements(text).map(({ from, to }) => text.slice(from, to));

test("a statement is found around the cursor, and where it begins is told", () => {
  const text = "SELECT 1;\n  SELECT ';' AS x; -- a;b\nSELECT 3";
  const range = statementAt(text, 15);
  assert.deepEqual(range, { from: 12, to: 27 });
  assert.deepEqual(beginOf(text, 12), { line: 1, column: 2 });
  assert.deepEqual(beginOf(text, 0), { line: 0, column: 0 });
});

test("a comment alone is no statement, and one before a statement belongs to it", () => {
  assert.deepEqual(parts("SELECT 1; -- done\n"), ["SELECT 1"]);
  assert.deepEqual(parts("-- one\nSELECT 1;\n/* two */ SELECT 2;;"), ["-- one\nSELECT 1", "/* two */ SELECT 2"]);
  assert.deepEqual(parts("-- nothing"), []);
});

test("quotes, raw strings and bodies between dollars hold semicolons", () => {
  const texts = ["SELECT 'it''s; a', \"b;\", `c;`, 'd\\';'", "SELECT r'\\', 1", "CREATE FUNCTION f() RETURNS INT LANGUAGE PYTHON AS $$\n# don't;\nreturn 1\n$$"];
  assert.deepEqual(parts(texts.join(";\n")), texts);
});

test("a block is one statement, with whatever it holds", () => {
  const blocks = [
    "BEGIN\n  DECLARE x INT DEFAULT 1;\n  SELECT x;\nEND",
    "BEGIN ATOMIC SELECT 1; END",
    "BEGIN END",
    "BEGIN SELECT CASE WHEN a THEN 1 ELSE 2 END; SELECT 2; END",
    "BEGIN CASE x WHEN 1 THEN SELECT 1; IF y THEN SELECT 2; END IF; ELSE SELECT 3; END CASE; SELECT 4; END",
    "outer: BEGIN IF a > 1 THEN SELECT 1; ELSE BEGIN SELECT 2; END; END IF; END outer",
    "BEGIN WHILE x < 3 DO SET x = x + 1; END WHILE; REPEAT SET x = 1; UNTIL x = 1 END REPEAT; LOOP LEAVE l; END LOOP; FOR r AS SELECT 1 DO SELECT r; END FOR; END",
    "BEGIN DECLARE EXIT HANDLER FOR SQLEXCEPTION BEGIN SELECT 1; END; SELECT 2; END",
    "BEGIN SELECT begin, end FROM t; SELECT t.end; END",
    "CREATE OR REPLACE PROCEDURE p(x INT) LANGUAGE SQL AS BEGIN SELECT 1; SELECT 2; END",
  ];
  assert.deepEqual(parts(["SELECT 0", ...blocks, "SELECT 1"].join(";\n")), ["SELECT 0", ...blocks, "SELECT 1"]);
});

test("what only looks like a block is none", () => {
  const texts = ["BEGIN TRANSACTION", "SELECT 1", "COMMIT", "BEGIN", "SELECT begin, end FROM t", "CREATE TABLE t (begin INT, end INT)", "SELECT CASE WHEN a THEN 1 END", "SELECT :begin", "DECLARE VARIABLE x INT", "SELECT 2"];
  assert.deepEqual(parts(texts.join(";")), texts);
});

test("markers are what the page takes for them", () => {
  const of = (sql: string) => [...markers(sql)];
  assert.deepEqual(of("SELECT :a + :b, :a"), ["a", "b"]);
  assert.deepEqual(of("SELECT ':no', \"x:no\", `a:no`, 'it''s :no', 'a\\':no' -- :no\n, :yes /* :no */"), ["yes"]);
  assert.deepEqual(of("SELECT a::INT, raw:owner, f(x):y, b[1:2], ARRAY(1)[0]:z, `q`:w"), []);
  assert.deepEqual(of("WHERE d>=:from_day AND d<:to_day"), ["from_day", "to_day"]);
});
