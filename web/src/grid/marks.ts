/** What would not be seen in a cell of one line, as signs that stand for it. */

const SIGNS: Record<string, string> = { "\r\n": "↵", "\n": "↵", "\r": "↵", "\t": "⇥" };
const MARKS = /\r\n|[\n\r\t]/g;

/** The text as it is drawn, cut behind `most` signs. */
export function drawn(text: string, most: number): string {
  return pieces(text, most).join("");
}

/** The same in pieces: every second one is a sign. */
export function pieces(text: string, most: number): string[] {
  const cut = text.length > most ? `${text.slice(0, most)}…` : text;
  const found: string[] = [];
  let from = 0;
  for (const { 0: mark, index } of cut.matchAll(MARKS)) {
    found.push(cut.slice(from, index), SIGNS[mark] ?? mark);
    from = index + mark.length;
  }
  return [...found, cut.slice(from)];
}
