/** Where statements begin and end in a text: semicolons count outside of strings, quoted names and comments only. */

const NOT_CODE = /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|'(?:\\[\s\S]|[^'\\])*(?:'|$)|"(?:\\[\s\S]|[^"\\])*(?:"|$)|`[^`]*(?:`|$)|;/g;

export interface Range {
  from: number;
  to: number;
}

export function statements(text: string): Range[] {
  const found: Range[] = [];
  let from = 0;
  for (const match of text.matchAll(NOT_CODE)) {
    if (match[0] !== ";") continue;
    found.push({ from, to: match.index });
    from = match.index + 1;
  }
  found.push({ from, to: text.length });
  return found.map((range) => trimmed(text, range)).filter((range) => range.to > range.from);
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
