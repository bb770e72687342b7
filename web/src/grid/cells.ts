/** Draws the head and the rows. What is in the document already is used again: making elements is what costs. */
import type { Row } from "./chunks";
import type { Seen } from "./columns";
import { button, div, place } from "./dom";
import type { Sort } from "./order";
import type { Selection } from "./selection";
import { isNumber } from "./values";

/** Characters of a cell that are drawn; the rest is shown when the cell is opened. */
const MOST_DRAWN = 500;

export function paintHead(head: HTMLElement, seen: Seen[], numberWidth: number, sort: Sort | undefined, openMenu: (at: number, cell: HTMLElement) => void): void {
  const focused = (head.getRootNode() as ShadowRoot).activeElement?.getAttribute("aria-label");
  const cells = seen.map(({ column, at, left }) => {
    const sorted = sort?.column === column.index ? (sort.descending ? "descending" : "ascending") : "none";
    const cell = div(`th${isNumber(column.type) ? " number" : ""}${column.pinned ? " pinned" : ""}`, {
      role: "columnheader",
      "aria-colindex": String(at + 1),
      "aria-sort": sorted,
      title: column.type,
    });
    cell.dataset["column"] = String(at);
    const name = div("name");
    name.textContent = column.name + (sorted === "none" ? "" : sorted === "ascending" ? " ↑" : " ↓");
    const more = button("⋮", () => openMenu(at, cell));
    more.className = "more";
    more.setAttribute("aria-label", `Column ${column.name}: sort, hide, pin`);
    cell.append(name, more, div("edge"));
    place(cell, left, column.width);
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

/** One row; `number` is its number in the result. */
export function paintRow(element: HTMLElement, row: number, number: number, values: Row | undefined, seen: Seen[], numberWidth: number, selection: Selection): void {
  while (element.childElementCount > seen.length + 1) element.lastElementChild?.remove();
  while (element.childElementCount < seen.length + 1) element.append(newCell(element.childElementCount ? "gridcell" : "rowheader"));
  const first = element.firstElementChild as HTMLElement;
  if (first.className !== "num") first.className = "num";
  write(first, String(number + 1));
  place(first, 0, numberWidth);
  seen.forEach(({ column, at, left }, child) => {
    const cell = element.children[child + 1] as HTMLElement;
    const value = values?.[column.index];
    const cursor = selection.cursor.row === row && selection.cursor.column === at;
    const picked = selection.has(row, at);
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
    const shown = String(at);
    if (cell.dataset["column"] !== shown) {
      cell.dataset["column"] = shown;
      cell.setAttribute("aria-colindex", String(at + 1));
    }
    const text = value === undefined ? "…" : value === null ? "NULL" : value.length > MOST_DRAWN ? `${value.slice(0, MOST_DRAWN)}…` : value;
    write(cell, text);
    if (cursor) cell.id = "cursor";
    else if (cell.id) cell.removeAttribute("id");
    place(cell, left, column.width);
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

/** Changes the text that is there instead of making another. */
function write(cell: HTMLElement, text: string): void {
  const node = cell.firstChild as Text;
  if (node.data !== text) node.data = text;
}
