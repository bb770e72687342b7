import assert from "node:assert/strict";
import { test } from "node:test";
import { placed, typeText, type Shown } from "../src/grid/columns";
import { drawn, pieces } from "../src/grid/marks";
import { learnZones, zoneOf } from "../src/grid/zones";

const column = (width: number, pinned = false): Shown => ({ index: 0, name: "c", type: "TIMESTAMP", zone: undefined, width, hidden: false, pinned });

test("the head says of moments what they say", () => {
  assert.deepEqual(["10:00:00.000Z", "10:00:00+00:00", "10:00:00.000-08:00", "10:00:00.000"].map((time) => zoneOf(`2016-01-10T${time}`)), ["UTC", "UTC", "UTC-08:00", undefined]);
  assert.equal(zoneOf("2016-01-10"), undefined);
  const shown = column(100);
  assert.equal(typeText(shown), "TIMESTAMP");
  assert.equal(learnZones([shown], [[null], ["2016-01-10T10:00:00.000-08:00"], undefined]), true);
  assert.equal(typeText(shown), "TIMESTAMP, UTC-08:00");
  assert.equal(learnZones([shown], [["2016-01-11T10:00:00.000-08:00"]]), false);
  assert.equal(learnZones([shown], [["2016-07-11T10:00:00.000-07:00"]]), true);
  assert.equal(typeText(shown), "TIMESTAMP, with zones");
});

test("pinned columns leave half of the view", () => {
  const lay = (columns: Shown[]) => placed(columns, 30, 400).map(({ left, width }) => [left, width]);
  assert.deepEqual(lay([column(150, true), column(100)]), [[30, 150], [180, 100]]);
  assert.deepEqual(lay([column(360, true), column(40, true), column(100)]), [[30, 180], [210, 20], [230, 100]]);
});

test("what one line cannot show is drawn as a sign", () => {
  assert.deepEqual(pieces("a\r\nb\tc\n", 100), ["a", "↵", "b", "⇥", "c", "↵", ""]);
  assert.equal(drawn("\nx", 100), "↵x");
  assert.equal(drawn("abcd", 3), "abc…");
});
