//! What a session holds. It is serialised only to be sealed.

use std::fmt;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use crate::{
    model::{EndsBy, SessionView, User},
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

/// What names a session and no more: it holds nothing of worth and lets nobody in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionName {
    pub id: SessionId,
    pub ends_at: Seconds,
    pub version: u64,
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

    pub fn needs_refresh(&self, now: Seconds, within: Seconds) -> bool {
        now >= self.renew_from(within)
    }

    /// When the access token counts as ending soon. Of a token that lives shorter than twice `within`, the last half counts
    /// as soon; otherwise it would be renewed on every request. Where nothing renews it, only its end counts.
    fn renew_from(&self, within: Seconds) -> Seconds {
        if self.refresh_token.is_none() {
            return self.access_expires_at;
        }
        let half_life = self.access_expires_at.saturating_sub(self.refreshed_at) / 2;
        let near_end = self.access_expires_at.saturating_sub(within.min(half_life));
        self.last_chance(within).map_or(near_end, |last_chance| last_chance.min(near_end))
    }

    /// From when on the refresh token is good for a last short while, if it ends before the access token: later nothing could
    /// renew the session. An authorization server that moves that end by no refresh is asked once, not again and again.
    fn last_chance(&self, within: Seconds) -> Option<Seconds> {
        self.refresh_expires_at
            .filter(|end| *end < self.access_expires_at && end.saturating_sub(self.refreshed_at) > within)
            .map(|end| end.saturating_sub(within))
    }

    /// Whether there is a refresh token that is not known to have ended.
    pub fn is_renewable(&self, now: Seconds) -> bool {
        self.refresh_token.is_some() && self.refresh_expires_at.is_none_or(|end| now < end)
    }

    /// The same session, in which the person did something at `moment` if not later.
    #[must_use]
    pub fn active_since(&self, moment: Seconds) -> Self {
        Self { last_activity: self.last_activity.max(moment), ..self.clone() }
    }

    /// What it takes to end this session later.
    #[must_use]
    pub fn name(&self) -> SessionName {
        SessionName { id: self.id.clone(), ends_at: self.ends_at, version: self.version }
    }

    /// The earliest of the limits: idle, absolute, the authorization server's own end where it tells, and the access token's
    /// end where nothing can renew it.
    pub fn end(&self, settings: &SessionSettings) -> Seconds {
        self.first_limit(settings).end
    }

    /// What the browser may know.
    pub fn view(&self, now: Seconds, settings: &SessionSettings, workspace: &WorkspaceSettings) -> SessionView {
        let limit = self.first_limit(settings);
        SessionView {
            user: self.user.clone(),
            workspace_host: workspace.host.clone(),
            access_expires_at: self.access_expires_at,
            renew_from: self.renew_from(settings.refresh_within),
            session_ends_at: limit.end,
            ends_by: limit.kind,
            warn_from: limit.end.saturating_sub(WARNING.min(limit.length / 5)),
            now,
        }
    }

    fn first_limit(&self, settings: &SessionSettings) -> Limit {
        let absolute =
            |since: Seconds, end: Seconds| Limit { end, length: end.saturating_sub(since), kind: EndsBy::Absolute };
        let tokens = match (&self.refresh_token, self.refresh_expires_at) {
            (None, _) => Some(self.access_expires_at),
            (Some(_), Some(refresh_end)) => Some(refresh_end.max(self.access_expires_at)),
            (Some(_), None) => None,
        };
        let idle =
            Limit { end: self.last_activity.saturating_add(settings.idle), length: settings.idle, kind: EndsBy::Idle };
        // Of equal ends the first in this row counts, so idle comes last: activity would not move the end.
        let fixed = absolute(self.created_at, self.ends_at);
        let fixed =
            tokens.map(|end| absolute(self.refreshed_at, end)).filter(|tokens| tokens.end < fixed.end).unwrap_or(fixed);
        if idle.end < fixed.end { idle } else { fixed }
    }
}

/// Seconds of warning before a session ends; of a short limit only its last fifth.
const WARNING: Seconds = 300;

/// A moment that ends a session, and the time from its start to it.
struct Limit {
    end: Seconds,
    length: Seconds,
    kind: EndsBy,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::settings::Settings;

    const BEGIN: Seconds = 1_000;

    fn settings(idle: &str, absolute: &str) -> Settings {
        Settings::read(|name| {
            let value = match name {
                "DATABRICKS_HOST" => "dbc-1.cloud.databricks.com",
                "DATABRICKS_CLIENT_ID" => "client",
                "DATABRICKS_CLIENT_SECRET" => "dose-very-secret",
                "DATABRICKS_WAREHOUSE_ID" => "1234567890abcdef",
                "COOKIE_KEYS" => "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=",
                "SESSION_IDLE_SECONDS" => idle,
                "SESSION_ABSOLUTE_SECONDS" => absolute,
                _ => return None,
            };
            Some(value.to_owned())
        })
        .unwrap()
    }

    fn view(settings: &Settings, refresh_token: Option<&str>, active: Seconds) -> SessionView {
        let tokens = Tokens {
            access_token: SecretString::from("access"),
            refresh_token: refresh_token.map(SecretString::from),
            expires_in: 3_600,
            refresh_expires_in: None,
            scope: None,
        };
        let user = User { id: "1".into(), user_name: "ada@example.com".into(), display_name: "Ada".into() };
        let session = Session::begin(user, tokens, BEGIN, &settings.session).unwrap().active_since(active);
        session.view(active, &settings.session, &settings.workspace)
    }

    #[test]
    fn the_person_is_warned_five_minutes_before_the_first_limit() {
        let settings = settings("7200", "14400");
        let idle = view(&settings, Some("refresh"), BEGIN + 60);
        assert_eq!((idle.ends_by, idle.session_ends_at, idle.warn_from), (EndsBy::Idle, BEGIN + 7_260, BEGIN + 6_960));
        let late = view(&settings, Some("refresh"), BEGIN + 10_000);
        assert_eq!((late.ends_by, late.session_ends_at), (EndsBy::Absolute, BEGIN + 14_400));
        assert_eq!(late.warn_from, BEGIN + 14_100);
    }

    #[test]
    fn of_a_short_limit_the_last_fifth_warns() {
        let idle = view(&settings("100", "14400"), Some("refresh"), BEGIN);
        assert_eq!(idle.session_ends_at - idle.warn_from, 20);
    }

    #[test]
    fn what_nothing_can_renew_ends_whatever_the_person_does() {
        let tokens = view(&settings("7200", "14400"), None, BEGIN + 60);
        assert_eq!((tokens.ends_by, tokens.session_ends_at), (EndsBy::Absolute, BEGIN + 3_600));
        let tie = view(&settings("100", "100"), Some("refresh"), BEGIN);
        assert_eq!(tie.ends_by, EndsBy::Absolute);
    }

    #[test]
    fn a_refresh_token_that_ends_first_is_used_before_it_ends_and_once() {
        let tokens = |refresh_expires_in| Tokens {
            access_token: SecretString::from("access"),
            refresh_token: Some(SecretString::from("refresh")),
            expires_in: 3_600,
            refresh_expires_in,
            scope: None,
        };
        let user = User { id: "1".into(), user_name: "ada@example.com".into(), display_name: "Ada".into() };
        let settings = settings("7200", "14400");
        let session = Session::begin(user, tokens(Some(1_800)), BEGIN, &settings.session).unwrap();
        assert!(!session.needs_refresh(BEGIN + 1_499, 300) && session.needs_refresh(BEGIN + 1_500, 300));
        assert!(session.is_renewable(BEGIN + 1_799) && !session.is_renewable(BEGIN + 1_800));
        // Its end stays where it was: what was gained is the access token's new life.
        let fixed = session.refreshed(tokens(None), BEGIN + 1_500);
        assert!((1_500..1_800).all(|second| !fixed.needs_refresh(BEGIN + second, 300)));
        let moved = session.refreshed(tokens(Some(1_800)), BEGIN + 1_500);
        assert!(!moved.needs_refresh(BEGIN + 1_800, 300) && moved.needs_refresh(BEGIN + 3_000, 300));
        let longer = session.refreshed(tokens(Some(90_000)), BEGIN + 1_500);
        assert!(!longer.needs_refresh(BEGIN + 4_799, 300) && longer.needs_refresh(BEGIN + 4_800, 300));
    }
}
