/** What can be done with a column, by mouse and by keyboard. */
import { button, div } from "./dom";

/** Pixels between the menu and the edge of the window. */
const EDGE = 8;

export class ColumnMenu {
  readonly element = div("menu", { role: "group", "aria-label": "Column" });

  constructor(private readonly closed: () => void) {
    this.element.hidden = true;
    // Above everything, where no card cuts it off.
    this.element.popover = "manual";
    this.element.addEventListener("keydown", (event) => {
      const all = [...this.element.querySelectorAll("button")];
      const now = all.indexOf(event.target as HTMLButtonElement);
      if (event.key === "Escape") this.close();
      else if (event.key === "ArrowDown") all[(now + 1) % all.length]?.focus();
      else if (event.key === "ArrowUp") all[(now + all.length - 1) % all.length]?.focus();
      else if (event.key === "Home") all[0]?.focus();
      else if (event.key === "End") all.at(-1)?.focus();
      else return;
      event.preventDefault();
    });
    this.element.addEventListener("focusout", (event) => {
      if (event.relatedTarget && !this.element.contains(event.relatedTarget as Node)) this.hide();
    });
  }

  /** Below the head of the column, and within the window. */
  open(head: HTMLElement, entries: [string, () => void][]): void {
    const { element } = this;
    element.replaceChildren(
      ...entries.map(([label, act]) =>
        button(label, () => {
          this.close();
          act();
        }),
      ),
    );
    element.hidden = false;
    element.togglePopover?.(true);
    const box = head.getBoundingClientRect();
    const { clientWidth, clientHeight } = document.documentElement;
    const within = (at: number, size: number, all: number) => Math.max(Math.min(at, all - size - EDGE), EDGE);
    element.style.left = `${within(box.left, element.offsetWidth, clientWidth)}px`;
    element.style.top = `${within(box.bottom, element.offsetHeight, clientHeight)}px`;
    element.querySelector("button")?.focus({ preventScroll: true });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Without the focus going anywhere. */
  hide(): void {
    this.element.hidden = true;
    // What left the page is closed by that.
    if (this.element.isConnected) this.element.togglePopover?.(false);
  }

  private close(): void {
    if (this.element.hidden) return;
    this.hide();
    this.closed();
  }
}
