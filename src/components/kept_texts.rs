//! How many texts the browser keeps open for a person: those that a sign-out removes. The SQL page writes them
//! (`pages/sql/memory`); here is read what asking about them takes, on every page.

use leptos::prelude::*;
use serde::Deserialize;

use crate::auth::{Auth, KEPT_FOR_USER};

#[derive(Default, Deserialize)]
struct Kept {
    #[serde(default)]
    tabs: Vec<Tab>,
}

#[derive(Deserialize)]
struct Tab {
    address: Address,
}

#[derive(Deserialize)]
struct Address {
    sql: String,
}

/// In the browser only.
pub fn open_texts(auth: Auth) -> usize {
    let storage = window().local_storage().ok().flatten();
    let text = storage
        .zip(auth.user_untracked())
        .and_then(|(storage, user)| storage.get_item(&format!("{KEPT_FOR_USER}{}", user.id)).ok().flatten());
    text.map_or(0, |text| open_in(&text))
}

/// Those in what is kept that are not empty.
pub fn open_in(kept: &str) -> usize {
    let kept = serde_json::from_str::<Kept>(kept).unwrap_or_default();
    kept.tabs.iter().filter(|tab| !tab.address.sql.trim().is_empty()).count()
}
