/** What the editor remembers of the texts that are not in it: each with its own undo, selection and place. */
import type { EditorState, StateEffect } from "@codemirror/state";

export interface Kept {
  state: EditorState;
  /** Leads back to where the text was scrolled to. */
  scroll?: StateEffect<unknown>;
}

/** More than anybody goes back to; each may hold a long history. */
const MOST_KEPT = 30;

export class Documents {
  private readonly kept = new Map<string, Kept>();

  keep(id: string, kept: Kept): void {
    // The latest is last.
    this.kept.delete(id);
    this.kept.set(id, kept);
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= MOST_KEPT) return;
      this.kept.delete(oldest);
    }
  }

  take(id: string): Kept | undefined {
    const kept = this.kept.get(id);
    this.kept.delete(id);
    return kept;
  }
}
