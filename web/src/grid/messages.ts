/** What the grid has to say: stays long enough to be read, and is read out. */

/** Milliseconds that a message stays which asks for nothing. */
const SHORT = 8_000;

export class Messages {
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly place: HTMLElement) {}

  /** Something was done. */
  did(text: string): void {
    this.say(text);
    this.timer = setTimeout(() => this.clear(), SHORT);
  }

  /** Something was not done, which stays until the next message. */
  refuse(text: string): void {
    this.say(text);
  }

  clear(): void {
    clearTimeout(this.timer);
    this.place.textContent = "";
  }

  private say(text: string): void {
    clearTimeout(this.timer);
    // Said again, it is read out again.
    this.place.textContent = "";
    this.place.textContent = text;
  }
}
