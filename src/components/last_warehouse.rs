//! The warehouse that a person chose last in this browser: whoever may not use the app's own one chooses once. Signing out
//! wipes it with everything else that is kept for people.

use leptos::prelude::*;

use crate::auth::{Auth, KEPT_FOR_USER};

/// `None`: the app's own one. In the browser only.
pub fn remember(auth: Auth, id: Option<&str>) {
    if auth.is_forgotten() {
        return;
    }
    let Some((storage, key)) = place(auth) else { return };
    // Without it the next tab begins with the app's own warehouse.
    let _ = match id {
        Some(id) => storage.set_item(&key, id),
        None => storage.remove_item(&key),
    };
}

/// In the browser only.
pub fn remembered(auth: Auth) -> Option<String> {
    let (storage, key) = place(auth)?;
    storage.get_item(&key).ok().flatten().filter(|id| !id.is_empty())
}

fn place(auth: Auth) -> Option<(web_sys::Storage, String)> {
    let storage = window().local_storage().ok().flatten()?;
    Some((storage, format!("{KEPT_FOR_USER}{}.warehouse", auth.user_untracked()?.id)))
}
