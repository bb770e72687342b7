/** Tells the server when the page goes while a statement runs for it; the server waits some seconds for the page to come back. */
import { callHeaders } from "./calls";
import type { SqlEditor } from "./editor";

export function tellWhenLeaving(): void {
  addEventListener("pagehide", () => {
    const editor = document.querySelector<SqlEditor>("sql-editor");
    const statement_id = editor?.waitsfor;
    if (!editor || !statement_id) return;
    void fetch("/api/statements/leave", {
      method: "POST",
      keepalive: true,
      headers: { "content-type": "application/json", ...callHeaders(editor.getAttribute("user")) },
      body: JSON.stringify({ statement_id }),
    });
  });
}
