/** Loading of many rows at a person's wish: says how far it is, and can be stopped. */
import type { Chunks } from "./chunks";
import { button, div, grouped } from "./dom";

/** Milliseconds before it says so: most copies need no time. */
const AT_ONCE = 300;

export class Loading {
  readonly element = div("loading", { role: "group", "aria-label": "Loading rows" });
  private readonly bar = document.createElement("progress");
  private readonly text = document.createElement("span");
  private under: { stop: AbortController; chunks: Chunks; first: number; last: number } | undefined;

  /** `left`: told when the focus has to go elsewhere, because what has it goes. */
  constructor(private readonly left: () => void) {
    this.element.hidden = true;
    this.bar.setAttribute("aria-label", "Rows loaded");
    this.element.append(this.bar, this.text, button("Stop", () => this.stop()));
  }

  /** Rejects with an `AbortError` when it is stopped, by the person or by another loading. */
  async run(chunks: Chunks, first: number, last: number, keep: boolean): Promise<void> {
    this.stop();
    const stop = new AbortController();
    const under = { stop, chunks, first, last };
    this.under = under;
    const timer = setTimeout(() => {
      this.element.hidden = false;
      this.draw();
    }, AT_ONCE);
    try {
      await chunks.bring(first, last, { signal: stop.signal, keep });
    } finally {
      clearTimeout(timer);
      if (this.under === under) {
        this.under = undefined;
        const focused = this.element.matches(":focus-within");
        this.element.hidden = true;
        if (focused) this.left();
      }
    }
  }

  stop(): void {
    this.under?.stop.abort();
  }

  /** How far it is by now. */
  draw(): void {
    if (!this.under || this.element.hidden) return;
    const { chunks, first, last } = this.under;
    const [here, all] = [chunks.here(first, last), last - first + 1];
    this.bar.max = all;
    this.bar.value = here;
    this.text.textContent = `${grouped(here)} of ${grouped(all)} rows`;
  }
}
