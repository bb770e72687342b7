/** Sorts in slices: short runs first, which are then merged, so that no step takes long. Equal ones keep their order. */
import type { Slices } from "./slices";

const RUN = 2_048;

/** The places from 0 to `length` in their order. */
export async function sorted(length: number, compare: (a: number, b: number) => number, slices: Slices): Promise<Uint32Array> {
  let places = Uint32Array.from({ length }, (_, place) => place);
  for (let begin = 0; begin < length; begin += RUN) {
    places.subarray(begin, begin + RUN).sort(compare);
    if (slices.full) await slices.pause();
  }
  let merged = new Uint32Array(length);
  for (let width = RUN; width < length; width *= 2) {
    for (let begin = 0; begin < length; begin += width * 2) {
      const [middle, end] = [Math.min(begin + width, length), Math.min(begin + width * 2, length)];
      let [left, right] = [begin, middle];
      for (let to = begin; to < end; to++) {
        const [a, b] = [places[left] ?? 0, places[right] ?? 0];
        const takeLeft = left < middle && (right >= end || compare(a, b) <= 0);
        merged[to] = takeLeft ? a : b;
        if (takeLeft) left++;
        else right++;
        if ((to & 255) === 0 && slices.full) await slices.pause();
      }
    }
    [places, merged] = [merged, places];
  }
  return places;
}
