/** Long work in slices, so that the page goes on scrolling and typing meanwhile. */

/** Milliseconds of a slice: half a frame, so that the other half is left for drawing. */
const SLICE = 8;

/** Work that was given up, because another took its place. */
export class Outdated extends Error {}

export class Slices {
  private until = performance.now() + SLICE;

  /** `current`: whether anybody still waits for this. */
  constructor(private readonly current: () => boolean) {}

  /** To be asked now and then; when it is true, `pause` is to be awaited. */
  get full(): boolean {
    return performance.now() >= this.until;
  }

  async pause(): Promise<void> {
    await breath();
    if (!this.current()) throw new Outdated();
    this.until = performance.now() + SLICE;
  }
}

/**
 * Lets the page do what else is to be done. Not `scheduler.yield`, whose turn comes before that of the next frame: Chromium
 * drew ten frames a second meanwhile, and draws sixty with this.
 */
function breath(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve));
}
