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
  const [note, message, unseen] = [document.createElement("p"), document.createElement("p"), document.createElement("p")];
  note.className = "note";
  message.className = "message";
  // For those who do not see what opens.
  unseen.className = "unseen";
  for (const live of [note, message, unseen]) live.setAttribute("role", "status");
  const [open, copy, copyNames, inSql, loadAll, showAll, toChart] = [
    button("Show value"),
    button("Copy"),
    button("Copy with headers"),
    button("Do it in SQL"),
    button("Load all rows"),
    button("Show hidden columns"),
    button("Chart"),
  ];
  toChart.setAttribute("aria-pressed", "false");
  inSql.hidden = loadAll.hidden = showAll.hidden = true;
  bar.append(filter, note, loadAll, inSql, showAll, toChart, open, copy, copyNames);
  const problem = document.createElement("p");
  problem.className = "problem";
  problem.setAttribute("role", "alert");
  problem.hidden = true;
  const problemText = document.createElement("span");
  const again = button("Try again");
  problem.append(problemText, again);
  head.append(div("th"));
  view.append(head, rows, space);
  card.append(bar, message, unseen, problem, view);
  return { card, bar, message, unseen, toChart, view, head, rows, space, filter, note, open, copy, copyNames, inSql, loadAll, showAll, problem, problemText, again };
}
