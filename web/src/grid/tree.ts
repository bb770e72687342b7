/** A nested value that is unfolded step by step. Made of `<details>`, which keys and screen readers know. */
import { button, div, grouped } from "./dom";
import { glance, type Nested } from "./nested";

/** Parts that are shown at first, and with each further step. */
const STEP = 200;

export function tree(value: Nested): HTMLElement {
  const top = div("tree");
  if (value.kind === "leaf") top.append(leaf(value.text));
  else fill(top, value);
  return top;
}

function leaf(text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = text === "null" ? "null" : "leaf";
  element.textContent = text === "null" ? "NULL" : text;
  return element;
}

/** The parts of a value; those of a part when that is unfolded. */
function fill(parent: HTMLElement, value: Exclude<Nested, { kind: "leaf" }>, from = 0): void {
  const parts = value.items.slice(from, from + STEP).map((item, index) => (Array.isArray(item) ? part(item[0], item[1]) : part(String(from + index), item)));
  parent.append(...parts);
  const left = value.items.length - from - STEP;
  if (!value.items.length) parent.append(leaf(value.kind === "list" ? "[]" : "{}"));
  if (left <= 0) return;
  const more = button(`${grouped(Math.min(left, STEP))} more of ${grouped(value.items.length)}`, () => {
    more.remove();
    fill(parent, value, from + STEP);
    (parent.children[from + STEP]?.querySelector<HTMLElement>("summary") ?? parent.closest<HTMLElement>(".detail"))?.focus();
  });
  parent.append(more);
}

function part(name: string, value: Nested): HTMLElement {
  const label = document.createElement("span");
  label.className = "key";
  label.textContent = `${name}: `;
  if (value.kind === "leaf" || !value.items.length) {
    const line = div("part");
    line.append(label, leaf(glance(value, Infinity)));
    return line;
  }
  const [details, summary, short] = [document.createElement("details"), document.createElement("summary"), document.createElement("span")];
  short.className = "glance";
  short.textContent = `${glance(value)} (${grouped(value.items.length)})`;
  summary.append(label, short);
  details.append(summary);
  details.addEventListener("toggle", () => fill(details, value), { once: true });
  return details;
}
