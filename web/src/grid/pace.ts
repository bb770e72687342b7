/**
 * How many rows a frame may draw. A late frame after drawing means too many: what is left comes with the next one, so that
 * scrolling stays smooth on slow machines and complete on fast ones.
 */
export class Pace {
  private most = MOST;
  private drawn = 0;
  private onTime = 0;
  private before = 0;

  /** A frame begins; `now` is its time in milliseconds. */
  begin(now: number): void {
    const took = now - this.before;
    if (took >= PAUSE) this.most = MOST;
    else if (this.drawn > 0) this.learn(took > LATE);
    this.before = now;
    this.drawn = 0;
  }

  private learn(late: boolean): void {
    this.onTime = late ? 0 : this.onTime + 1;
    if (late) this.most = Math.max(this.drawn >> 1, LEAST);
    else if (this.onTime % PATIENCE === 0) this.most = Math.min(this.most + 1, MOST);
  }

  /** Whether this frame may draw one more row. */
  next(): boolean {
    if (this.drawn >= this.most) return false;
    this.drawn++;
    return true;
  }
}

/** Frames on time before one more row is tried: each try that fails is a late frame. */
const PATIENCE = 12;
/** Milliseconds: half as long again as a frame at 60 Hz, and what is no scrolling any more. */
const LATE = 25;
const PAUSE = 250;
/** Rows. */
const LEAST = 3;
const MOST = 200;
