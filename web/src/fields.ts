/** The fields for values beside the text. */

/**
 * Whether those that count for these markers are filled in as their types ask; the person is told of the first that is not.
 * Fields of other statements may be empty.
 */
export function filled(form: HTMLFormElement, names: Set<string>): boolean {
  return [...form.elements].every((element) => {
    if (!(element instanceof HTMLInputElement)) return true;
    const marker = /^p\.(.*)$/.exec(element.name)?.[1];
    return (marker !== undefined && !names.has(marker)) || element.reportValidity();
  });
}
