/** In which zone moments are written: the service writes a TIMESTAMP in that of the session. */
import type { Row } from "./chunk";

/** Of moments in several zones, as of those around the change of a clock. */
export const MIXED = "with zones";

interface Zoned {
  index: number;
  type: string;
  zone: string | undefined;
}

/** `UTC` or `UTC-08:00`; `undefined` for a text without a zone. */
export function zoneOf(text: string): string | undefined {
  const zone = /:\d\d(?:\.\d+)?(Z|[+-]\d\d:\d\d)$/.exec(text)?.[1];
  return zone && `UTC${/^(?:Z|[+-]00:00)$/.test(zone) ? "" : zone}`;
}

/** The zone of all of these, `MIXED`, or `undefined` where none has one. */
export function commonZone(texts: Iterable<string | null | undefined>, known?: string): string | undefined {
  let common = known;
  for (const text of texts) {
    const zone = text ? zoneOf(text) : undefined;
    if (!zone || zone === common) continue;
    if (common) return MIXED;
    common = zone;
  }
  return common;
}

/** What these rows add to what is known of the columns. Whether that is anything. */
export function learnZones(columns: Zoned[], rows: (Row | undefined)[]): boolean {
  let learned = false;
  for (const column of columns) {
    if (column.type !== "TIMESTAMP" || column.zone === MIXED) continue;
    const zone = commonZone(rows.map((row) => row?.[column.index]), column.zone);
    learned ||= zone !== column.zone;
    column.zone = zone;
  }
  return learned;
}

/** Milliseconds that the clocks of such a zone are ahead of UTC. */
export function ahead(zone: string): number {
  const [, sign, hours, minutes] = /([+-])(\d\d):(\d\d)$/.exec(zone) ?? [];
  return (sign === "-" ? -1 : 1) * (Number(hours ?? 0) * 60 + Number(minutes ?? 0)) * 60_000;
}
