/** Completion with the names that the signed-in user may see: catalogs, schemas, tables, and columns of the tables in use. */
import { pickedCompletion, type Completion, type CompletionContext, type CompletionResult, type CompletionSource } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { namesBelow, quoted } from "./names";
import { statementAt } from "./statements";
import { bare, schemaOf, tablesOf, wholePath, type NamedTable, type Namespace } from "./tables";

const NAME = "(?:[\\p{L}\\p{N}_$]+|`(?:[^`]|``)*`)";
/** The last name may be unfinished, and so may its quotes. */
const PATH = new RegExp(`(?:${NAME}\\.)*(?:[\\p{L}\\p{N}_$]*|\`[^\`]*)$`, "u");
/** More tables than these in one statement are not asked for. */
const MOST_TABLES = 8;

/** Whose names they are, and where they are looked up. */
export interface Asker extends Namespace {
  user: string | null;
}

export function catalogNames(asker: () => Asker): CompletionSource {
  return async (context) => {
    const found = context.matchBefore(PATH);
    if (!found || (!found.text && !context.explicit)) return null;
    const parts = [...found.text.matchAll(new RegExp(`${NAME}\\.`, "gu"))].map(([part]) => part);
    // A number with a point is no name.
    if (/^\d/.test(found.text)) return null;
    const typed = found.text.slice(parts.join("").length);
    const path = parts.map((part) => bare(part.slice(0, -1)));
    const options = path.length ? await below(path, context, asker()) : await everywhere(context, asker());
    if (!options.length || context.aborted) return null;
    // The quote is replaced with the name, and is nothing to look for.
    const from = found.to - typed.length + (typed.startsWith("`") ? 1 : 0);
    return { from, options, validFor: /^[\p{L}\p{N}_$]*$/u } satisfies CompletionResult;
  };
}

function tables(context: CompletionContext): NamedTable[] {
  const text = context.state.doc.toString();
  const range = statementAt(text, context.pos);
  return range ? tablesOf(text.slice(range.from, range.to)) : [];
}

/** Behind a dot: what lies below, or the columns of the table that is called so here. */
async function below(path: string[], context: CompletionContext, asker: Asker): Promise<Completion[]> {
  const [first] = path;
  const same = (name: string | undefined) => name?.toLowerCase() === first?.toLowerCase();
  const isIt = ({ path, alias }: NamedTable) =>
    alias === undefined ? (path.length > 1 || wholePath(path, asker)) && same(path.at(-1)) : same(alias);
  const table = path.length === 1 ? tables(context).find(isIt) : undefined;
  if (table) return options(await namesBelow(wholePath(table.path, asker) ?? table.path, asker.user), "property");
  // A schema of the chosen catalog is written without it.
  const places = asker.catalog && path.length < 3 ? [path, [asker.catalog, ...path]] : [path];
  const found = await Promise.all(places.map(async (place) => options(await namesBelow(place, asker.user), place.length > 2 ? "property" : "type")));
  return once(found.flat());
}

/** Where a name begins: catalogs, what lies in the chosen catalog and schema, and the columns of the tables that the statement names. */
async function everywhere(context: CompletionContext, asker: Asker): Promise<Completion[]> {
  const { user, catalog } = asker;
  const named = tables(context)
    .flatMap(({ path, alias }) => {
      const whole = wholePath(path, asker);
      return whole ? [{ path: whole, alias }] : [];
    })
    .slice(0, MOST_TABLES);
  const all = (paths: string[][]) => Promise.all(paths.map((path) => namesBelow(path, user)));
  const chosen = catalog ? [[catalog], [catalog, schemaOf(asker) ?? ""]] : [];
  const [columns, places, catalogs] = await Promise.all([all(named.map(({ path }) => path)), all(chosen), namesBelow([], user)]);
  const aliases = named.flatMap(({ alias }) => (alias ? [alias] : []));
  return once([...options(columns.flat(), "property", 2), ...options(aliases, "variable", 1), ...options(places.flat(), "type"), ...options(catalogs, "type")]);
}

/** Each name once, where it counts most. */
function once(options: Completion[]): Completion[] {
  return [...new Map([...options].reverse().map((option) => [option.label, option])).values()].reverse();
}

function options(names: string[], type: string, boost = 0): Completion[] {
  return names.map((name) => ({ label: name, type, boost, apply: write }));
}

/** The name as it has to be written, in place of the quotes that are there. */
function write(view: EditorView, completion: Completion, from: number, to: number): void {
  const { label } = completion;
  const doc = view.state.doc;
  const opened = from > 0 && doc.sliceString(from - 1, from) === "`";
  const closed = opened && doc.sliceString(to, to + 1) === "`";
  const insert = opened && quoted(label) === label ? `\`${label}\`` : quoted(label);
  const begin = opened ? from - 1 : from;
  view.dispatch({
    changes: { from: begin, to: closed ? to + 1 : to, insert },
    selection: { anchor: begin + insert.length },
    userEvent: "input.complete",
    annotations: pickedCompletion.of(completion),
    scrollIntoView: true,
  });
}
