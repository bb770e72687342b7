/** What the parts of the grid are made with. */

export function div(className: string, attributes: Record<string, string> = {}): HTMLDivElement {
  const element = document.createElement("div");
  element.className = className;
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  return element;
}

export function button(label: string, act?: () => void): HTMLButtonElement {
  const element = document.createElement("button");
  element.type = "button";
  element.textContent = label;
  if (act) element.addEventListener("click", act);
  return element;
}

export function place(element: HTMLElement, left: number, width: number): void {
  const [x, w] = [`${left}px`, `${width}px`];
  if (element.style.left !== x) element.style.left = x;
  if (element.style.width !== w) element.style.width = w;
}

export const grouped = (number: number): string => number.toLocaleString("en-US");
