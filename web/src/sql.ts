/** What the SQL page loads: the editor over its text field and the grid over its table. */
import { SqlEditor } from "./editor";
import { ResultGrid } from "./grid/element";
import { tellWhenLeaving } from "./leaving";

customElements.define("sql-editor", SqlEditor);
customElements.define("result-grid", ResultGrid);
tellWhenLeaving();
