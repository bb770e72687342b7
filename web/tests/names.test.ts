import assert from "node:assert/strict";
import { afterEach, test } from "node:test";
import { namesBelow } from "../src/names";

const browserFetch = globalThis.fetch;
afterEach(() => {
  globalThis.fetch = browserFetch;
});

test("names are asked for once, for the person of the page, and again after a failure", async () => {
  const asked: [body: string, user: string | undefined][] = [];
  let status = 500;
  globalThis.fetch = ((_: string, { body, headers }: { body: string; headers: Record<string, string> }) => {
    asked.push([body, headers["x-lakefront-user"]]);
    return Promise.resolve(new Response('["a"]', { status }));
  }) as unknown as typeof fetch;
  assert.deepEqual(await namesBelow(["c"], "ada"), []);
  status = 200;
  assert.deepEqual(await Promise.all([namesBelow(["c"], "ada"), namesBelow(["c"], "ada")]), [["a"], ["a"]]);
  assert.deepEqual(await namesBelow(["c"], null), ["a"]);
  assert.deepEqual(asked, [
    ['{"path":["c"]}', "ada"],
    ['{"path":["c"]}', "ada"],
    ['{"path":["c"]}', undefined],
  ]);
});
