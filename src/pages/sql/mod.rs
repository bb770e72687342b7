//! The SQL page: write a statement, run it as yourself, follow it, read its result.
//!
//! All of it is a form and works as one; `web/` brings the editor and the grid, `run` follows a statement in the page.

mod addressed;
mod cut;
mod focus;
mod follow;
mod history;
mod in_view;
mod keeping;
mod memory;
mod namespace;
mod outcome;
mod parameters;
mod run;
mod share;
mod submit;
mod tab_bar;
mod tabs;
mod warehouse;
mod welcome;

use leptos::{ev, html, prelude::*};
use leptos_meta::{Script, Title};
use leptos_router::{hooks::use_query_map, params::ParamsMap};
use wasm_bindgen::JsCast;

use crate::{
    api::statements::{result_page, statement_state},
    auth::{Auth, use_auth},
    components::catalog_tree::CatalogTree,
    model::{
        AppError, inside_textarea,
        sql_address::SqlAddress,
        statement::{ResultPage, StatementState, StatementView},
    },
};
use history::History;
use namespace::{NamespacePicker, NamespaceTrouble, Places};
use outcome::{NothingToRun, Outcome};
use parameters::ParameterFields;
use run::{Part, Run};
use share::CopyLink;
use tab_bar::TabBar;
use tabs::Tabs;
use warehouse::{WarehousePicker, WarehouseTrouble, Warehouses};

/// In the empty editor; nothing that could be taken for a statement.
const HINT: &str = "Write SQL, or choose a table";

#[component]
pub fn SqlPage() -> impl IntoView {
    let auth = use_auth();
    let query = use_query_map();
    let address = query.with_untracked(address);
    let run = Run::new(auth, &address);
    let asked = address.clone();
    let first = Resource::new(|| (), move |()| load(auth, asked.clone()));
    let tabs = Tabs::keep(auth, run, typed_before());
    tabs.follow_address(query);
    let warehouses = Warehouses::ask(auth, run);
    let places = Places::ask(auth, run);
    let place = NodeRef::<html::Div>::new();
    in_view::keep_outcome_in_view(run, place);
    in_view::keep_tab_in_view(tabs);

    let editor = NodeRef::<html::Textarea>::new();
    let part = NodeRef::<html::Input>::new();
    let submit = move |event: ev::SubmitEvent| {
        let (Some(editor), Some(part)) = (editor.get_untracked(), part.get_untracked()) else { return };
        event.prevent_default();
        run.sql.set(editor.value());
        // The editor names the part to run: the selection, or the statement at the cursor.
        let chosen = part.value();
        let number = |name: &str| part.get_attribute(name).and_then(|text| text.parse().ok()).unwrap_or_default();
        let named = Part { line: number("data-line"), column: number("data-column"), sql: chosen };
        part.set_value("");
        run.start(if named.sql.is_empty() { Part::whole(editor.value()) } else { named });
    };
    let user = auth.user_untracked().map(|user| user.id);
    // The editor puts it where the cursor is; a plain field gets it at its end.
    let pick = Callback::new(move |name: String| {
        let Some(editor) = editor.get_untracked() else { return };
        if !tell_editor(&editor, &name) {
            run.sql.update(|sql| sql.push_str(&name));
        }
    });
    let failed_at = move || run.position().map(|(line, column)| format!("{line}:{column}"));
    view! {
        <Title text="SQL"/>
        <Script type_="module" src="/web/sql.js"/>
        <div class="page wide sql">
            <h1 class="visually-hidden">"SQL"</h1>
            <div class="sql-desk">
            <div class="sql-side">
                <CatalogTree pick/>
                <History run tabs/>
            </div>
            <TabBar tabs/>
            <form id="sql-form" class="card sql-form" method="post" action="/sql/run" on:submit=submit>
                <sql-editor
                    class="sql-editor" user=user prop:document=move || tabs.active() prop:text=move || run.sql.get()
                    catalog=move || run.namespace.with(|namespace| namespace.catalog.clone())
                    schema=move || run.namespace.with(|namespace| namespace.schema.clone())
                    prop:failedat=failed_at prop:waitsfor=move || run.waits_for()
                >
                    <label class="visually-hidden" for="sql-text">"SQL statement"</label>
                    <textarea
                        id="sql-text" name="sql" rows="8" spellcheck="false" autocapitalize="off" autocomplete="off"
                        placeholder=HINT node_ref=editor
                        prop:value=move || run.sql.get()
                        on:input=move |event| run.sql.set(event_target_value(&event))
                    >{inside_textarea(&address.sql)}</textarea>
                </sql-editor>
                <input type="hidden" name="part" node_ref=part/>
                <ParameterFields run/>
                <div class="sql-actions">
                    <button class="button" type="submit" title="Runs the selection or the statement at the cursor: Ctrl or ⌘ + Enter" disabled=move || run.is_working()>"Run"</button>
                    <button
                        class="button quiet" type="button" data-cancel="" title="Esc"
                        hidden=move || !run.is_working() disabled=move || run.cancelling.get()
                        on:click=move |_| run.cancel()
                    >
                        {move || if run.cancelling.get() { "Cancelling …" } else { "Cancel" }}
                    </button>
                    // The editor shows it when it can format.
                    <button class="button quiet" type="button" data-format="" title="Shift + Alt + F" hidden>"Format"</button>
                    // Folded on a small screen only.
                    <details class="sql-options">
                        <summary class="button quiet">"Options"</summary>
                        <div class="sql-options-inside">
                            <div class="sql-rows">
                                <label for="sql-rows">"Rows"</label>
                                <select
                                    id="sql-rows" name="rows" prop:value=move || if run.all_rows.get() { "all" } else { "first" }
                                    on:change=move |event| run.choose(|| run.all_rows.set(event_target_value(&event) == "all"))
                                >
                                    <option value="first" selected=!address.all_rows>"First 10,000"</option>
                                    <option value="all" selected=address.all_rows>"All rows"</option>
                                </select>
                            </div>
                            <WarehousePicker run warehouses/>
                            <NamespacePicker run places/>
                            <CopyLink run/>
                        </div>
                    </details>
                    <NothingToRun run/>
                    <WarehouseTrouble warehouses/>
                    <NamespaceTrouble places/>
                    // The editor says what it sent when that is not all of the text.
                    <p class="fine-print" role="status" data-sent=""></p>
                    <p class="field-error" role="alert" data-format-problem="" hidden></p>
                </div>
            </form>
            <div class="sql-result" node_ref=place>
                <Transition fallback=|| view! { <p class="loading">"Loading …"</p> }>
                    {move || Suspend::new(async move {
                        let first = first.await;
                        view! { <Outcome run tabs first/> }
                    })}
                </Transition>
            </div>
            </div>
        </div>
    }
    .into_any()
}

/// Asks `<sql-editor>` around the field to insert a text; false if it does not live.
fn tell_editor(field: &web_sys::HtmlTextAreaElement, text: &str) -> bool {
    let init = web_sys::CustomEventInit::new();
    init.set_cancelable(true);
    init.set_bubbles(true);
    init.set_detail(&text.into());
    let event = web_sys::CustomEvent::new_with_event_init_dict("inserttext", &init);
    // The editor prevents what it has done itself.
    event.is_ok_and(|event| field.dispatch_event(&event).is_ok_and(|untouched| !untouched))
}

/// What was written into the field before the page came to life: hydrating puts the server's text in its place.
fn typed_before() -> Option<String> {
    if is_server() {
        return None;
    }
    let field = document().get_element_by_id("sql-text")?.dyn_into::<web_sys::HtmlTextAreaElement>().ok()?;
    let written = field.value();
    field.default_value().is_ok_and(|sent| sent != written).then_some(written)
}

fn address(query: &ParamsMap) -> SqlAddress {
    SqlAddress::from_pairs(query.latest_values().map(|(name, value)| (name.as_ref(), value)))
}

/// What was found for the statement that the address names.
pub type Found = Option<Result<(StatementView, ResultPage), AppError>>;

async fn load(auth: Auth, address: SqlAddress) -> Found {
    let id = address.statement_id?;
    let found = async {
        let view = auth.call(|| statement_state(id.clone(), address.warehouse_id.clone())).await?;
        let rows = match &view.state {
            StatementState::Done(shape) => auth.call(|| result_page(id.clone(), shape.clone(), address.page)).await?,
            _ => ResultPage::default(),
        };
        Ok((view, rows))
    };
    Some(found.await)
}
