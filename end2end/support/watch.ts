import type { BrowserContext, ConsoleMessage } from "@playwright/test";

/**
 * Collects what no page may do: throw, write an error or a warning to the console, break its own content security
 * policy. A failed hydration and a panic in WASM show here, too.
 */
export class Watch {
  readonly findings: string[] = [];
  private readonly statuses = new Set<number>();
  private readonly warnings = new Set<string>();
  private broken = false;

  /** Browsers write a line for every answer of 400 and above; a test names those that it provokes. */
  allowStatus(...statuses: number[]): void {
    for (const status of statuses) this.statuses.add(status);
  }

  /** A warning that a test provokes. */
  allowWarning(text: string): void {
    this.warnings.add(text);
  }

  /** Browsers write a line for an answer that ends in the middle. */
  allowBrokenConnection(): void {
    this.broken = true;
  }

  async watch(context: BrowserContext): Promise<void> {
    context.on("weberror", (error) => this.findings.push(`page error: ${error.error().stack ?? error.error().message}`));
    context.on("console", (message) => this.note(message));
    await context.addInitScript(() =>
      document.addEventListener("securitypolicyviolation", (event) =>
        console.error(`securitypolicyviolation: ${event.violatedDirective} ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`),
      ),
    );
  }

  private note(message: ConsoleMessage): void {
    if (message.type() !== "error" && message.type() !== "warning") return;
    const status = /^Failed to load resource: the server responded with a status of (\d+)/.exec(message.text());
    if (status && this.statuses.has(Number(status[1]))) return;
    if (this.broken && /net::ERR_(INCOMPLETE_CHUNKED_ENCODING|CONNECTION_RESET|CONTENT_LENGTH_MISMATCH)/.test(message.text())) return;
    if (message.type() === "warning" && this.warnings.has(message.text())) return;
    // Without JavaScript nothing uses what was preloaded, and Chromium says so after some seconds.
    if (/was preloaded using link preload but not used/.test(message.text())) return;
    this.findings.push(`console ${message.type()}: ${message.text()} (${message.location().url})`);
  }
}
