/** What drawings are made of. */
export function node(name: string, attributes: Record<string, string | number>, text?: string): SVGElement {
  const element = document.createElementNS("http://www.w3.org/2000/svg", name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

/** Pixels of a letter, on average. */
export const LETTER = 7;

export const cut = (text: string, most: number): string => (text.length > most ? `${text.slice(0, Math.max(most - 1, 1))}…` : text);
