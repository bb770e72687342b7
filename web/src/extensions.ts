/** What the editor can do, put together. */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap, ifNotIn, type CompletionSource } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { Prec, type Extension } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { databricks } from "./dialect";
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
      // Tab leaves the editor unless a line is selected: nobody is caught in it.
      { ...indentWithTab, run: (view) => !view.state.selection.main.empty && (indentWithTab.run?.(view) ?? false) },
      ...defaultKeymap,
    ]),
    EditorView.updateListener.of((update) => {
      if (update.docChanged) actions.changed();
    }),
  ];
}

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
