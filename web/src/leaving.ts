/** Tells the server when the page goes while a statement runs for it; the server waits some seconds for the page to come back. */
import type { SqlEditor } from "./editor";

export function tellWhenLeaving(): void {
  addEventListener("pagehide", () => {
    const statement_id = document.querySelector<SqlEditor>("sql-editor")?.waitsfor;
    if (!statement_id) return;
    void fetch("/api/statements/leave", {
      method: "POST",
      keepalive: true,
      headers: { "content-type": "application/json", "x-lakefront-call": "1" },
      body: JSON.stringify({ statement_id }),
    });
  });
}
