//! What people's tabs do: each function is one request, from the browser through the app and back.

use std::sync::Arc;

use axum::http::HeaderMap;
use fastrand::Rng;
use lakefront::{
    model::User,
    server::session::{
        Session, Stop, cookies,
        visit::{self, Arrival, Leaving, Purpose},
    },
};

use crate::{
    authority::family_and_place,
    browser::{Answer, Held},
    checks::{self, Known},
    world::{SignedOut, World, pause},
};

/// What a request is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Page,
    Heartbeat,
    /// Only who is signed in.
    Look,
    /// A page whose work takes long.
    Slow,
    /// The workspace refuses the access token, and the app asks for another one.
    Forced,
    SignOut,
}

/// Where a request's cookies come from and its answer goes to.
#[derive(Clone, Copy, Debug)]
pub enum From {
    Jar,
    /// A copy from earlier, in other hands.
    Saved,
}

fn network(rng: &mut Rng) -> u64 {
    if rng.u32(..12) == 0 { rng.u64(300..4_000) } else { rng.u64(1..120) }
}

/// A sign-in: a trip to the authorization server that ends with a new session. Strict cookies do not come along.
pub async fn sign_in(world: Arc<World>, number: usize, mut rng: Rng) {
    let (request_saw, held) = world.browser(number, |browser| (browser.arrived, browser.held.clone()));
    // Some begin in a session, which the attempt then names; others do not know of it.
    let earlier = held.filter(|_| rng.bool());
    let remember_until = world.clock.now() + 600;
    if let Some(earlier) = &earlier {
        let store = world.engine(rng.usize(..));
        store.store().remember(&earlier.session, remember_until).await.expect("the store does not fail");
    }
    pause(rng.u64(400..6_000)).await;
    let engine = world.engine(rng.usize(..));
    let now = world.clock.now();
    let tokens = world.authority.begin(&mut rng, now);
    let user = User { id: "1".into(), user_name: "ada@example.com".into(), display_name: "Ada".into() };
    let session = Session::begin(user, tokens, now, engine.settings()).expect("randomness");
    let set = visit::keep(&engine, &session).await.expect("small enough");
    if let Some(earlier) = earlier {
        world.ledger().count("sign-ins that take the place of a session");
        let names = vec![earlier.session.name()];
        engine.take_place(&session, names, remember_until).await.expect("the store does not fail");
        let (family, _) = family_and_place(&session.access_token);
        world.note_place_taken(earlier.family, family);
    }
    let answer = Answer {
        set,
        made: world.next_answer(),
        process: world.process(),
        request_saw,
        signs_out: false,
        told_over: None,
        done_at: Some(now),
        family: None,
    };
    world.ledger().count("sign-ins");
    pause(network(&mut rng)).await;
    checks::arrive(&world, number, &answer);
}

/// Any other request.
pub async fn request(world: Arc<World>, number: usize, kind: Kind, from: From, mut rng: Rng) {
    let (headers, request_saw, last_done) = world.browser(number, |browser| {
        let saved = rng.choice(&browser.saved).map(|(headers, _)| headers.clone());
        match from {
            From::Jar => (browser.headers(), browser.arrived, browser.last_done),
            From::Saved => (saved.unwrap_or_default(), browser.arrived, None),
        }
    });
    let copy = world.reader().held(&headers);
    let Some(copy) = copy else {
        return world.ledger().count("requests without a session");
    };
    world.ledger().trace(|| format!("browser {number} {from:?} {kind:?}: {}", checks::shown(Some(&copy))));
    pause(network(&mut rng)).await;
    let work = handle(&world, &headers, &copy, kind, last_done, &mut rng);
    let Some(answer) = world.until_restart(work).await else {
        return world.ledger().count("requests that a restart cut off");
    };
    world.ledger().count("requests answered");
    checks::answered(&world, &answer);
    pause(network(&mut rng)).await;
    match from {
        From::Saved => world.ledger().count("requests with a saved copy"),
        From::Jar if !world.plan.calm && rng.u32(..25) == 0 => world.ledger().count("answers lost before the browser"),
        From::Jar => checks::arrive(&world, number, &Answer { request_saw, ..answer }),
    }
}

/// The app's side of a request: what the session middleware does around a handler.
async fn handle(
    world: &World,
    headers: &HeaderMap,
    copy: &Held,
    kind: Kind,
    last_done: Option<i64>,
    rng: &mut Rng,
) -> Answer {
    let engine = world.engine(rng.usize(..));
    let epoch = engine.settings().epoch;
    let (was_over, arrived_at) = (world.sign_out_of(copy.family), world.clock.now());
    let purpose = match kind {
        Kind::Heartbeat => Purpose::Follow,
        Kind::Look => Purpose::Look,
        Kind::Page | Kind::Slow | Kind::Forced | Kind::SignOut => Purpose::Act,
    };
    let (visit, arrival) = visit::begin(&engine, headers, purpose).await;
    let mut answer = Answer {
        set: Vec::new(),
        made: 0,
        process: world.process(),
        request_saw: 0,
        signs_out: false,
        told_over: None,
        done_at: None,
        family: Some(copy.family),
    };
    match &arrival {
        // Its access token may have ended: a sign-out that a restart forgot shows at the next refresh.
        Arrival::SignedIn(_) if kind == Kind::Look => world.ledger().count("looks"),
        Arrival::SignedIn(session) => checks::let_in(world, copy, session, was_over),
        Arrival::Over(over) => {
            checks::turned_away(world, copy, *over, epoch, Known { last_done, forced: false });
            answer.told_over = Some(copy.family);
        }
        Arrival::Unavailable(_) => world.ledger().count("answers that the session waits"),
    }
    if kind == Kind::SignOut {
        return sign_out(world, &engine, headers, copy, answer).await;
    }
    let none = HeaderMap::new();
    match arrival {
        Arrival::SignedIn(mut session) => {
            match kind {
                Kind::Slow => pause(rng.u64(1_000..40_000)).await,
                _ => pause(rng.u64(1..200)).await,
            }
            if kind == Kind::Forced {
                world.ledger().count("forced refreshes");
                let now = world.clock.now();
                world.authority.note_refused_access(copy.family, now);
                match engine.replaced(session.clone()).await {
                    Ok(renewed) => {
                        checks::let_in(world, copy, &renewed, was_over);
                        session = renewed;
                    }
                    Err(Stop::Over(over)) => {
                        checks::turned_away(world, copy, over, epoch, Known { forced: true, ..Known::default() })
                    }
                    Err(Stop::Unavailable) => world.ledger().count("answers that the session waits"),
                }
            }
            answer.done_at = (purpose == Purpose::Act).then_some(arrived_at);
            answer.set = visit.end(&engine, &none, Leaving::SignedIn(&session)).await;
        }
        Arrival::Over(over) => answer.set = visit.end(&engine, &none, Leaving::Over(over)).await,
        Arrival::Unavailable(_) => {}
    }
    answer.made = world.next_answer();
    answer
}

/// What `services::session::logout` does.
async fn sign_out(
    world: &World,
    engine: &Arc<lakefront::server::session::Engine>,
    headers: &HeaderMap,
    copy: &Held,
    answer: Answer,
) -> Answer {
    let process = world.process();
    // Those that took its place up to now end with it.
    let families = world.in_place_of(copy.family);
    for family in &families {
        world.signed_out().entry(*family).or_insert(SignedOut { process, done: false, gave_way: false });
    }
    visit::sign_out(engine, headers).await.expect("the store does not fail");
    for family in families {
        world.signed_out().insert(family, SignedOut { process, done: true, gave_way: false });
    }
    world.ledger().count("sign-outs");
    let set = cookies::ours(headers).iter().filter_map(|name| cookies::expire(name)).collect();
    Answer { set, made: world.next_answer(), process: world.process(), signs_out: true, ..answer }
}

/// What the browser's copy is answered when everything is quiet.
pub async fn last_look(world: Arc<World>, number: usize) -> Option<Arrival> {
    let headers = world.browser(number, |browser| browser.headers());
    let copy = world.reader().held(&headers);
    let copy = copy?;
    let engine = world.engine(0);
    let was_over = world.sign_out_of(copy.family);
    let (visit, arrival) = visit::begin(&engine, &headers, Purpose::Follow).await;
    match &arrival {
        Arrival::SignedIn(session) => {
            checks::let_in(&world, &copy, session, was_over);
            let set = visit.end(&engine, &HeaderMap::new(), Leaving::SignedIn(session)).await;
            let request_saw = world.browser(number, |browser| browser.arrived);
            let answer = Answer {
                set,
                made: world.next_answer(),
                process: world.process(),
                request_saw,
                signs_out: false,
                told_over: None,
                done_at: None,
                family: Some(copy.family),
            };
            checks::answered(&world, &answer);
            checks::arrive(&world, number, &answer);
        }
        Arrival::Over(over) => {
            checks::turned_away(&world, &copy, *over, engine.settings().epoch, Known::default());
        }
        Arrival::Unavailable(_) => {}
    }
    Some(arrival)
}
