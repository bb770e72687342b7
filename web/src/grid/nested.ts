/** Reads structs, arrays and maps as they come, in JSON: without reading numbers, which would lose digits, and in their order. */

export type Nested = { kind: "leaf"; text: string } | { kind: "list"; items: Nested[] } | { kind: "fields"; items: [name: string, value: Nested][] };

const TOKEN = /\s*("(?:\\.|[^"\\])*"|[{}[\],:]|[^\s{}[\],:"]+)/y;

/** `undefined` for what is no JSON. */
export function nested(json: string): Nested | undefined {
  try {
    JSON.parse(json);
    const tokens = new RegExp(TOKEN);
    return value(() => tokens.exec(json)?.[1] ?? "");
  } catch {
    // Shown as the text that it is.
    return undefined;
  }
}

function value(next: () => string, token = next()): Nested {
  if (token === "[") {
    const items: Nested[] = [];
    for (let item = next(); item !== "]"; item = next()) if (item !== ",") items.push(value(next, item));
    return { kind: "list", items };
  }
  if (token === "{") {
    const items: [string, Nested][] = [];
    for (let name = next(); name !== "}"; name = next()) {
      if (name === ",") continue;
      next();
      items.push([JSON.parse(name) as string, value(next)]);
    }
    return { kind: "fields", items };
  }
  return { kind: "leaf", text: token };
}

/** With line breaks, as it is copied. */
export function laidOut(value: Nested, depth = 0): string {
  if (value.kind === "leaf") return value.text;
  const line = `\n${"  ".repeat(depth)}`;
  const [open, close] = value.kind === "list" ? "[]" : "{}";
  const parts = value.kind === "list" ? value.items.map((item) => laidOut(item, depth + 1)) : value.items.map(([name, item]) => `${JSON.stringify(name)}: ${laidOut(item, depth + 1)}`);
  return parts.length ? `${open}${line}  ${parts.join(`,${line}  `)}${line}${close}` : `${open}${close}`;
}

/** On one line, cut where it gets long. */
export function glance(value: Nested, most = 80): string {
  if (value.kind === "leaf") return value.text.length > most ? `${value.text.slice(0, most)}…` : value.text;
  const [open, close] = value.kind === "list" ? "[]" : "{}";
  let text = "";
  for (const item of value.items) {
    if (text.length >= most) return `${open}${text.slice(0, most)}…`;
    const [name, inner] = Array.isArray(item) ? [`${item[0]}: `, item[1]] : ["", item];
    text += (text ? ", " : "") + name + glance(inner, most);
  }
  return `${open}${text}${close}`;
}
