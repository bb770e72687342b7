//! In which catalog and schema names are looked up that name none: what `USE` is where all statements share a session.

use leptos::{prelude::*, task::spawn_local};

use super::run::Run;
use crate::{
    api::catalog::catalog_names,
    auth::Auth,
    model::{AppError, sql_kind::is_plain_query, statement::Namespace},
};

/// The names that lie below a path. Copies are the same thing.
#[derive(Clone, Copy)]
struct Names {
    found: RwSignal<Result<Vec<String>, AppError>>,
    /// Counts the questions, so that only the latest one is answered.
    turn: RwSignal<u32>,
}

/// The catalogs, and the schemas of the chosen one. Copies are the same thing.
#[derive(Clone, Copy)]
pub struct Places {
    catalogs: Names,
    schemas: Names,
}

impl Places {
    /// The lists come after the page: nobody waits for them.
    pub fn ask(auth: Auth, run: Run) -> Self {
        let catalog = move || run.namespace.with(|namespace| namespace.catalog.clone());
        let catalogs = below(auth, || Some(Vec::new()));
        let schemas = below(auth, move || catalog().map(|catalog| vec![catalog]));
        // A statement that writes may have made some, or dropped them.
        Effect::new(move |worked: Option<bool>| {
            let works = run.is_working();
            if worked == Some(true) && !works && !is_plain_query(&run.ran()) {
                [catalogs, schemas].into_iter().for_each(Names::ask_again);
            }
            works
        });
        Self { catalogs, schemas }
    }
}

#[component]
pub fn NamespacePicker(run: Run, places: Places) -> impl IntoView {
    let catalog = Memo::new(move |_| run.namespace.with(|namespace| namespace.catalog.clone()));
    let schema = Memo::new(move |_| run.namespace.with(|namespace| namespace.schema.clone()));
    // The schema was one of the catalog before.
    let choose_catalog = Callback::new(move |catalog| {
        run.choose(|| run.namespace.set(Namespace { catalog, schema: None }));
    });
    let choose_schema = Callback::new(move |schema| {
        run.choose(|| run.namespace.update(|namespace| namespace.schema = schema));
    });
    view! {
        <div class="namespace">
            <Choice label="Catalog" name="catalog" chosen=catalog names=places.catalogs choose=choose_catalog/>
            <Choice label="Schema" name="schema" chosen=schema names=places.schemas choose=choose_schema/>
        </div>
    }
}

/// Which list is missing, and why; beside the choice, which may be folded.
#[component]
pub fn NamespaceTrouble(places: Places) -> impl IntoView {
    let both = [places.catalogs, places.schemas];
    let failed = move || both.into_iter().find_map(|names| Some((names, names.found.get().err()?)));
    move || {
        failed().map(|(names, error)| {
            view! {
                <span class="field-error" role="alert">{error.message}</span>
                <button class="button quiet small" type="button" on:click=move |_| names.ask_again()>"Try again"</button>
            }
        })
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
                <option value="" selected=none_chosen>"Not chosen"</option>
                {move || unlisted().map(|name| view! { <option value=name.clone() selected=true>{name.clone()}</option> })}
                {move || all.get().into_iter().map(|name| {
                    let selected = chosen.get_untracked().as_ref() == Some(&name);
                    view! { <option value=name.clone() selected=selected>{name.clone()}</option> }
                }).collect_view()}
            </select>
        </div>
    }
}

impl Names {
    fn ask_again(self) {
        self.turn.update(|turn| *turn += 1);
    }
}

/// What lies below a path, asked for whenever the path is another one; nothing where there is none.
fn below(auth: Auth, path: impl Fn() -> Option<Vec<String>> + Send + Sync + 'static) -> Names {
    let (found, turn) = (RwSignal::new(Ok(Vec::new())), RwSignal::new(0));
    let path = Memo::new(move |_| path());
    Effect::new(move |before: Option<Option<Vec<String>>>| {
        let now = (turn.get(), path.get());
        let asked = now.1.clone();
        if before.as_ref() != Some(&asked) || found.with_untracked(Result::is_err) {
            found.set(Ok(Vec::new()));
        }
        if let Some(asked) = asked.clone() {
            spawn_local(async move {
                let answer = auth.call(|| catalog_names(asked.clone())).await;
                if turn.try_get_untracked().zip(path.try_get_untracked()) == Some(now) {
                    let _ = found.try_set(answer);
                }
            });
        }
        asked
    });
    Names { found, turn }
}
