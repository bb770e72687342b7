import { spawn, type ChildProcess } from "node:child_process";
import { randomInt } from "node:crypto";
import { createServer } from "node:net";

/** A program that a worker started, with everything that it wrote. Ends with the worker, whatever happens. */
export class Program {
  private readonly child: ChildProcess;
  private readonly ended: Promise<void>;
  private written = "";
  private stopping = false;

  private constructor(
    readonly name: string,
    command: string,
    args: string[],
    env: Record<string, string>,
    cwd: string,
  ) {
    this.child = spawn(command, args, { env, cwd, stdio: ["pipe", "pipe", "pipe"] });
    // The standard input stays open: it closes when this process ends, even by a signal that runs no handler.
    this.child.stdin?.on("error", () => {});
    this.child.stdout?.setEncoding("utf8").on("data", (text: string) => (this.written += text));
    this.child.stderr?.setEncoding("utf8").on("data", (text: string) => (this.written += text));
    this.ended = new Promise((resolve) => {
      this.child.once("exit", () => resolve());
      this.child.once("error", (error) => {
        this.written += `${error.message}\n`;
        resolve();
      });
    });
    const kill = () => this.child.kill("SIGKILL");
    process.once("exit", kill);
    void this.ended.then(() => process.off("exit", kill));
  }

  /** Starts a program and waits for the line on its standard output that `ready` finds. */
  static async start<T>(
    name: string,
    command: string,
    args: string[],
    env: Record<string, string>,
    cwd: string,
    ready: (line: string) => T | undefined,
  ): Promise<[Program, T]> {
    const program = new Program(name, command, args, env, cwd);
    const found = program.line(ready);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, 60_000, undefined)));
    const result = await Promise.race([found, late, program.ended.then(() => undefined)]);
    clearTimeout(timer);
    if (result === undefined) {
      await program.stop();
      throw new Error(`${name} did not become ready. It wrote:\n${program.written || "nothing"}`);
    }
    return [program, result];
  }

  /** Everything that it wrote, or what it wrote since an earlier length. */
  output(since = 0): string {
    return this.written.slice(since);
  }

  get outputLength(): number {
    return this.written.length;
  }

  /** False if it ended by itself. */
  get alive(): boolean {
    return this.stopping || (this.child.exitCode === null && this.child.signalCode === null);
  }

  async stop(): Promise<void> {
    this.stopping = true;
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5_000);
    await this.ended;
    clearTimeout(timer);
  }

  private line<T>(ready: (line: string) => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      let rest = "";
      // The standard input stays open: it closes when this process ends, even by a signal that runs no handler.
    this.child.stdin?.on("error", () => {});
    this.child.stdout?.on("data", (text: string) => {
        const lines = (rest + text).split("\n");
        rest = lines.pop() ?? "";
        for (const line of lines) {
          const found = ready(line);
          if (found !== undefined) resolve(found);
        }
      });
    });
  }
}

/** A port that nobody listens on, and that no system gives to programs which take any: until it is used, nobody else gets it. */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries++) {
    const port = 20_000 + randomInt(10_000);
    const server = createServer();
    const free = await new Promise<boolean>((resolve) =>
      server.once("error", () => resolve(false)).listen(port, "127.0.0.1", () => resolve(true)),
    );
    await new Promise((resolve) => server.close(resolve));
    if (free) return port;
  }
  throw new Error("no port of 100 was free");
}
