import type { Page, Request } from "@playwright/test";

export interface Held {
  /** The request, once it is held. */
  begun: Promise<Request>;
  release: () => void;
}

/** Holds the next request for a path back, or the server's answer to it, until told. */
export async function hold(page: Page, path: string, what: "request" | "answer"): Promise<Held> {
  const [released, release] = promise<void>();
  const [begun, begin] = promise<Request>();
  let next = true;
  // The route stays: with it a held request would go, too.
  await page.route(`**${path}`, async (route) => {
    if (!next) return route.continue();
    next = false;
    const response = what === "answer" ? await route.fetch() : undefined;
    begin(route.request());
    await released;
    if (!response) return route.continue();
    // What it says of cookies belongs to the time before, too; see docs/SECURITY.md, what is not promised.
    const { "set-cookie": _, ...headers } = response.headers();
    return route.fulfill({ status: response.status(), headers, body: await response.body() });
  });
  return { begun, release };
}

function promise<T>(): [Promise<T>, (value: T) => void] {
  let resolve: (value: T) => void = () => {};
  return [new Promise<T>((done) => (resolve = done)), (value) => resolve(value)];
}
