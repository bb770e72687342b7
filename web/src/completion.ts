/** Completion with the names that the signed-in user may see: catalogs, schemas, tables, columns. */
import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";

const PATH = /(?:\w+|`[^`]*`)(?:\.(?:\w+|`[^`]*`))*\.?$/;

/** Asks once for each list; a question that failed is asked again the next time. */
const known = new Map<string, Promise<string[]>>();

export async function catalogNames(context: CompletionContext): Promise<CompletionResult | null> {
  const found = context.matchBefore(PATH);
  if (!found?.text.includes(".")) return null;
  const parts = found.text.split(".").map((part) => part.replaceAll("`", ""));
  const typed = parts.pop() ?? "";
  const names = await list(parts);
  if (!names.length || context.aborted) return null;
  const options = names.map((name) => ({ label: name, apply: /^\w+$/.test(name) ? name : `\`${name.replaceAll("`", "``")}\``, type: "type" }));
  return { from: found.to - typed.length, options, validFor: /^\w*$/ };
}

function list(path: string[]): Promise<string[]> {
  const key = JSON.stringify(path);
  const asked = known.get(key);
  if (asked) return asked;
  const asking = ask(path).catch(() => {
    // The editor works without; what is wrong shows when the statement runs.
    known.delete(key);
    return [];
  });
  known.set(key, asking);
  return asking;
}

async function ask(path: string[]): Promise<string[]> {
  const answer = await fetch("/api/catalog/names", {
    method: "POST",
    headers: { "content-type": "application/json", "x-lakefront-call": "1" },
    body: JSON.stringify({ path }),
  });
  if (!answer.ok) throw new Error(`status ${answer.status}`);
  return (await answer.json()) as string[];
}
