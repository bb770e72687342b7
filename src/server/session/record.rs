//! What a session holds. It is serialised only to be sealed.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    model::{SessionView, User},
    server::{
        clock::Seconds,
        oauth::tokens::Tokens,
        settings::{SessionSettings, WorkspaceSettings},
    },
};

/// 128 random bits, base64url. Not a secret, but logs show only its beginning.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SessionId(String);

impl SessionId {
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn random() -> Result<Self, getrandom::Error> {
        super::seal::random_text::<16>().map(Self)
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}…", self.0.get(..6).unwrap_or_default())
    }
}

#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Session {
    pub id: SessionId,
    pub user: User,
    #[serde(with = "secret_text")]
    pub access_token: SecretString,
    /// `None`: the authorization server gave none (no `offline_access`), so the session ends with its access token.
    #[serde(with = "optional_secret_text")]
    pub refresh_token: Option<SecretString>,
    /// Receipt time + `expires_in`, on our clock.
    pub access_expires_at: Seconds,
    /// When the tokens were received.
    pub refreshed_at: Seconds,
    /// When the refresh token ends, where the authorization server tells.
    pub refresh_expires_at: Option<Seconds>,
    /// The granted scope.
    pub scope: String,
    pub created_at: Seconds,
    /// The last thing the person did; the heartbeat does not count.
    pub last_activity: Seconds,
    /// Absolute end; no refresh moves it.
    pub ends_at: Seconds,
    /// Counts refreshes: of two copies of a session the higher one holds the tokens that are still good.
    pub version: u64,
    /// `SESSION_EPOCH` at the sign-in: raising the setting ends every session of an earlier epoch.
    pub epoch: u64,
}

impl Session {
    /// A new session for the tokens of a sign-in.
    ///
    /// # Errors
    /// The operating system has no randomness to give.
    pub fn begin(
        user: User,
        tokens: Tokens,
        now: Seconds,
        settings: &SessionSettings,
    ) -> Result<Self, getrandom::Error> {
        Ok(Self {
            id: SessionId::random()?,
            user,
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token,
            access_expires_at: now.saturating_add(tokens.expires_in),
            refreshed_at: now,
            refresh_expires_at: tokens.refresh_expires_in.map(|seconds| now.saturating_add(seconds)),
            scope: tokens.scope.unwrap_or_default(),
            created_at: now,
            last_activity: now,
            ends_at: now.saturating_add(settings.absolute),
            version: 1,
            epoch: settings.epoch,
        })
    }

    /// The same session with new tokens. An answer without a refresh token means that the old one stays good.
    #[must_use]
    pub fn refreshed(&self, tokens: Tokens, now: Seconds) -> Self {
        Self {
            access_token: tokens.access_token,
            refresh_token: tokens.refresh_token.or_else(|| self.refresh_token.clone()),
            access_expires_at: now.saturating_add(tokens.expires_in),
            refreshed_at: now,
            refresh_expires_at: match tokens.refresh_expires_in {
                Some(seconds) => Some(now.saturating_add(seconds)),
                None => self.refresh_expires_at,
            },
            scope: tokens.scope.unwrap_or_else(|| self.scope.clone()),
            version: self.version + 1,
            ..self.clone()
        }
    }

    /// Whether the access token ends soon. Of a token that lives shorter than twice `within`, the last half counts as
    /// soon; otherwise it would be renewed on every request.
    pub fn needs_refresh(&self, now: Seconds, within: Seconds) -> bool {
        let half_life = self.access_expires_at.saturating_sub(self.refreshed_at) / 2;
        self.access_expires_at.saturating_sub(now) <= within.min(half_life)
    }

    /// The same session, in which the person did something at `moment` if not later.
    #[must_use]
    pub fn active_since(&self, moment: Seconds) -> Self {
        Self { last_activity: self.last_activity.max(moment), ..self.clone() }
    }

    /// The earliest of the limits: idle, absolute, the authorization server's own end where it tells, and the access token's
    /// end where nothing can renew it.
    pub fn end(&self, settings: &SessionSettings) -> Seconds {
        let end = self.ends_at.min(self.last_activity.saturating_add(settings.idle));
        match (&self.refresh_token, self.refresh_expires_at) {
            (None, _) => end.min(self.access_expires_at),
            (Some(_), Some(refresh_end)) => end.min(refresh_end.max(self.access_expires_at)),
            (Some(_), None) => end,
        }
    }

    /// What the browser may know.
    pub fn view(&self, now: Seconds, settings: &SessionSettings, workspace: &WorkspaceSettings) -> SessionView {
        SessionView {
            user: self.user.clone(),
            workspace_host: workspace.host.clone(),
            access_expires_at: self.access_expires_at,
            session_ends_at: self.end(settings),
            now,
        }
    }
}

/// Secrets are written out only here, into what is sealed at once.
mod secret_text {
    use secrecy::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serializer};

    pub fn serialize<S: Serializer>(secret: &SecretString, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(secret.expose_secret())
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<SecretString, D::Error> {
        String::deserialize(deserializer).map(SecretString::from)
    }
}

mod optional_secret_text {
    use secrecy::{ExposeSecret, SecretString};
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub fn serialize<S: Serializer>(secret: &Option<SecretString>, serializer: S) -> Result<S::Ok, S::Error> {
        secret.as_ref().map(|secret| secret.expose_secret()).serialize(serializer)
    }

    pub fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<SecretString>, D::Error> {
        Option::<String>::deserialize(deserializer).map(|text| text.map(SecretString::from))
    }
}
