//! Reads secrets that come from files again, so that keys rotate and the client secret changes without a restart.

use std::time::Duration;

use secrecy::ExposeSecret;

use super::{AppState, settings::cookie_keys};

/// Orchestrators exchange mounted secrets by renaming, which file watching misses; the files are small, so they are read.
const EVERY: Duration = Duration::from_secs(5);

/// Runs as long as the server.
pub async fn watch(state: AppState) {
    loop {
        tokio::time::sleep(EVERY).await;
        let state = state.clone();
        if let Err(error) = tokio::task::spawn_blocking(move || check(&state)).await {
            tracing::error!(%error, "secrets could not be read again");
        }
    }
}

/// Takes over what has changed; what is wrong is told in the log, and what was there stays in use.
pub fn check(state: &AppState) {
    if let Some(secret) = &state.settings.workspace.client_secret {
        match secret.reread() {
            Ok(true) => tracing::info!("DATABRICKS_CLIENT_SECRET_FILE has changed: the new client secret is in use"),
            Ok(false) => {}
            Err(wrong) => tracing::error!("DATABRICKS_CLIENT_SECRET_FILE: {wrong}; the secret before stays in use"),
        }
    }
    let keys = &state.settings.session.keys_text;
    match keys.reread() {
        Ok(false) => {}
        Ok(true) => match cookie_keys::parse(keys.get().expose_secret()) {
            Ok(new) => {
                state.keys.replace(&new);
                let ids: Vec<_> = new.iter().map(|key| key.id.as_str()).collect();
                tracing::info!(?ids, "COOKIE_KEYS_FILE has changed: the new keys are in use, the first one seals");
            }
            Err(wrong) => tracing::error!("COOKIE_KEYS_FILE: {wrong}; the keys before stay in use"),
        },
        Err(wrong) => tracing::error!("COOKIE_KEYS_FILE: {wrong}; the keys before stay in use"),
    }
}
