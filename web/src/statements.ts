/** Where statements begin and end in a text: semicolons count outside of strings, quoted names, comments and blocks only. */
import { Blocks } from "./blocks";
import { isComment, tokens } from "./tokens";

export interface Range {
  from: number;
  to: number;
}

export function statements(text: string): Range[] {
  const found: Range[] = [];
  const blocks = new Blocks();
  let [from, said] = [0, false];
  const end = (to: number) => {
    // A comment alone is no statement.
    if (said) found.push(trimmed(text, { from, to }));
    [from, said] = [to + 1, false];
  };
  for (const { text: token, at } of tokens(text)) {
    if (isComment(token)) continue;
    if (blocks.ends(token)) end(at);
    else said = true;
  }
  end(text.length);
  return found;
}

/** The statement around the cursor; behind the last semicolon of a line it is the one before. */
export function statementAt(text: string, cursor: number): Range | undefined {
  const all = statements(text);
  return all.find((range) => cursor <= range.to + 1) ?? all.at(-1);
}

/** On which line a place is, and how far in it; both counted from 0. */
export function beginOf(text: string, at: number): { line: number; column: number } {
  const before = text.slice(0, at).split("\n");
  return { line: before.length - 1, column: before.at(-1)?.length ?? 0 };
}

function trimmed(text: string, { from, to }: Range): Range {
  while (from < to && /\s/.test(text[from] ?? "")) from++;
  while (to > from && /\s/.test(text[to - 1] ?? "")) to--;
  return { from, to };
}
