//! A new sign-in takes the place of the session that its browser had: that one ends, but not at once.
//!
//! Other tabs have requests under way with its cookies; told that the session is over, they would say so to a person who has
//! just signed in. So for some seconds it is let in as before, while no answer puts it back into the browser.

use std::{sync::Arc, time::Duration};

use super::{Engine, Over, Session, SessionId, SessionName, store::StoreError};
use crate::server::clock::Seconds;

/// An earlier session is let in for this long after another one took its place.
const GRACE: Duration = Duration::from_secs(5);
/// Sign-ins that take each other's place within the life of an attempt; nobody begins more.
const MOST_IN_A_ROW: usize = 64;

impl Engine {
    /// A new session takes the place of earlier ones of the same browser, and of those that had taken their place since.
    /// From now on no answer puts them back into the browser; after some seconds they end, and their tokens are revoked
    /// as far as the store knows them.
    ///
    /// # Errors
    /// The store failed; those that were not reached stand.
    pub async fn take_place(
        self: &Arc<Self>,
        new: &Session,
        earlier: Vec<SessionName>,
        remember_until: Seconds,
    ) -> Result<(), StoreError> {
        if earlier.is_empty() {
            return Ok(());
        }
        // Another attempt may have begun in one of them, whose answer knows the earlier one alone.
        self.store().remember(new, remember_until).await?;
        let mut leaving: Vec<SessionName> = Vec::new();
        for name in earlier {
            let mut next = Some(name);
            while let Some(name) = next.take().filter(|name| name.id != new.id && leaving.len() < MOST_IN_A_ROW) {
                next = self.store().give_way(&name, &new.name()).await?;
                leaving.push(name);
            }
        }
        let engine = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep(GRACE).await;
            for name in leaving {
                match engine.end_named(&name, "somebody signed in over it").await {
                    Ok(Some(session)) => engine.grants.revoke(&session).await,
                    Ok(None) => {}
                    Err(error) => {
                        tracing::error!(session = ?name.id, %error, "an earlier session goes on until its end");
                    }
                }
            }
        });
        Ok(())
    }

    /// Ends the sessions that took the place of one, for a sign-out that crossed their sign-in: whoever sent it means the
    /// browser, and did not know of them.
    pub(super) async fn end_those_in_place_of(self: &Arc<Self>, id: &SessionId) -> Result<(), StoreError> {
        let mut next = self.store().standing(id).await?.gave_way_to;
        for _ in 0..MOST_IN_A_ROW {
            let Some(name) = next.take() else { break };
            next = self.store().standing(&name.id).await?.gave_way_to;
            if let Some(session) = self.end_named(&name, "a sign-out crossed its sign-in").await? {
                let engine = Arc::clone(self);
                tokio::spawn(async move { engine.grants.revoke(&session).await });
            }
        }
        Ok(())
    }

    /// Ends a session of which only the name is known. Gives it if its tokens are known here.
    async fn end_named(&self, name: &SessionName, why: &'static str) -> Result<Option<Arc<Session>>, StoreError> {
        let known = self.store().end(name, Over::SignedOut).await?;
        tracing::info!(session = ?name.id, tokens_known = known.is_some(), "ended: {why}");
        Ok(known)
    }
}
