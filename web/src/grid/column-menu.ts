/** What can be done with a column, by mouse and by keyboard. */
import { button, div } from "./dom";

export class ColumnMenu {
  readonly element = div("menu", { role: "group", "aria-label": "Column" });

  constructor(private readonly closed: () => void) {
    this.element.hidden = true;
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
      if (event.relatedTarget && !this.element.contains(event.relatedTarget as Node)) this.element.hidden = true;
    });
  }

  /** Below the head of the column, within the card. */
  open(head: HTMLElement, card: HTMLElement, entries: [string, () => void][]): void {
    const { element } = this;
    element.replaceChildren(
      ...entries.map(([label, act]) =>
        button(label, () => {
          this.close();
          act();
        }),
      ),
    );
    const [box, around] = [head.getBoundingClientRect(), card.getBoundingClientRect()];
    element.hidden = false;
    element.style.left = `${Math.max(Math.min(box.left - around.left, around.width - element.offsetWidth - 8), 8)}px`;
    element.style.top = `${box.bottom - around.top}px`;
    element.querySelector("button")?.focus();
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  /** Without the focus going anywhere. */
  hide(): void {
    this.element.hidden = true;
  }

  private close(): void {
    if (this.element.hidden) return;
    this.element.hidden = true;
    this.closed();
  }
}
