import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { LocalWorkspace } from "./local-workspace";
import { freePort, Program } from "./program";

export interface ServerOptions {
  /** Lifetime of access tokens, as in `20s`. */
  accessTtl?: string;
  /** How long a stopped warehouse takes to start. */
  warehouseStart?: string;
  /** Further settings of the app. */
  env?: Record<string, string>;
}

export interface Servers {
  /** The app's address in the browser; another site than the local workspace's. */
  url: string;
  workspace: LocalWorkspace;
  programs: Program[];
}

const root = resolve(import.meta.dirname, "../..");
const built = resolve(root, process.env["CARGO_TARGET_DIR"] || "target", "debug");

/** Starts the local workspace and an app that uses it, runs `use`, stops both. */
export async function withServers(options: ServerOptions, use: (servers: Servers) => Promise<void>): Promise<void> {
  const [workspaceBin, appBin] = [program("LOCAL_WORKSPACE_BIN", "local-workspace"), program("LAKEFRONT_BIN", "lakefront")];
  // Not in the repository: the app would read a developer's .env there.
  const folder = await mkdtemp(join(tmpdir(), "lakefront-end2end-"));
  const programs: Program[] = [];
  try {
    const port = await freePort();
    const url = `http://localhost:${port}`;
    const secret = `dose${randomBytes(16).toString("hex")}`;

    const [workspaceProgram, ready] = await Program.start(
      "local-workspace",
      workspaceBin,
      [
        "serve",
        "--end-with-stdin",
        ...["--listen", "127.0.0.1:0"],
        ...["--redirect-uri", `${url}/token`],
        ...["--client-secret", secret],
        ...["--access-ttl", options.accessTtl ?? "1h"],
        ...["--warehouse-start", options.warehouseStart ?? "0s"],
      ],
      inherited(),
      folder,
      readyLine,
    );
    programs.push(workspaceProgram);

    const [app] = await Program.start(
      "lakefront",
      appBin,
      ["serve"],
      {
        ...inherited(),
        DATABRICKS_HOST: ready.host,
        DATABRICKS_CLIENT_ID: ready.client_id,
        DATABRICKS_CLIENT_SECRET: secret,
        DATABRICKS_WAREHOUSE_ID: ready.warehouse_id,
        COOKIE_KEYS: `test:${randomBytes(32).toString("base64")}`,
        LISTEN_ADDR: `127.0.0.1:${port}`,
        PUBLIC_URL: url,
        LEPTOS_OUTPUT_NAME: "lakefront",
        LEPTOS_SITE_ROOT: join(root, "target/site"),
        LEPTOS_SITE_PKG_DIR: "pkg",
        LEPTOS_HASH_FILES: "true",
        ...options.env,
      },
      folder,
      (line) => (line.includes(`Lakefront is ready: ${url}`) ? true : undefined),
    );
    programs.push(app);

    await use({ url, workspace: new LocalWorkspace(ready.host, ready.warehouse_id), programs });
  } finally {
    for (const started of programs.reverse()) await started.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

function program(variable: string, name: string): string {
  const path = process.env[variable] || join(built, name);
  if (!existsSync(path)) throw new Error(`${path} is missing. Build it with \`make test\`, which runs these tests, too.`);
  return path;
}

/** Not the developer's DATABRICKS_*, and no setting of the app by accident. */
function inherited(): Record<string, string> {
  const names = ["PATH", "HOME", "TMPDIR", "XDG_CACHE_HOME", "RUST_BACKTRACE"];
  return Object.fromEntries(names.flatMap((name) => (process.env[name] ? [[name, process.env[name]]] : [])));
}

interface Ready {
  event: "ready";
  host: string;
  client_id: string;
  warehouse_id: string;
}

function readyLine(line: string): Ready | undefined {
  if (!line.startsWith("{")) return undefined;
  const message = JSON.parse(line) as Ready;
  return message.event === "ready" ? message : undefined;
}
