//! A typed field for every `:name` in the text.

use leptos::prelude::*;

use super::run::Run;
use crate::model::{query::Parameter, sql_address::TYPES, sql_text::markers};

#[component]
pub fn ParameterFields(run: Run) -> impl IntoView {
    let names = Memo::new(move |_| run.sql.with(|sql| markers(sql)));
    view! {
        <div class="parameters" role="group" aria-label="Parameters" hidden=move || names.with(Vec::is_empty)>
            <For each=move || names.get() key=Clone::clone children=move |name| view! { <Field run name/> }/>
        </div>
    }
}

#[component]
fn Field(run: Run, name: String) -> impl IntoView {
    let wanted = StoredValue::new(name.clone());
    let of = move |all: &Vec<Parameter>| {
        wanted.with_value(|name| all.iter().find(|parameter| parameter.name == name.as_str()).cloned())
    };
    let sql_type = Memo::new(move |_| run.typed.with(of).map_or(TYPES[0].to_owned(), |it| it.sql_type.into_owned()));
    let value = Memo::new(move |_| run.typed.with(of).map_or(Some(String::new()), |it| it.value));
    let change = move |with: &dyn Fn(&mut Parameter)| {
        run.typed.update(|all| {
            let name = wanted.get_value();
            if !all.iter().any(|parameter| parameter.name == name.as_str()) {
                let name = name.clone().into();
                all.push(Parameter { name, sql_type: TYPES[0].into(), value: Some(String::new()) });
            }
            all.iter_mut().filter(|parameter| parameter.name == name.as_str()).for_each(with);
        });
    };
    let input_type = move || match sql_type.get().as_str() {
        "DATE" => "date",
        "TIMESTAMP" | "TIMESTAMP_NTZ" => "datetime-local",
        _ => "text",
    };
    // What the browser checks before the form is sent; the warehouse has the last word.
    let pattern = move || match sql_type.get().as_str() {
        "BIGINT" | "INT" => Some("[+\\-]?[0-9]+"),
        "DOUBLE" | "DECIMAL(38,10)" => Some("[+\\-]?([0-9]+[.]?[0-9]*|[.][0-9]+)([eE][+\\-]?[0-9]+)?"),
        "BOOLEAN" => Some("true|false"),
        _ => None,
    };
    let expected = move || match sql_type.get().as_str() {
        "BIGINT" | "INT" => "a whole number",
        "DOUBLE" | "DECIMAL(38,10)" => "a number",
        "BOOLEAN" => "true or false",
        "DATE" => "a date",
        "TIMESTAMP" => "a date and a time, in UTC",
        "TIMESTAMP_NTZ" => "a date and a time",
        _ => "",
    };
    let typed = move || sql_type.get() != TYPES[0];
    // A value that NULL takes the place of comes back with it.
    let before_null = StoredValue::new(String::new());
    let keyboard = move || match sql_type.get().as_str() {
        "BIGINT" | "INT" => "numeric",
        "DOUBLE" | "DECIMAL(38,10)" => "decimal",
        _ => "text",
    };
    let (first_type, first_value) = (sql_type.get_untracked(), value.get_untracked());
    view! {
        <fieldset class="parameter">
            <legend><code>":"{name.clone()}</code></legend>
            <label class="visually-hidden" for=format!("t.{name}")>"Type"</label>
            <select
                id=format!("t.{name}") name=format!("t.{name}") prop:value=sql_type
                on:change=move |event| {
                    let chosen = event_target_value(&event);
                    change(&|parameter| parameter.sql_type = chosen.clone().into());
                }
            >
                {TYPES.map(|known| view! { <option value=known selected=known == first_type>{known}</option> }).collect_view()}
            </select>
            <label class="visually-hidden" for=format!("p.{name}")>"Value"</label>
            <input
                id=format!("p.{name}") name=format!("p.{name}") type=input_type inputmode=keyboard autocomplete="off"
                pattern=pattern title=expected placeholder=expected required=typed step="any"
                value=first_value.clone().unwrap_or_default()
                prop:value=move || value.get().unwrap_or_default() disabled=move || value.with(Option::is_none)
                on:input=move |event| {
                    let text = event_target_value(&event);
                    change(&|parameter| parameter.value = Some(text.clone()));
                }
            />
            <span class="fine-print" hidden=move || sql_type.get() != "TIMESTAMP">"UTC"</span>
            <label class="check">
                <input
                    type="checkbox" name=format!("n.{name}") value="1" checked=first_value.is_none()
                    prop:checked=move || value.with(Option::is_none)
                    on:change=move |event| {
                        let null = event_target_checked(&event);
                        if null {
                            before_null.set_value(value.get_untracked().unwrap_or_default());
                        }
                        change(&|parameter| parameter.value = (!null).then(|| before_null.get_value()));
                    }
                />
                "NULL"
            </label>
        </fieldset>
    }
}
