/** What a text of SQL is made of, as far as that can be told without knowing the language. Blanks are left out. */

export interface Token {
  text: string;
  at: number;
}

/** Comments, texts between `$$`, strings, quoted names, words, signs that belong together, and other signs. */
const TOKEN =
  /--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|\$\$[\s\S]*?(?:\$\$|$)|(?<![\p{L}\p{N}_$])[rR](?:'[^']*(?:'|$)|"[^"]*(?:"|$))|'(?:\\[\s\S]|''|[^'\\])*(?:'|$)|"(?:\\[\s\S]|""|[^"\\])*(?:"|$)|`(?:[^`]|``)*`?|[\p{L}\p{N}_$]+|<=>|=>|->|::|\|>|\|\||==|!=|!<|!>|<>|<=|>=|<<|>>|\S/gu;

export function tokens(sql: string): Token[] {
  return [...sql.matchAll(TOKEN)].map((match) => ({ text: match[0], at: match.index }));
}

export const isComment = (text: string): boolean => /^(?:--|\/\*)/.test(text);

/** The names of the `:name` markers. The fields of the page are made by the same rule, see `src/model/sql_text.rs`. */
export function markers(sql: string): Set<string> {
  const all = tokens(sql);
  const names = new Set<string>();
  all.forEach(({ text, at }, index) => {
    const [before, after] = [all[index - 1], all[index + 1]];
    if (text !== ":" || after?.at !== at + 1) return;
    // Behind a name, a bracket or another colon it is a path.
    if (before && before.at + before.text.length === at && /[\p{L}\p{N}_`:)\]]$/u.test(before.text)) return;
    const name = /^[A-Za-z_][\p{L}\p{N}_]*/u.exec(after.text)?.[0];
    if (name) names.add(name);
  });
  return names;
}
