/** Draws the head and the rows. What is in the document already is used again: making elements is what costs. */
import type { Row } from "./chunk";
import { typeText, type Seen } from "./columns";
import { button, div, place } from "./dom";
import { pieces } from "./marks";
import type { Sort } from "./order";
import type { Box, Place } from "./selection";
import { isNumber } from "./values";

/** Characters of a cell that are drawn; the rest is shown when the cell is opened. */
const MOST_DRAWN = 500;

export function paintHead(head: HTMLElement, seen: Seen[], numberWidth: number, sort: Sort | undefined, openMenu: (at: number, cell: HTMLElement) => void): void {
  const focused = (head.getRootNode() as ShadowRoot).activeElement?.getAttribute("aria-label");
  const cells = seen.map(({ column, at, left, width }) => {
    const sorted = sort?.column === column.index ? (sort.descending ? "descending" : "ascending") : "none";
    const cell = div(`th${isNumber(column.type) ? " number" : ""}${column.pinned ? " pinned" : ""}`, {
      role: "columnheader",
      "aria-colindex": String(at + 1),
      "aria-sort": sorted,
      title: `${column.name}: ${typeText(column)}`,
    });
    cell.dataset["column"] = String(at);
    const [label, name, type] = [div("label"), div("name"), div("type")];
    name.textContent = column.name + (sorted === "none" ? "" : sorted === "ascending" ? " ↑" : " ↓");
    type.textContent = typeText(column);
    label.append(name, type);
    const more = button("⋮", () => openMenu(at, cell));
    more.className = "more";
    more.setAttribute("aria-label", `Column ${column.name}: sort, hide, pin`);
    cell.append(label, more, div("edge"));
    place(cell, left, width);
    return cell;
  });
  const corner = div("th", { role: "columnheader", "aria-label": "Row number" });
  place(corner, 0, numberWidth);
  head.replaceChildren(corner, ...cells);
  if (focused?.startsWith("Column ")) {
    const same = [...head.querySelectorAll("button")].find((more) => more.getAttribute("aria-label") === focused);
    same?.focus({ preventScroll: true });
  }
}

/** What is selected, and where the cursor is. */
export interface Marked {
  box: Box | undefined;
  cursor: Place;
}

/** One row; `number` is its number in the result. */
export function paintRow(element: HTMLElement, row: number, number: number, values: Row | undefined, seen: Seen[], numberWidth: number, { box, cursor: cursorAt }: Marked): void {
  while (element.childElementCount > seen.length + 1) element.lastElementChild?.remove();
  while (element.childElementCount < seen.length + 1) element.append(newCell(element.childElementCount ? "gridcell" : "rowheader"));
  const first = element.firstElementChild as HTMLElement;
  if (first.className !== "num") first.className = "num";
  write(first, String(number + 1));
  place(first, 0, numberWidth);
  const inBox = box && row >= box.top && row <= box.bottom;
  seen.forEach(({ column, at: index, left, width }, child) => {
    const cell = element.children[child + 1] as HTMLElement;
    const value = values?.[column.index];
    const cursor = cursorAt.row === row && cursorAt.column === index;
    const picked = !!inBox && index >= box.left && index <= box.right;
    const kind =
      "td" +
      (isNumber(column.type) ? " number" : "") +
      (value === null ? " null" : "") +
      (column.pinned ? " pinned" : "") +
      (picked ? " picked" : "") +
      (cursor ? " cursor" : "");
    if (cell.className !== kind) {
      cell.className = kind;
      cell.setAttribute("aria-selected", String(picked));
    }
    const shown = String(index);
    if (cell.dataset["column"] !== shown) {
      cell.dataset["column"] = shown;
      cell.setAttribute("aria-colindex", String(index + 1));
    }
    write(cell, ...(value === undefined ? ["…"] : value === null ? ["NULL"] : pieces(value, MOST_DRAWN)));
    if (cursor) cell.id = "cursor";
    else if (cell.id) cell.removeAttribute("id");
    place(cell, left, width);
  });
}

/** A row that is used again shows nothing until it is drawn. */
export function awaits(element: HTMLElement, drawing: boolean): void {
  if (element.classList.contains("awaits") === drawing) return;
  element.classList.toggle("awaits", drawing);
  if (drawing) element.querySelector("#cursor")?.removeAttribute("id");
}

function newCell(role: string): HTMLElement {
  const cell = div("", { role });
  cell.append("");
  return cell;
}

/** Changes the text that is there instead of making another. Every second piece is a sign for what is not seen. */
function write(cell: HTMLElement, ...pieces: string[]): void {
  const [text = ""] = pieces;
  const node = cell.firstChild;
  if (pieces.length === 1 && cell.childNodes.length === 1 && node instanceof Text) {
    if (node.data !== text) node.data = text;
  } else if (pieces.length !== cell.childNodes.length || pieces.join("") !== cell.textContent) {
    cell.replaceChildren(...pieces.map((piece, index) => (index % 2 ? sign(piece) : new Text(piece))));
  }
}

function sign(text: string): HTMLElement {
  const element = document.createElement("span");
  element.className = "sign";
  element.textContent = text;
  return element;
}
