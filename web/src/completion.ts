/** Completion with the names that the signed-in user may see: catalogs, schemas, tables, and columns of the tables in use. */
import { pickedCompletion, type Completion, type CompletionContext, type CompletionResult, type CompletionSource } from "@codemirror/autocomplete";
import type { EditorView } from "@codemirror/view";
import { namesBelow, quoted } from "./names";
import { statementAt } from "./statements";
import { bare, tablesOf, type NamedTable } from "./tables";

const NAME = "(?:[\\p{L}\\p{N}_$]+|`(?:[^`]|``)*`)";
/** The last name may be unfinished, and so may its quotes. */
const PATH = new RegExp(`(?:${NAME}\\.)*(?:[\\p{L}\\p{N}_$]*|\`[^\`]*)$`, "u");
/** More tables than these in one statement are not asked for. */
const MOST_TABLES = 8;

export function catalogNames(user: () => string | null): CompletionSource {
  return async (context) => {
    const found = context.matchBefore(PATH);
    if (!found || (!found.text && !context.explicit)) return null;
    const parts = [...found.text.matchAll(new RegExp(`${NAME}\\.`, "gu"))].map(([part]) => part);
    // A number with a point is no name.
    if (/^\d/.test(found.text)) return null;
    const typed = found.text.slice(parts.join("").length);
    const path = parts.map((part) => bare(part.slice(0, -1)));
    const options = path.length ? await below(path, context, user()) : await everywhere(context, user());
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
async function below(path: string[], context: CompletionContext, user: string | null): Promise<Completion[]> {
  const [first] = path;
  const same = (name: string | undefined) => name?.toLowerCase() === first?.toLowerCase();
  const table = path.length === 1 ? tables(context).find(({ path, alias }) => (alias === undefined ? path.length > 1 && same(path.at(-1)) : same(alias))) : undefined;
  const names = await namesBelow(table?.path ?? path, user);
  return options(names, table || path.length > 2 ? "property" : "type");
}

/** Where a name begins: catalogs, and the columns of the tables that the statement names. */
async function everywhere(context: CompletionContext, user: string | null): Promise<Completion[]> {
  const whole = tables(context).filter(({ path }) => path.length === 3).slice(0, MOST_TABLES);
  const [catalogs, ...columns] = await Promise.all([[], ...whole.map(({ path }) => path)].map((path) => namesBelow(path, user)));
  const aliases = whole.flatMap(({ alias }) => (alias ? [alias] : []));
  return [...options([...new Set(columns.flat())], "property", 2), ...options(aliases, "variable", 1), ...options(catalogs ?? [], "type")];
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
