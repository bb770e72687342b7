/** What the editor can do, put together. */
import { acceptCompletion, autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, completionStatus, currentCompletions, ifNotIn, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentLess, indentMore } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, type Command, lineNumbers, placeholder } from "@codemirror/view";
import { databricks } from "./dialect";
import { sentMark } from "./part";
import { colours, theme } from "./theme";

/** What the keys do beside editing; each says whether it did something. */
export interface Actions {
  run(): boolean;
  format(): boolean;
  cancel(): boolean;
  changed(): void;
  names: CompletionSource;
  placeholder: string;
}

export function extensions(actions: Actions): Extension {
  return [
    Prec.highest(EditorView.domEventHandlers({ keydown: heldDown, beforeinput: typedOver })),
    keymap.of([
      { key: "Mod-Enter", run: () => actions.run(), preventDefault: true },
      { key: "Shift-Mod-Enter", run: () => actions.run(), preventDefault: true },
      { key: "Shift-Alt-f", run: () => actions.format(), preventDefault: true },
    ]),
    lineNumbers(),
    lintGutter(),
    history(),
    drawSelection(),
    indentOnInput(),
    bracketMatching(),
    closeBrackets(),
    search({ top: true }),
    highlightSelectionMatches(),
    autocompletion(),
    sql({ dialect: databricks, upperCaseKeywords: true }),
    databricks.language.data.of({ autocomplete: ifNotIn(["String", "LineComment", "BlockComment"], actions.names) }),
    syntaxHighlighting(colours),
    theme,
    sentMark,
    placeholder(actions.placeholder),
    EditorView.lineWrapping,
    EditorView.contentAttributes.of({ "aria-label": "SQL statement", spellcheck: "false" }),
    keymap.of([
      ...closeBracketsKeymap,
      ...searchKeymap,
      ...historyKeymap,
      ...completionKeymap,
      // Before the default keys: Esc would give up the selection first, which is what runs.
      { key: "Escape", run: () => actions.cancel() },
      // A list that has just come up takes nothing yet, but the key is meant for it.
      { key: "Tab", run: (view) => acceptCompletion(view) || completionStatus(view.state) === "active" || currentCompletions(view.state).length > 0 },
      // Tab leaves the editor, either way, unless something is selected: nobody is caught in it.
      { key: "Tab", run: selected(indentMore), shift: selected(indentLess) },
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) actions.changed();
    }),
  ];
}

const selected =
  (command: Command): Command =>
  (view) =>
    !view.state.selection.main.empty && command(view);

/** A key that is held down runs a statement once. */
function heldDown(event: KeyboardEvent): boolean {
  if (!event.repeat || event.key !== "Enter" || !(event.ctrlKey || event.metaKey)) return false;
  event.preventDefault();
  return true;
}

/**
 * What is typed over a selection of several lines. Left to it, Chromium joins the lines with elements that carry a style
 * attribute, which the Content-Security-Policy forbids and reports.
 */
function typedOver(event: InputEvent, view: EditorView): boolean {
  const { from, to } = view.state.selection.main;
  const text = event.data;
  if (event.inputType !== "insertText" || !text || from === to || view.composing) return false;
  event.preventDefault();
  const plain = () => view.state.update(view.state.replaceSelection(text), { userEvent: "input.type", scrollIntoView: true });
  const handled = view.state.facet(EditorView.inputHandler).some((handler) => handler(view, from, to, text, plain));
  if (!handled) view.dispatch(plain());
  return true;
}
