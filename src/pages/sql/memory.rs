//! What the browser keeps for a person, under the user's id: the open statements and those that were run. Signing out
//! wipes it.

use leptos::prelude::*;
use serde::{Deserialize, Serialize};

use super::run::Run;
use crate::{auth::Auth, model::sql_address::SqlAddress};

const MOST_RUN: usize = 200;
/// Bytes of one statement in the history; storage is a few megabytes.
const LONGEST_RUN: usize = 20_000;

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Kept {
    #[serde(default)]
    pub tabs: Vec<Tab>,
    /// The latest first, each once.
    #[serde(default)]
    history: Vec<String>,
}

/// An open statement with everything that its address would hold.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tab {
    pub id: String,
    pub address: SqlAddress,
}

impl Kept {
    pub fn remember(&mut self, sql: &str) {
        let sql = sql.trim();
        if sql.is_empty() || sql.len() > LONGEST_RUN {
            return;
        }
        self.history.retain(|known| known != sql);
        self.history.insert(0, sql.to_owned());
        self.history.truncate(MOST_RUN);
    }
}

pub fn remember(auth: Auth, sql: &str) {
    change(auth, |kept| kept.remember(sql));
}

/// Changes what is kept, as it is now: other windows of the browser change it, too. `false` if there was no room.
pub fn change(auth: Auth, with: impl FnOnce(&mut Kept)) -> bool {
    let (Some(storage), Some(key)) = (storage(), key(auth)) else { return false };
    let mut kept = read(auth);
    let before = kept.clone();
    with(&mut kept);
    kept == before || serde_json::to_string(&kept).is_ok_and(|text| storage.set_item(&key, &text).is_ok())
}

/// Empty where the browser keeps nothing.
pub fn read(auth: Auth) -> Kept {
    let text = storage().zip(key(auth)).and_then(|(storage, key)| storage.get_item(&key).ok().flatten());
    text.and_then(|text| serde_json::from_str(&text).ok()).unwrap_or_default()
}

fn key(auth: Auth) -> Option<String> {
    auth.user_untracked().map(|user| format!("{}{}", crate::auth::KEPT_FOR_USER, user.id))
}

fn storage() -> Option<web_sys::Storage> {
    window().local_storage().ok().flatten()
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
        all.set(read(auth).history);
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
