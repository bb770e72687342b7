/**
 * `<sql-editor>`: CodeMirror over the text field inside. The field stays the one that counts: what is typed goes into it,
 * and the form around it is sent as before. Everything is drawn in a shadow root, where styles need no exception in the
 * Content-Security-Policy.
 */
import { autocompletion, closeBrackets, closeBracketsKeymap, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { sql } from "@codemirror/lang-sql";
import { bracketMatching, HighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { highlightSelectionMatches, search, searchKeymap } from "@codemirror/search";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, keymap, lineNumbers, placeholder } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { catalogNames } from "./completion";
import { databricks } from "./dialect";
import { statementAt } from "./statements";

const theme = EditorView.theme({
  "&": { fontSize: "0.95rem", color: "var(--ink)", backgroundColor: "var(--surface)", minHeight: "10rem", maxHeight: "50vh" },
  "&.cm-focused": { outline: "2px solid var(--focus)", outlineOffset: "-2px" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "1.55", overflow: "auto" },
  ".cm-content": { caretColor: "var(--ink)", padding: "0.6rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--ink)" },
  ".cm-gutters": { backgroundColor: "transparent", color: "var(--ink-soft)", border: "none" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 25%, transparent)",
  },
  ".cm-placeholder": { color: "var(--ink-soft)" },
  ".cm-tooltip, .cm-panels": { backgroundColor: "var(--surface)", color: "var(--ink)", border: "1px solid var(--line)" },
  ".cm-tooltip-autocomplete ul li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-matchingBracket": { backgroundColor: "color-mix(in srgb, var(--sun) 35%, transparent)" },
});

const colours = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--code-string)" },
  { tag: [tags.number, tags.bool, tags.null], color: "var(--code-number)" },
  { tag: tags.comment, color: "var(--ink-soft)", fontStyle: "italic" },
  { tag: tags.typeName, color: "var(--code-number)" },
]);

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

export class SqlEditor extends HTMLElement {
  private view: EditorView | undefined;
  /** The statement that the page waits for; set by the page. */
  declare waitsfor: string | null | undefined;
  /** Set before the element came to life. */
  private early: { text?: string; failedat?: string | null } = {};

  constructor() {
    super();
    // The page may have set these while the element was a plain one.
    for (const name of ["text", "failedat"] as const) {
      if (!Object.hasOwn(this, name)) continue;
      this.early[name] = (this as Record<typeof name, string | null>)[name] as never;
      Reflect.deleteProperty(this, name);
    }
  }

  connectedCallback(): void {
    const field = this.field;
    if (this.view || !field) return;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const run = () => {
      this.run();
      return true;
    };
    this.view = new EditorView({
      root,
      parent: root,
      state: EditorState.create({
        doc: this.early.text || field.value,
        extensions: [
          keymap.of([
            { key: "Mod-Enter", run, preventDefault: true },
            { key: "Shift-Mod-Enter", run, preventDefault: true },
            { key: "Shift-Alt-f", run: () => this.format(), preventDefault: true },
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
          databricks.language.data.of({ autocomplete: catalogNames }),
          syntaxHighlighting(colours),
          theme,
          placeholder(field.placeholder),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": "SQL statement", spellcheck: "false" }),
          keymap.of([
            ...closeBracketsKeymap,
            ...searchKeymap,
            ...historyKeymap,
            ...completionKeymap,
            // Tab leaves the editor unless a line is selected: nobody is caught in it.
            { ...indentWithTab, run: (view) => !view.state.selection.main.empty && (indentWithTab.run?.(view) ?? false) },
            ...defaultKeymap,
            { key: "Escape", run: () => this.cancel() },
          ]),
          EditorView.domEventHandlers({ beforeinput: typedOver }),
          EditorView.updateListener.of((update) => {
            if (update.docChanged) this.tell();
          }),
        ],
      }),
    });
    this.failedat = this.early.failedat ?? null;
    const format = this.closest("form")?.querySelector<HTMLButtonElement>("[data-format]");
    if (format) {
      format.hidden = false;
      format.addEventListener("click", () => this.format());
    }
  }

  /** The text, when something else than typing changes it. */
  set text(text: string) {
    if (!this.view) {
      this.early.text = text;
    } else if (text !== this.view.state.doc.toString()) {
      this.view.dispatch({ changes: { from: 0, to: this.view.state.doc.length, insert: text } });
    }
  }

  /** `line:column` of an error, counted from 1. */
  set failedat(place: string | null | undefined) {
    if (!this.view) {
      this.early.failedat = place ?? null;
      return;
    }
    const [line, column] = (place ?? "").split(":").map(Number);
    const doc = this.view.state.doc;
    const found = line && line <= doc.lines ? doc.line(line) : undefined;
    const from = found ? Math.min(found.from + Math.max((column ?? 1) - 1, 0), found.to) : 0;
    const word = found ? /^[\w`.]*/.exec(doc.sliceString(from, found.to))?.[0].length ?? 0 : 0;
    const marks = found
      ? [{ from, to: Math.min(from + Math.max(word, 1), doc.length), severity: "error" as const, message: "The statement failed here" }]
      : [];
    this.view.dispatch(setDiagnostics(this.view.state, marks));
  }

  private get field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  private tell(): void {
    const field = this.field;
    if (!field || !this.view) return;
    field.value = this.view.state.doc.toString();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** Sends the form with the selection, or with the statement at the cursor. */
  private run(): void {
    const form = this.closest("form");
    const part = form?.querySelector<HTMLInputElement>("input[name=part]");
    if (!this.view || !form || !part) return;
    const { main } = this.view.state.selection;
    const text = this.view.state.doc.toString();
    const range = main.empty ? statementAt(text, main.head) : main;
    part.value = range ? text.slice(range.from, range.to) : "";
    form.requestSubmit();
  }

  private format(): boolean {
    const problem = this.closest("form")?.querySelector<HTMLElement>("[data-format-problem]");
    const tell = (text: string) => {
      if (!problem) return;
      problem.textContent = text;
      problem.hidden = !text;
    };
    const before = this.view?.state.doc.toString() ?? "";
    import("./format").then(
      ({ formatted }) => {
        // Typed meanwhile: what is typed counts.
        if (before !== this.view?.state.doc.toString()) return;
        try {
          this.text = formatted(before);
          tell("");
        } catch (error) {
          tell(`This cannot be laid out: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
        }
      },
      () => tell("The part of the page that lays out SQL could not be loaded. Try again."),
    );
    return true;
  }

  private cancel(): boolean {
    const button = this.closest("form")?.querySelector<HTMLButtonElement>("[data-cancel]");
    if (!button || button.hidden) return false;
    button.click();
    return true;
  }
}
