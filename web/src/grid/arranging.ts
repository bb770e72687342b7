/** Sorts and filters what is here while the page goes on; of several wishes only the last one counts. */
import { arranged, type Arranged } from "./order";
import type { Sheet } from "./sheet";
import { Outdated } from "./slices";

/** Milliseconds after the last letter of a filter. */
const PAUSE = 150;

export class Arranging {
  private turn = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private under = false;

  constructor(
    private readonly sheet: Sheet,
    /** Told when work begins, and when there is something else to show. */
    private readonly begun: () => void,
    private readonly done: () => void,
  ) {}

  get busy(): boolean {
    return this.under;
  }

  soon(): void {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => void this.now(), PAUSE);
  }

  async now(): Promise<void> {
    this.stop();
    const { sheet, turn } = this;
    const { chunks, sort, filter } = sheet;
    let found: Arranged | undefined;
    if (chunks && (sort || filter)) {
      this.under = true;
      this.begun();
      try {
        found = await arranged(chunks, sort, filter, () => turn === this.turn);
      } catch (error) {
        if (error instanceof Outdated) return;
        throw error;
      }
      // Done within one slice, nothing asked whether it still counts.
      if (turn !== this.turn) return;
      this.under = false;
    }
    sheet.arrange(found);
    this.done();
  }

  stop(): void {
    clearTimeout(this.timer);
    this.turn++;
    this.under = false;
  }
}
