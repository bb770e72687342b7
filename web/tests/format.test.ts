import assert from "node:assert/strict";
import { test } from "node:test";
import { formatted } from "../src/format";

const QUERIES = [
  "select a::int, b::decimal(10,2), c ?:: date from t",
  "from t |> where a > 1 |> select a, b",
  "select payload:date, raw:items[0].price::double, (raw):x, raw:a.b from t where d=:day and x:y.z = :z",
  "select * from range(10) where id in (:a,:b) limit :n",
  "select transform(xs, x -> x + 1), f(a => 1, b => :b), a<=>b, a||b, a<<2, b!=c, b==c from t",
  "create table t (a struct<x: int, y: array<array<string>>>, b map<string,int>)",
  "merge into a using b on a.id=b.id when matched then update set * when not matched then insert *",
  "select r'\\d+', 'it''s', 'a\\'b  c', \"q\"\"q\", `a b`, :x from `c`.`D` -- Note  two\n /* block\n   two */ where a!=-1 and c>=1e-5 and - 1<a",
  "select date, Year from t qualify row_number() over (partition by a order by b desc)=1",
  "begin declare x int default 1; if x>1 then select 1; else select 2; end if; end",
  "create function f(x int) returns int language python as $$\n  return  x  # don't\n$$",
  "select case when a then b else c end, cast(a as array<int>) from a left join b using (id) union all select 1, 2",
];

test("what is laid out differs in blanks and in the case of words only", () => {
  // Blanks count within strings, quoted names and comments, and there the case does, too.
  const bare = (sql: string) =>
    sql
      .split(/(r'[^']*'|\$\$[\s\S]*?\$\$|'(?:\\.|''|[^'])*'|"(?:""|[^"])*"|`[^`]*`|--[^\n]*)/)
      .map((piece, index) => (index % 2 ? piece : piece.replace(/\s+/g, "").toLowerCase()))
      .join("");
  for (const sql of QUERIES) {
    const after = formatted(sql);
    assert.ok(after !== undefined, sql);
    assert.equal(bare(after), bare(sql));
    assert.equal(formatted(after), after, "laid out again it is the same");
  }
});

test("casts, pipes and paths stay whole", () => {
  assert.equal(formatted("select a::int, b::decimal(10,2) from t"), "SELECT\n  a::int,\n  b::decimal(10, 2)\nFROM\n  t");
  assert.match(formatted("from t |> where a > 1") ?? "", /\|>\s+WHERE/);
  assert.equal(formatted("select payload:date where d = :day"), "SELECT\n  payload:date\nWHERE\n  d = :day");
});

test("a text that would say something else afterwards is not laid out", () => {
  assert.equal(formatted("select a !> b"), undefined);
  assert.throws(() => formatted("select 'open"));
});
