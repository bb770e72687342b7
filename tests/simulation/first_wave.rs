//! The authorization server fails while many sessions refresh at the same instant (S46).

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
            CookieStore, Engine, KeyRing, Session,
            engine::{Asked, Grants},
        },
        settings::{LiveSecret, SessionSettings},
    },
};
use secrecy::SecretString;

use crate::world::keys;

const SESSIONS: usize = 400;
/// Of an access token, in seconds; when all ask, a fifth of it is left.
const LIVES: i64 = 1_000;

/// An authorization server that takes a second to say that it cannot.
#[derive(Default)]
struct Failing {
    asked: AtomicUsize,
}

impl Grants for Failing {
    fn refresh<'a>(&'a self, _: &'a SecretString) -> Asked<'a, Result<Tokens, TokenError>> {
        self.asked.fetch_add(1, Ordering::Relaxed);
        Box::pin(async {
            tokio::time::sleep(Duration::from_secs(1)).await;
            Err(TokenError::Unavailable { why: "status 503".into(), retry_after: None })
        })
    }

    fn revoke<'a>(&'a self, _: &'a Session) -> Asked<'a, ()> {
        Box::pin(async {})
    }
}

#[tokio::test(start_paused = true)]
async fn s46_of_many_sessions_at_the_same_instant_only_some_ask_before_it_counts_as_an_outage() {
    let settings = SessionSettings {
        keys: keys(),
        keys_text: LiveSecret::fixed(String::new()),
        idle: 3_600,
        absolute: 86_400,
        epoch: 0,
        refresh_within: 300,
        validation_interval: 60,
    };
    let (clock, failing) = (Clock::simulated(1_800_000_000), Arc::new(Failing::default()));
    let store = Arc::new(CookieStore::new(Arc::new(KeyRing::new(&keys()))));
    let engine = Arc::new(Engine::new(clock.clone(), settings.clone(), Arc::clone(&failing) as _, store));
    let visits = (0..SESSIONS).map(|number| {
        let user = User { id: number.to_string(), user_name: "a@example.com".into(), display_name: "A".into() };
        let tokens = Tokens {
            access_token: "access".into(),
            refresh_token: Some("refresh".into()),
            expires_in: LIVES,
            refresh_expires_in: None,
            scope: None,
        };
        let session = Session::begin(user, tokens, clock.now() - LIVES * 4 / 5, &settings).unwrap();
        let engine = Arc::clone(&engine);
        tokio::spawn(async move { engine.current(session).await })
    });
    let begun = tokio::time::Instant::now();
    for visit in visits.collect::<Vec<_>>() {
        assert_eq!(visit.await.unwrap().unwrap().version, 1, "kept, since its access token lives");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "nobody waits for all that are before them");
    // All of them have had their turn, or learned of the outage.
    tokio::time::sleep(Duration::from_secs(30)).await;
    let asked = failing.asked.load(Ordering::Relaxed);
    assert!((5..SESSIONS / 4).contains(&asked), "{asked} of {SESSIONS} sessions asked");
}
