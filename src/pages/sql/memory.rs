//! What the browser keeps for a person: the draft and the statements that were run, under the user's id. Signing out
//! wipes it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::run::Run;
use crate::auth::Auth;

const MOST: usize = 200;
/// Storage is a few megabytes; longer statements are not remembered.
const LONGEST: usize = 20_000;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Kept {
    draft: String,
    /// The latest first, each once.
    history: Vec<String>,
}

/// Begins with the draft where the address says nothing, and keeps it up to date.
pub fn keep_draft(auth: Auth, run: Run) {
    Effect::new(move |before: Option<()>| {
        let sql = run.sql.get();
        let Some(mut kept) = read(auth) else { return };
        if before.is_none() {
            if sql.is_empty() && !kept.draft.is_empty() {
                run.sql.set(kept.draft);
            }
        } else if kept.draft != sql && sql.len() <= LONGEST {
            kept.draft = sql;
            write(auth, &kept);
        }
    });
}

pub fn remember(auth: Auth, sql: &str) {
    let sql = sql.trim();
    let Some(mut kept) = read(auth).filter(|_| sql.len() <= LONGEST) else { return };
    kept.history.retain(|known| known != sql);
    kept.history.insert(0, sql.to_owned());
    kept.history.truncate(MOST);
    write(auth, &kept);
}

fn key(auth: Auth) -> Option<String> {
    auth.user_untracked().map(|user| format!("{}{}", crate::auth::KEPT_FOR_USER, user.id))
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
}

/// `None` where the browser keeps nothing.
fn read(auth: Auth) -> Option<Kept> {
    let text = storage()?.get_item(&key(auth)?).ok()?;
    Some(text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default())
}

fn write(auth: Auth, kept: &Kept) {
    if let (Some(storage), Some(key), Ok(text)) = (storage(), key(auth), serde_json::to_string(kept))
        && storage.set_item(&key, &text).is_err()
    {
        leptos::logging::warn!("the browser has no room for drafts");
    }
}

/// The statements that were run, to be searched and taken up again.
#[component]
pub fn History(run: Run) -> impl IntoView {
    let auth = crate::auth::use_auth();
    let wanted = RwSignal::new(String::new());
    let all = RwSignal::new(Vec::<String>::new());
    // A run adds to it.
    Effect::new(move |_| {
        run.is_working();
        all.set(read(auth).unwrap_or_default().history);
    });
    let found = move || {
        let wanted = wanted.get().to_lowercase();
        let matches = |sql: &String| sql.to_lowercase().contains(&wanted);
        all.get().into_iter().filter(matches).take(30).collect::<Vec<_>>()
    };
    view! {
        <details class="history" hidden=move || all.with(Vec::is_empty)>
            <summary>"History"</summary>
            <label>
                <span class="visually-hidden">"Search the history"</span>
                <input type="search" placeholder="Search" on:input=move |event| wanted.set(event_target_value(&event))/>
            </label>
            <ol>
                {move || found().into_iter().map(|sql| {
                    let text = sql.clone();
                    view! {
                        <li><button type="button" class="history-entry" on:click=move |_| run.sql.set(sql.clone())>{text}</button></li>
                    }
                }).collect_view()}
            </ol>
        </details>
    }
}
