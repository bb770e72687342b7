import assert from "node:assert/strict";
import { test } from "node:test";
import { glance, laidOut, nested } from "../src/grid/nested";

test("nested values keep their digits and their order", () => {
  const value = nested('{"b": [9007199254740993, null, {}], "a":{"x":"1:2,3"}, "b":[]}');
  assert.ok(value);
  assert.equal(laidOut(value), '{\n  "b": [\n    9007199254740993,\n    null,\n    {}\n  ],\n  "a": {\n    "x": "1:2,3"\n  },\n  "b": []\n}');
  assert.equal(glance(value), '{b: [9007199254740993, null, {}], a: {x: "1:2,3"}, b: []}');
  assert.equal(nested("{half"), undefined);
});
