/**
 * `<sql-editor user catalog schema>`: CodeMirror over the text field inside. The field stays the one that counts: what is typed
 * goes into it, and the form around it is sent as before. Everything is drawn in a shadow root, where styles need no exception
 * in the Content-Security-Policy.
 */
import { setDiagnostics } from "@codemirror/lint";
import { EditorState, type Extension } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { catalogNames } from "./completion";
import { Documents } from "./documents";
import { onEscape } from "./escape";
import { extensions } from "./extensions";
import { filled } from "./fields";
import { partOf, sent, told, writePart } from "./part";
import { markers } from "./tokens";

/** What the page may set before the element comes to life; in the order in which it counts. */
const PROPERTIES = ["document", "text", "failedat"] as const;
type Early = Partial<Record<(typeof PROPERTIES)[number], string | null | undefined>>;

export class SqlEditor extends HTMLElement {
  private view: EditorView | undefined;
  /** The statement that the page waits for; set by the page. */
  declare waitsfor: string | null | undefined;
  /** Set before the element came to life, or while it was away. */
  private early: Early = {};
  /** What was in the editor when the element left the page. */
  private resting: EditorState | undefined;
  private readonly documents = new Documents();
  private opened: string | undefined;
  /** A document that was just opened: what comes into it first is no change that could be undone. */
  private fresh = false;
  private said: string | undefined;
  private place: string | null = null;
  private listening = new AbortController();

  constructor() {
    super();
    // The page may have set these while the element was a plain one.
    for (const name of PROPERTIES) {
      if (!Object.hasOwn(this, name)) continue;
      this.early[name] = (this as Early)[name];
      Reflect.deleteProperty(this, name);
    }
  }

  connectedCallback(): void {
    const field = this.field;
    if (this.view || !field) return;
    // Who is writing in the field goes on in the editor.
    const writing = document.activeElement === field ? [field.selectionStart, field.selectionEnd] : undefined;
    const root = this.shadowRoot ?? this.attachShadow({ mode: "open" });
    const { early } = this;
    this.early = {};
    if (early.document) this.opened = early.document;
    this.said = early.text ?? undefined;
    this.view = new EditorView({ root, parent: root, state: this.resting ?? this.state(early.text || field.value) });
    if (this.resting && early.text != null) this.text = early.text;
    this.failedat = early.failedat ?? this.place;
    this.resting = undefined;
    if (writing) {
      const within = (at: number) => Math.min(at, this.view?.state.doc.length ?? 0);
      this.view.dispatch({ selection: { anchor: within(writing[0] ?? 0), head: within(writing[1] ?? 0) } });
      this.view.focus();
    }
    this.listening = new AbortController();
    const { signal } = this.listening;
    onEscape(() => this.cancel(), signal);
    this.addEventListener("inserttext", (event) => this.insert(event as CustomEvent<string>), { signal });
    const { form } = this;
    if (form) {
      // Which fields count is known when it is sent.
      form.noValidate = true;
      signal.addEventListener("abort", () => (form.noValidate = false));
      form.addEventListener("submit", (event) => this.sending(event), { capture: true, signal });
    }
    const format = form?.querySelector<HTMLButtonElement>("[data-format]");
    if (format) {
      format.hidden = false;
      format.addEventListener("click", () => this.format(), { signal });
    }
  }

  disconnectedCallback(): void {
    this.listening.abort();
    this.resting = this.view?.state;
    this.view?.destroy();
    this.view = undefined;
  }

  /** The tab whose text is in the editor; each has its own undo, selection and place. Set before `text` when both change. */
  set document(id: string | null | undefined) {
    if (!this.view) {
      this.early.document = id;
      return;
    }
    if (!id || id === this.opened) return;
    const before = this.opened;
    this.opened = id;
    // What was there without a name belongs to the first name.
    if (before === undefined) return;
    const { state } = this.view;
    this.documents.keep(before, { state, scroll: this.view.scrollSnapshot() });
    const kept = this.documents.take(id);
    // A page that says the same text for both does not say it again, so a new document begins with what is there.
    this.view.setState(kept?.state ?? this.state(state.doc.toString()));
    if (kept?.scroll) this.view.dispatch({ effects: kept.scroll });
    this.fresh = !kept;
    this.say("");
    this.failedat = this.place;
    // The page may have said the text already, for the tab before.
    setTimeout(() => {
      if (this.opened === id && this.said !== undefined) this.text = this.said;
      this.fresh = false;
    });
  }

  /** The text, when something else than typing changes it. */
  set text(text: string) {
    if (!this.view) {
      this.early.text = text;
      return;
    }
    this.said = text;
    const { state } = this.view;
    if (text === state.doc.toString()) return;
    if (this.fresh) {
      this.view.setState(this.state(text));
      this.tell();
    } else {
      this.view.dispatch({ changes: { from: 0, to: state.doc.length, insert: text } });
    }
  }

  /** `line:column` of an error, counted from 1. */
  set failedat(place: string | null | undefined) {
    this.place = place ?? null;
    if (!this.view) {
      this.early.failedat = this.place;
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

  private get form(): HTMLFormElement | null {
    return this.closest("form");
  }

  private get field(): HTMLTextAreaElement | null {
    return this.querySelector("textarea");
  }

  private state(text: string): EditorState {
    return EditorState.create({ doc: text, extensions: this.extensions() });
  }

  private extensions(): Extension {
    return extensions({
      run: () => this.run(),
      format: () => this.format(),
      cancel: () => this.cancel(),
      changed: () => this.tell(),
      names: catalogNames(() => ({ user: this.getAttribute("user"), catalog: this.getAttribute("catalog"), schema: this.getAttribute("schema") })),
      placeholder: this.field?.placeholder ?? "",
    });
  }

  private tell(): void {
    const field = this.field;
    if (!field || !this.view) return;
    this.said = field.value = this.view.state.doc.toString();
    field.dispatchEvent(new Event("input", { bubbles: true }));
  }

  /** A text from elsewhere on the page, such as a name of the catalog, comes where the cursor is. */
  private insert(event: CustomEvent<string>): void {
    if (!this.view) return;
    event.preventDefault();
    this.view.dispatch(this.view.state.replaceSelection(event.detail), { scrollIntoView: true, userEvent: "input" });
    this.view.focus();
  }

  /** As the button does it, unless a statement runs already. */
  private run(): boolean {
    const { form } = this;
    if (form && !form.querySelector("button[type=submit]:disabled")) form.requestSubmit();
    return true;
  }

  /** However the form is sent: with the part of the text that runs, and with its own fields checked. */
  private sending(event: Event): void {
    const { form, view } = this;
    const field = form?.querySelector<HTMLInputElement>("input[name=part]");
    if (!view || !form || !field) return;
    const part = partOf(view.state);
    if (!filled(form, markers(part?.sql ?? view.state.doc.toString()))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      return;
    }
    writePart(field, part);
    view.dispatch({ effects: sent.of(part) });
    this.say(part ? told(part) : "");
  }

  /** What was sent, when that is not all of the text. */
  private say(text: string): void {
    const place = this.form?.querySelector("[data-sent]");
    if (place) place.textContent = text;
  }

  private format(): boolean {
    const problem = this.form?.querySelector<HTMLElement>("[data-format-problem]");
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
          const after = formatted(before);
          if (after !== undefined) this.text = after;
          tell(after === undefined ? "This was left as it is: laid out, it would say something else." : "");
        } catch (error) {
          tell(`This cannot be laid out: ${error instanceof Error ? (error.message.split("\n")[0] ?? "") : String(error)}`);
        }
      },
      () => tell("The part of the page that lays out SQL could not be loaded. Try again."),
    );
    return true;
  }

  private cancel(): boolean {
    const button = this.form?.querySelector<HTMLButtonElement>("[data-cancel]");
    if (!button || button.hidden || button.disabled) return false;
    button.click();
    return true;
  }
}
