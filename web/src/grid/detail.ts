/** The whole value of the cell at the cursor, below the rows. */
import type { Cell } from "./chunk";
import { button, div, grouped } from "./dom";
import { laidOut, nested } from "./nested";
import type { Sheet } from "./sheet";
import { tree } from "./tree";
import { isNested } from "./values";

export class Detail {
  readonly element = div("detail", { role: "region", "aria-label": "Value", tabindex: "0" });
  private readonly title = document.createElement("strong");
  private readonly body = div("value");
  /** What is shown, to tell whether something else is to be. */
  private shown: { title: string; value: Cell | undefined } | undefined;

  constructor(
    private readonly sheet: Sheet,
    copy: (text: string) => void,
    closed: () => void,
    /** Told what is shown when a person opens it. */
    private readonly opened: (title: string) => void,
  ) {
    const close = () => {
      this.close();
      closed();
    };
    const bar = div("detail-bar");
    bar.append(this.title, button("Copy value", () => copy(this.text())), button("Close", close));
    this.element.append(bar, this.body);
    this.element.hidden = true;
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "Escape") return;
      event.preventDefault();
      close();
    });
  }

  get isOpen(): boolean {
    return !this.element.hidden;
  }

  open(): void {
    if (!this.sheet.count) return;
    this.element.hidden = false;
    this.follow();
    // It may lie below the window's edge, and then nothing would seem to happen.
    this.element.scrollIntoView({ block: "nearest" });
    this.opened(this.title.textContent ?? "");
  }

  close(): void {
    this.element.hidden = true;
    this.shown = undefined;
    this.body.replaceChildren();
  }

  /** Shows the value at the cursor, wherever that is by now. */
  follow(): void {
    if (!this.isOpen) return;
    const { row, column } = this.sheet.selection.cursor;
    const shown = this.sheet.visible[column];
    if (!shown || row >= this.sheet.count) return this.close();
    const value = this.sheet.row(row)?.[shown.index];
    const title = `Row ${grouped(this.sheet.number(row) + 1)}, ${shown.name} (${shown.type})`;
    if (this.shown?.title === title && this.shown.value === value) return;
    this.shown = { title, value };
    this.title.textContent = title;
    const parts = value != null && isNested(shown.type) ? nested(value) : undefined;
    if (parts) {
      this.body.replaceChildren(tree(parts));
    } else {
      const text = document.createElement("pre");
      text.textContent = value === undefined ? "Loading …" : (value ?? "NULL");
      this.body.replaceChildren(text);
    }
  }

  private text(): string {
    const value = this.shown?.value ?? "";
    const { column } = this.sheet.selection.cursor;
    const parts = isNested(this.sheet.visible[column]?.type ?? "") ? nested(value) : undefined;
    return parts ? laidOut(parts) : value;
  }
}
