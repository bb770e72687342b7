//! The engine by itself, with an authorization server that does one thing: what no schedule of the simulation brings about.

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
    },
};
use secrecy::SecretString;
use tokio::time::{Instant, sleep};

use crate::world::{keys, settings};

/// Of an access token, in seconds; a fifth of it is left when the sessions ask.
const LIVES: i64 = 1_000;

/// Answers every refresh with what `answer` makes of its number, counted from 1.
struct Answering<A> {
    asked: AtomicUsize,
    answer: A,
}

impl<A> Grants for Answering<A>
where
    A: Fn(usize) -> Asked<'static, Result<Tokens, TokenError>> + Send + Sync,
{
    fn refresh<'a>(&'a self, _: &'a SecretString) -> Asked<'a, Result<Tokens, TokenError>> {
        (self.answer)(self.asked.fetch_add(1, Ordering::Relaxed) + 1)
    }

    fn revoke<'a>(&'a self, _: &'a Session) -> Asked<'a, ()> {
        Box::pin(async {})
    }
}

fn engine<A>(answer: A) -> (Arc<Engine>, Arc<Answering<A>>)
where
    A: Fn(usize) -> Asked<'static, Result<Tokens, TokenError>> + Send + Sync + 'static,
{
    let grants = Arc::new(Answering { asked: AtomicUsize::new(0), answer });
    let store = Arc::new(CookieStore::new(Arc::new(KeyRing::new(&keys()))));
    let settings = settings(3_600, 86_400, 0);
    (Arc::new(Engine::new(Clock::simulated(1_800_000_000), settings, Arc::clone(&grants) as _, store)), grants)
}

fn tokens() -> Tokens {
    Tokens {
        access_token: "access".into(),
        refresh_token: Some("refresh".into()),
        expires_in: LIVES,
        refresh_expires_in: None,
        scope: None,
    }
}

/// A session that began so many seconds ago.
fn session(engine: &Engine, user: usize, ago: i64) -> Session {
    let user = User { id: user.to_string(), user_name: "a@example.com".into(), display_name: "A".into() };
    Session::begin(user, tokens(), engine.clock().now() - ago, engine.settings()).unwrap()
}

#[tokio::test(start_paused = true)]
async fn s46_of_many_sessions_at_the_same_instant_only_some_ask_before_it_counts_as_an_outage() {
    const SESSIONS: usize = 400;
    let (engine, failing) = engine(|_| {
        Box::pin(async {
            sleep(Duration::from_secs(1)).await;
            Err(TokenError::Unavailable { why: "status 503".into(), retry_after: None })
        })
    });
    let visits = (0..SESSIONS).map(|number| {
        let (engine, session) = (Arc::clone(&engine), session(&engine, number, LIVES * 4 / 5));
        tokio::spawn(async move { engine.current(session).await })
    });
    let begun = Instant::now();
    for visit in visits.collect::<Vec<_>>() {
        assert_eq!(visit.await.unwrap().unwrap().version, 1, "kept, since its access token lives");
    }
    assert!(begun.elapsed() < Duration::from_secs(2), "nobody waits for all that are before them");
    // All of them have had their turn, or learned of the outage.
    sleep(Duration::from_secs(30)).await;
    let asked = failing.asked.load(Ordering::Relaxed);
    assert!((5..SESSIONS / 4).contains(&asked), "{asked} of {SESSIONS} sessions asked");
}

#[tokio::test(start_paused = true)]
async fn a_panic_in_a_refresh_does_not_stop_the_next_one() {
    let (engine, _) = engine(|number| {
        Box::pin(async move {
            assert!(number > 1, "as this test wants it");
            Ok(tokens())
        })
    });
    let session = session(&engine, 1, LIVES + 100);
    assert_eq!(engine.current(session.clone()).await.unwrap_err(), Stop::Unavailable, "the session is kept");
    // Its claim ends with the lease.
    sleep(Duration::from_secs(25)).await;
    assert_eq!(engine.current(session).await.unwrap().version, 2);
}
