/** Names that the signed-in user may see, asked for once a minute at most. */
import { callHeaders } from "./calls";

/** Milliseconds: long enough to type a statement, short enough to see a new table. */
const REMEMBERED = 60_000;

interface Asked {
  at: number;
  names: Promise<string[]>;
}

const asked = new Map<string, Asked>();

/** What lies below a path: catalogs, schemas, tables, columns. A question that failed is asked again the next time. */
export function namesBelow(path: string[], user: string | null): Promise<string[]> {
  const now = performance.now();
  for (const [key, { at }] of asked) if (now - at > REMEMBERED) asked.delete(key);
  const key = JSON.stringify([user, ...path]);
  const known = asked.get(key);
  if (known) return known.names;
  const names = ask(path, user).catch(() => {
    // The editor works without; what is wrong shows when the statement runs.
    asked.delete(key);
    return [];
  });
  asked.set(key, { at: now, names });
  return names;
}

async function ask(path: string[], user: string | null): Promise<string[]> {
  const answer = await fetch("/api/catalog/names", {
    method: "POST",
    headers: { "content-type": "application/json", ...callHeaders(user) },
    body: JSON.stringify({ path }),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()) as string[];
}

/** Words that mean something else when they stand alone (SQL:2016 as Databricks reserves it in ANSI mode). */
const RESERVED = new Set(
  ("all alter and anti any array as at authorization between both by case cast check collate column commit constraint create cross cube current " +
    "current_date current_time current_timestamp current_user delete describe distinct drop else end escape except exists external extract false fetch " +
    "filter for foreign from full function global grant group grouping having in inner insert intersect interval into is join lateral leading left like " +
    "local minus natural no not null of on only or order out outer overlaps partition position primary range references revoke right rollback rollup row " +
    "rows select semi session_user set some start table tablesample then time to trailing true truncate union unique unknown update user using values " +
    "when where window with").split(" "),
);

/** As it has to be written in a statement. */
export function quoted(name: string): string {
  const plain = /^[A-Za-z_]\w*$/.test(name) && !RESERVED.has(name.toLowerCase());
  return plain ? name : `\`${name.replaceAll("`", "``")}\``;
}
