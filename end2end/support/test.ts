import { test as base, expect } from "@playwright/test";
import { withServers, type ServerOptions, type Servers } from "./servers";
import type { LocalWorkspace } from "./local-workspace";
import { Watch } from "./watch";

interface WorkerFixtures {
  /** For a whole file: `test.use({ serverOptions: { accessTtl: "20s" } })`. */
  serverOptions: ServerOptions;
  servers: Servers;
}

interface TestFixtures {
  /** What the local workspace saw, and its faults. Reset before every test. */
  workspace: LocalWorkspace;
  watch: Watch;
  programsStay: void;
}

export const test = base.extend<TestFixtures, WorkerFixtures>({
  serverOptions: [{}, { option: true, scope: "worker" }],
  servers: [
    async ({ serverOptions }, use) => withServers(serverOptions, use),
    { scope: "worker", timeout: 180_000 },
  ],
  baseURL: async ({ servers }, use) => use(servers.url),
  workspace: async ({ servers }, use) => {
    await servers.workspace.reset();
    await use(servers.workspace);
    await servers.workspace.clearFaults();
  },
  watch: async ({}, use) => use(new Watch()),
  context: async ({ context, watch }, use) => {
    await watch.watch(context);
    await use(context);
    // Soft, so that a failed step is reported beside it.
    expect.soft(watch.findings, "the pages wrote no error, threw none and kept to their policy").toEqual([]);
  },
  programsStay: [
    async ({ servers, workspace: _ }, use, info) => {
      const before = servers.programs.map((program) => program.outputLength);
      await use();
      for (const [index, program] of servers.programs.entries()) {
        expect.soft(program.alive, `${program.name} goes on running`).toBe(true);
        if (info.status !== info.expectedStatus) {
          await info.attach(`${program.name}.log`, { body: program.output(before[index]), contentType: "text/plain" });
        }
      }
    },
    { auto: true },
  ],
});

export { expect };
