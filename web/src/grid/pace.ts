/**
 * How many rows a frame may draw. A late frame after drawing means too many: what is left comes with the next one, so that
 * scrolling stays smooth on slow machines and complete on fast ones.
 */
export class Pace {
  private most = MOST;
  private drawn = 0;
  private before = 0;

  /** A frame begins; `now` is its time in milliseconds. */
  begin(now: number): void {
    const took = now - this.before;
    // Behind a pause there is nothing to learn from.
    if (this.drawn > 0 && took < PAUSE) this.most = took > LATE ? Math.max(this.drawn >> 1, LEAST) : Math.min(this.most + STEP, MOST);
    this.before = now;
    this.drawn = 0;
  }

  /** Whether this frame may draw one more row. */
  next(): boolean {
    if (this.drawn >= this.most) return false;
    this.drawn++;
    return true;
  }
}

/** Milliseconds: half as long again as a frame at 60 Hz, and what is no scrolling any more. */
const LATE = 25;
const PAUSE = 250;
/** Rows. */
const LEAST = 3;
const STEP = 1;
const MOST = 200;
