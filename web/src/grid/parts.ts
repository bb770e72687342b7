/** What the grid consists of. */
import { button, div } from "./dom";

export type Parts = ReturnType<typeof build>;

export function build() {
  const [card, bar, view, head, rows, space] = [div("card"), div("bar"), div("view"), div("head", { role: "row", "aria-rowindex": "1" }), div("rows", { role: "rowgroup" }), div("space", { role: "presentation" })];
  card.style.position = "relative";
  view.tabIndex = 0;
  for (const [name, value] of Object.entries({ role: "grid", "aria-label": "Rows", "aria-multiselectable": "true", "aria-readonly": "true" })) view.setAttribute(name, value);
  const filter = document.createElement("input");
  filter.type = "search";
  filter.placeholder = "Filter loaded rows";
  filter.setAttribute("aria-label", "Filter loaded rows");
  const note = document.createElement("p");
  note.className = "note";
  note.setAttribute("role", "status");
  const [copy, copyNames, inSql, loadAll, showAll, toChart] = [
    button("Copy"),
    button("Copy with headers"),
    button("Do it in SQL"),
    button("Load all rows"),
    button("Show hidden columns"),
    button("Chart"),
  ];
  toChart.setAttribute("aria-pressed", "false");
  inSql.hidden = loadAll.hidden = showAll.hidden = true;
  bar.append(filter, note, loadAll, inSql, showAll, toChart, copy, copyNames);
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const problemText = document.createElement("span");
  const again = button("Try again");
  problem.append(problemText, again);
  const detail = div("detail", { role: "region", "aria-label": "Value", tabindex: "0" });
  detail.hidden = true;
  const detailTitle = document.createElement("strong");
  const detailText = document.createElement("pre");
  const close = button("Close");
  detail.append(detailTitle, " ", close, detailText);
  head.append(div("th"));
  view.append(head, rows, space);
  card.append(bar, problem, view, detail);
  return { card, bar, toChart, view, head, rows, space, filter, note, copy, copyNames, inSql, loadAll, showAll, problem, problemText, again, detail, detailTitle, detailText, close };
}
