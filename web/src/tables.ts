/** Which tables a statement names, and what it calls them. */
import { isComment, tokens as tokensOf } from "./tokens";

export interface NamedTable {
  path: string[];
  alias: string | undefined;
}

/** Where names are looked up that name no catalog or no schema. */
export interface Namespace {
  catalog: string | null;
  schema: string | null;
}

/** What may follow a table and is no alias. */
const NO_ALIAS = new Set(
  "anti cluster cross distribute except fetch for full group having inner intersect join lateral left limit minus natural offset on order outer pivot qualify right select semi set sort tablesample union unpivot using values version timestamp when where window".split(" "),
);
/** These begin the name of a table. */
const BEGINS = new Set(["from", "join", "into", "update", "table"]);

export function tablesOf(sql: string): NamedTable[] {
  const tokens = tokensOf(sql).map(({ text }) => text).filter((text) => !isComment(text));
  const found: NamedTable[] = [];
  for (let at = 0; at < tokens.length; at++) {
    if (!BEGINS.has((tokens[at] ?? "").toLowerCase())) continue;
    // `FROM a, b x` names several.
    do at = table(tokens, at + 1, found);
    while (tokens[at] === ",");
    at--;
  }
  return found;
}

/** Reads one table; the answer is the place behind it. */
function table(tokens: string[], at: number, found: NamedTable[]): number {
  const path: string[] = [];
  while (isName(tokens[at])) {
    path.push(bare(tokens[at] ?? ""));
    at++;
    if (tokens[at] !== ".") break;
    at++;
  }
  // A function or a query in brackets has no columns that are known.
  if (!path.length || tokens[at] === "(") return at;
  const after = (tokens[at] ?? "").toLowerCase();
  let alias: string | undefined;
  if (after === "as" && isName(tokens[at + 1])) {
    alias = bare(tokens[at + 1] ?? "");
    at += 2;
  } else if (isName(tokens[at]) && !NO_ALIAS.has(after)) {
    alias = bare(tokens[at] ?? "");
    at++;
  }
  found.push({ path, alias });
  return at;
}

/** The schema of a catalog that is meant where none is chosen. */
export const schemaOf = ({ catalog, schema }: Namespace): string | null => schema ?? (catalog === null ? null : "default");

/** All three names of a table; `undefined` where nobody knows them. */
export function wholePath(path: string[], namespace: Namespace): string[] | undefined {
  const { catalog } = namespace;
  const before = path.length === 2 ? [catalog] : path.length === 1 ? [catalog, schemaOf(namespace)] : [];
  const whole = [...before, ...path].filter((name) => name !== null);
  return whole.length === 3 ? whole : undefined;
}

const isName = (token: string | undefined): boolean => token !== undefined && /^[\p{L}\p{N}_$`]/u.test(token);

export function bare(token: string): string {
  return token.startsWith("`") ? token.replace(/^`|`$/g, "").replaceAll("``", "`") : token;
}
