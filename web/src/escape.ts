/** Esc on the whole page, for those who are anywhere but in the editor while a statement runs. */

/** Calls `act` for an Esc that nothing else on the page answers to; `act` says whether it did something. */
export function onEscape(act: () => boolean, signal: AbortSignal): void {
  document.addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || event.repeat || event.isComposing) return;
      if (closesSomething(event)) return;
      if (act()) event.preventDefault();
    },
    { signal },
  );
}

/** What browsers do with Esc by themselves, after the page has seen the key. */
function closesSomething(event: KeyboardEvent): boolean {
  const field = event.composedPath()[0];
  if (field instanceof HTMLInputElement && field.type === "search" && field.value) return true;
  const popovers = CSS.supports("selector(:popover-open)") ? ", :popover-open" : "";
  return document.querySelector(`dialog[open]${popovers}`) !== null;
}
