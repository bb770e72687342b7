//! In which catalog and schema names are looked up that name none: what `USE` is where all statements share a session.

use leptos::{prelude::*, task::spawn_local};

use super::run::Run;
use crate::{
    api::catalog::catalog_names,
    auth::{Auth, use_auth},
    model::{AppError, statement::Namespace},
};

/// The names that lie below a path. Copies are the same thing.
#[derive(Clone, Copy)]
struct Names {
    found: RwSignal<Result<Vec<String>, AppError>>,
    /// Counts the questions, so that only the latest one is answered.
    turn: RwSignal<u32>,
}

#[component]
pub fn NamespacePicker(run: Run) -> impl IntoView {
    let auth = use_auth();
    let catalog = Memo::new(move |_| run.namespace.with(|namespace| namespace.catalog.clone()));
    let schema = Memo::new(move |_| run.namespace.with(|namespace| namespace.schema.clone()));
    let catalogs = below(auth, || Some(Vec::new()));
    let schemas = below(auth, move || catalog.get().map(|catalog| vec![catalog]));
    // The schema was one of the catalog before.
    let choose_catalog = Callback::new(move |catalog| run.namespace.set(Namespace { catalog, schema: None }));
    let choose_schema = Callback::new(move |schema| run.namespace.update(|namespace| namespace.schema = schema));
    let failed = move || [catalogs, schemas].into_iter().find_map(|names| Some((names, names.found.get().err()?)));
    view! {
        <div class="namespace">
            <Choice label="Catalog" name="catalog" chosen=catalog names=catalogs choose=choose_catalog/>
            <Choice label="Schema" name="schema" chosen=schema names=schemas choose=choose_schema/>
            {move || failed().map(|(names, error)| view! {
                <span class="field-error" role="alert">{error.message}</span>
                <button class="button quiet small" type="button" on:click=move |_| names.turn.update(|turn| *turn += 1)>
                    "Try again"
                </button>
            })}
        </div>
    }
}

#[component]
fn Choice(
    label: &'static str,
    name: &'static str,
    chosen: Memo<Option<String>>,
    names: Names,
    choose: Callback<Option<String>>,
) -> impl IntoView {
    let id = format!("sql-{name}");
    let all = Memo::new(move |_| names.found.get().unwrap_or_default());
    // Until the list is there, and where it does not hold the chosen one.
    let unlisted = move || chosen.get().filter(|chosen| all.with(|all| !all.contains(chosen)));
    let none_chosen = chosen.with_untracked(Option::is_none);
    view! {
        <div class="namespace-choice">
            <label for=id.clone()>{label}</label>
            <select
                id=id name=name prop:value=move || chosen.get().unwrap_or_default()
                on:change=move |event| choose.run(Some(event_target_value(&event)).filter(|name| !name.is_empty()))
            >
                <option value="" selected=none_chosen>"Default"</option>
                {move || unlisted().map(|name| view! { <option value=name.clone() selected=true>{name.clone()}</option> })}
                {move || all.get().into_iter().map(|name| {
                    let selected = chosen.get_untracked().as_ref() == Some(&name);
                    view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
                }).collect_view()}
            </select>
        </div>
    }
}

/// What lies below a path, asked for whenever the path is another one; nothing where there is none.
fn below(auth: Auth, path: impl Fn() -> Option<Vec<String>> + Send + Sync + 'static) -> Names {
    let (found, turn) = (RwSignal::new(Ok(Vec::new())), RwSignal::new(0));
    let path = Memo::new(move |_| path());
    Effect::new(move |_| {
        let now = (turn.get(), path.get());
        found.set(Ok(Vec::new()));
        let Some(asked) = now.1.clone() else { return };
        spawn_local(async move {
            let answer = auth.call(|| catalog_names(asked.clone())).await;
            if turn.try_get_untracked().zip(path.try_get_untracked()) == Some(now) {
                let _ = found.try_set(answer);
            }
        });
    });
    Names { found, turn }
}
