import assert from "node:assert/strict";
import { test } from "node:test";
import { millis, momentText, moments } from "../src/grid/moments";
import { seriesOf } from "../src/grid/series";
import { fitted, linear } from "../src/grid/scales";

const texts = (values: number[]) => linear(values, false).ticks.map(({ text }) => text);

test("ticks are round, and told apart", () => {
  assert.deepEqual(texts([0, 98]), ["0", "20", "40", "60", "80", "100"]);
  assert.deepEqual(texts([0.1, 0.5]), ["0.1", "0.2", "0.3", "0.4", "0.5"]);
  assert.deepEqual(texts([1_000_000, 1_000_004]), ["1,000,000", "1,000,001", "1,000,002", "1,000,003", "1,000,004"]);
  assert.deepEqual(texts([1_000_000, 1_400_000]), ["1.0M", "1.1M", "1.2M", "1.3M", "1.4M"]);
  assert.deepEqual(texts([0, 20_000]), ["0", "5K", "10K", "15K", "20K"]);
  assert.deepEqual(texts([0, 4e-9]), ["0", "1e-9", "2e-9", "3e-9", "4e-9"]);
  assert.deepEqual(fitted(linear([1.2, 8.9], false), [1.2, 8.9]).ticks.map(({ at }) => at), [2, 4, 6, 8]);
});

test("moments are read in UTC and ticked where calendars are", () => {
  assert.equal(millis("2016-01-10T00:00:00.000"), millis("2016-01-10"));
  assert.ok(Number.isNaN(millis("soon")));
  const ticks = (from: string, to: string) => moments([millis(from), millis(to)]).ticks.map(({ text, below }) => (below ? `${text}/${below}` : text));
  assert.deepEqual(ticks("2016-01-01", "2016-01-03"), ["00:00/2016-01-01", "12:00", "00:00/2016-01-02", "12:00", "00:00/2016-01-03"]);
  assert.deepEqual(ticks("2016-01-01", "2016-12-31"), ["2016-01", "2016-03", "2016-05", "2016-07", "2016-09", "2016-11", "2017-01"]);
  assert.deepEqual(ticks("2016-01-01", "2016-02-01"), ["2016-01-04", "2016-01-11", "2016-01-18", "2016-01-25", "2016-02-01"]);
  assert.deepEqual(ticks("1999-06-01", "2011-06-01"), ["2000", "2002", "2004", "2006", "2008", "2010"]);
});

test("moments are written without what says nothing", () => {
  assert.equal(momentText("2016-01-10"), "2016-01-10");
  assert.equal(momentText("2016-01-10T00:00:00.000Z"), "2016-01-10");
  assert.equal(momentText("2016-01-10T12:34:50.000Z"), "2016-01-10 12:34:50");
  assert.equal(momentText("2016-01-10T12:34:50.250Z"), "2016-01-10 12:34:50.25");
});

test("a chart stands in the zone of its moments, and in UTC where they are of several", () => {
  const series = (...moments: string[]) => seriesOf("line", [{ name: "t", sql_type: "TIMESTAMP" }, { name: "n", sql_type: "INT" }], moments.map((moment) => [moment, "1"]), 0, 1);
  const said = (...moments: string[]) => {
    const { points, xTitle } = series(...moments);
    return [xTitle, ...points.map(({ label, position }) => `${label} = ${new Date(position ?? NaN).toISOString()}`)];
  };
  assert.deepEqual(said("2016-01-10T10:00:00.000-08:00"), ["t, UTC-08:00", "2016-01-10 10:00:00 = 2016-01-10T10:00:00.000Z"]);
  assert.deepEqual(said("2016-01-10T10:00:00.000Z"), ["t, UTC", "2016-01-10 10:00:00 = 2016-01-10T10:00:00.000Z"]);
  assert.deepEqual(said("2016-01-10T10:00:00.000"), ["t", "2016-01-10 10:00:00 = 2016-01-10T10:00:00.000Z"]);
  assert.deepEqual(said("2016-03-12T10:00:00.000-08:00", "2016-03-13T10:00:00.000-07:00"), [
    "t, UTC",
    "2016-03-12 18:00:00 = 2016-03-12T18:00:00.000Z",
    "2016-03-13 17:00:00 = 2016-03-13T17:00:00.000Z",
  ]);
});
