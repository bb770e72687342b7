/** SQL scripting: `BEGIN … END` holds statements with semicolons of their own, and is one statement. */

/** `END IF` and the like end no block, and nothing of theirs is counted. */
const CONTROL = new Set(["if", "loop", "while", "for", "repeat"]);
/** Behind these a statement within a block begins. */
const BEFORE_STATEMENTS = new Set(["begin", "atomic", "then", "else", "do", "loop", "repeat"]);

export class Blocks {
  /** What END has to close, the innermost last. */
  private readonly open: ("begin" | "case")[] = [];
  /** A block was opened, or something closed, by the token before. */
  private opened = false;
  private closed: "begin" | "case" | undefined;
  private before = "";
  /** Of the statement, or of the one within a block: its first word, and how many tokens there are by now. */
  private first = "";
  private place = 0;
  private handler = false;

  /** Takes the next token that is no comment. Whether it ends the statement. */
  ends(token: string): boolean {
    const word = token.toLowerCase();
    const { open, closed } = this;
    // A transaction is no block.
    if (this.opened && (word === ";" || word === "transaction" || word === "work")) open.pop();
    if (closed && CONTROL.has(word)) open.push(closed);
    this.opened = false;
    this.closed = undefined;
    if (word === ";") {
      this.begin(word);
      return !open.length;
    }
    if (this.place === 0) this.first = word;
    if (word === "begin" && this.opens()) {
      open.push("begin");
      this.opened = open.length === 1;
    } else if (open.length && this.before !== ".") {
      if (word === "case" && !closed) open.push("case");
      // A column may be called so: END of a block stands where a statement would begin.
      else if (word === "end" && (open.at(-1) === "case" || this.place === 0)) this.closed = open.pop();
    }
    this.handler ||= word === "handler";
    if (open.length && BEFORE_STATEMENTS.has(word)) this.begin(word);
    else [this.before, this.place] = [word, this.place + 1];
    return false;
  }

  /** Whether a BEGIN here opens a block: first, behind a label, as what a procedure or a handler does. */
  private opens(): boolean {
    const { before, first, place } = this;
    if (place === 0 || (place === 2 && before === ":")) return true;
    return this.open.length ? first === "declare" && this.handler : first === "create" && before === "as";
  }

  private begin(before: string): void {
    this.before = before;
    this.first = "";
    this.place = 0;
    this.handler = false;
  }
}
