/** Which part of the text runs: said to the form when it is sent, marked in the text, and told beside the buttons. */
import { StateEffect, StateField, type EditorState, type Extension } from "@codemirror/state";
import { Decoration, EditorView } from "@codemirror/view";
import { beginOf, statementAt, type Range } from "./statements";

export interface Part extends Range {
  sql: string;
  /** Where it begins, both counted from 0. */
  line: number;
  column: number;
  chosen: "what is selected" | "the statement at the cursor";
}

/** The selection, or the statement at the cursor; `undefined` when that is all there is. */
export function partOf(state: EditorState): Part | undefined {
  const { main } = state.selection;
  const text = state.doc.toString();
  const range = main.empty ? statementAt(text, main.head) : main;
  if (!range) return undefined;
  const { from, to } = range;
  const [before, after] = [text.slice(0, from), text.slice(to)];
  if (/^\s*$/.test(before) && /^[\s;]*$/.test(after)) return undefined;
  const chosen = main.empty ? "the statement at the cursor" : "what is selected";
  return { from, to, sql: text.slice(from, to), ...beginOf(text, from), chosen };
}

/** `Sent lines 3 to 5: the statement at the cursor.` */
export function told({ sql, line, chosen }: Part): string {
  const last = line + sql.trimEnd().split("\n").length;
  return `Sent ${last === line + 1 ? `line ${last}` : `lines ${line + 1} to ${last}`}: ${chosen}.`;
}

/** Puts it where the page reads it. */
export function writePart(field: HTMLInputElement, part: Part | undefined): void {
  field.value = part?.sql ?? "";
  for (const name of ["line", "column"] as const) {
    if (part) field.dataset[name] = String(part[name]);
    else delete field.dataset[name];
  }
}

/** What was sent last; `undefined` for all of the text. */
export const sent = StateEffect.define<Range | undefined>();

const LINE = Decoration.line({ class: "cm-sent" });

/** Marked until its text changes. */
const field = StateField.define<Range | undefined>({
  create: () => undefined,
  update(range, transaction) {
    for (const effect of transaction.effects) if (effect.is(sent)) return effect.value;
    const { changes } = transaction;
    if (!range || !transaction.docChanged) return range;
    return changes.touchesRange(range.from, range.to) ? undefined : { from: changes.mapPos(range.from, 1), to: changes.mapPos(range.to, -1) };
  },
  provide: (range) =>
    EditorView.decorations.compute([range], (state) => {
      const marked = state.field(range);
      if (!marked) return Decoration.none;
      const [first, last] = [state.doc.lineAt(marked.from).number, state.doc.lineAt(marked.to).number];
      return Decoration.set(Array.from({ length: last - first + 1 }, (_, index) => LINE.range(state.doc.line(first + index).from)));
    }),
});

export const sentMark: Extension = field;
