import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { Chunk } from "../src/grid/chunk";
import { Chunks, TooLarge, type Shape } from "../src/grid/chunks";

const shape = (chunks: number[]): Shape => ({ columns: [{ name: "n", sql_type: "BIGINT" }], total_rows: 0, truncated: false, chunks, external: false });
const silent = { changed() {}, failed(error: Error) { throw error; } };
const browserFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = browserFetch;
});

/** A server whose answers wait to be let go. */
function server(rows: number) {
  const under = new Map<number, () => void>();
  const state = { asked: [] as number[], aborted: [] as number[], user: undefined as string | undefined, under, most: 0 };
  globalThis.fetch = ((address: string, { signal, headers }: { signal: AbortSignal; headers: Record<string, string> }) => {
    const number = Number(/chunks\/(\d+)/.exec(address)?.[1]);
    state.asked.push(number);
    state.user = headers["x-lakefront-user"];
    return new Promise((resolve, reject) => {
      under.set(number, () => resolve(new Response(JSON.stringify(Array.from({ length: rows }, (_, row) => [`${number}-${row}`])))));
      state.most = Math.max(state.most, under.size);
      signal.addEventListener("abort", () => {
        under.delete(number);
        state.aborted.push(number);
        reject(new DOMException("gone", "AbortError"));
      });
    });
  }) as unknown as typeof fetch;
  const settle = async () => {
    for (let turn = 0; turn < 10; turn++) await new Promise((resolve) => setTimeout(resolve));
  };
  const answer = async (number: number) => {
    under.get(number)?.();
    under.delete(number);
    await settle();
  };
  return { ...state, state, answer, settle };
}

test("a chunk is read however it is cut, and single cells without the others", () => {
  const bytes = new TextEncoder().encode('{"data_array":[["1","a,\\"]["],[null,"ä\\\\"],[]]}');
  for (let step = 1; step < bytes.length; step++) {
    const chunk = new Chunk();
    for (let from = 0; from < bytes.length; from += step) chunk.push(bytes.subarray(from, from + step));
    assert.equal(chunk.rows, 3);
    assert.deepEqual(chunk.row(0), ["1", 'a,"][']);
    assert.equal(chunk.cell(0, 1), 'a,"][');
    assert.equal(chunk.cell(1, 0), null);
    assert.equal(chunk.cell(1, 1), "ä\\");
    assert.equal(chunk.cell(2, 0), null);
    assert.equal(chunk.cell(3, 0), undefined);
  }
});

test("four chunks come at the same time, and those that left the view give way", async () => {
  const { state, answer, settle } = server(2);
  const chunks = new Chunks("s", shape(Array.from({ length: 20 }, () => 2)), "ada", silent);
  chunks.look(Array.from({ length: 12 }, (_, row) => row));
  assert.deepEqual(state.asked, [0, 1, 2, 3]);
  assert.equal(state.user, "ada");
  await answer(0);
  assert.deepEqual(state.asked, [0, 1, 2, 3, 4]);
  chunks.look([38, 39]);
  await settle();
  assert.deepEqual(state.aborted.sort(), [1, 2, 3, 4]);
  assert.deepEqual([...state.under.keys()], [19]);
  await answer(19);
  assert.deepEqual(chunks.row(39), ["19-1"]);
  assert.equal(chunks.loaded, 4);
  assert.equal(state.most, 4);
});

test("many rows come in turn, can be stopped, and do not fill the tab", async () => {
  const { state, answer, settle } = server(2);
  const chunks = new Chunks("s", shape(Array.from({ length: 9 }, () => 2)), null, silent);
  const stop = new AbortController();
  const bringing = chunks.bring(0, 17, { signal: stop.signal });
  await answer(0);
  assert.equal(chunks.here(0, 17), 2);
  stop.abort();
  await assert.rejects(bringing, { name: "AbortError" });
  await settle();
  assert.equal(state.under.size, 0, "nothing comes that nobody wants");
  const full = new Chunks("s", shape(Array.from({ length: 9 }, () => 2)), null, silent, 50);
  const filling = full.bring(0, 17, { keep: true });
  filling.catch(() => {});
  for (let number = 0; number < 9; number++) await answer(number);
  await assert.rejects(filling, TooLarge);
  assert.ok(full.loaded < 18);
});
