//! A refresh that panics costs itself, and leaves nothing behind that would stop the next one.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use lakefront::{
    model::User,
    server::{
        clock::Clock,
        oauth::tokens::{TokenError, Tokens},
        session::{
            CookieStore, Engine, KeyRing, Session, Stop,
            engine::{Asked, Grants},
        },
        settings::{LiveSecret, SessionSettings},
    },
};
use secrecy::SecretString;

use crate::world::keys;

fn tokens() -> Tokens {
    Tokens {
        access_token: "access".into(),
        refresh_token: Some("refresh".into()),
        expires_in: 100,
        refresh_expires_in: None,
        scope: None,
    }
}

/// Panics the first time.
#[derive(Default)]
struct Faulty {
    asked: AtomicUsize,
}

impl Grants for Faulty {
    fn refresh<'a>(&'a self, _: &'a SecretString) -> Asked<'a, Result<Tokens, TokenError>> {
        Box::pin(async {
            assert!(self.asked.fetch_add(1, Ordering::Relaxed) > 0, "as this test wants it");
            Ok(tokens())
        })
    }

    fn revoke<'a>(&'a self, _: &'a Session) -> Asked<'a, ()> {
        Box::pin(async {})
    }
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_refresh_does_not_stop_the_next_one() {
    let settings = SessionSettings {
        keys: keys(),
        keys_text: LiveSecret::fixed(String::new()),
        idle: 3_600,
        absolute: 86_400,
        epoch: 0,
        refresh_within: 300,
        validation_interval: 60,
    };
    let clock = Clock::simulated(1_800_000_000);
    let store = Arc::new(CookieStore::new(Arc::new(KeyRing::new(&keys()))));
    let engine = Arc::new(Engine::new(clock.clone(), settings.clone(), Arc::new(Faulty::default()), store));
    let user = User { id: "1".into(), user_name: "a@example.com".into(), display_name: "A".into() };
    let session = Session::begin(user, tokens(), clock.now() - 200, &settings).unwrap();
    assert_eq!(engine.current(session.clone()).await.unwrap_err(), Stop::Unavailable, "the session is kept");
    // Its claim ends with the lease.
    tokio::time::sleep(Duration::from_secs(25)).await;
    assert_eq!(engine.current(session).await.unwrap().version, 2);
}
