//! The invariants that are judged where the app decides and where its answers arrive; the first is judged by the
//! authorization server.

use lakefront::server::{
    clock::Seconds,
    session::{Over, Session},
};

use crate::{
    authority::family_and_place,
    browser::{Answer, Held},
    ledger::Broken,
    world::{SignedOut, World},
};

/// How long a successor is promised to copies of the session before it, in seconds.
const REPLAY: Seconds = 60;
/// Activity is written down this often, in seconds.
const ACTIVITY_GRAIN: Seconds = 60;

/// A request of somebody with this copy was let in (2). `before`: the sign-out that was done when it arrived.
pub fn let_in(world: &World, copy: &Held, session: &Session, before: Option<SignedOut>) {
    let (family, _) = family_and_place(&session.access_token);
    let revoked = world.authority.families()[family].revoked;
    let (process, now) = (world.process(), world.clock.now());
    let mut ledger = world.ledger();
    if family != copy.family || session.id != copy.session.id {
        ledger.violation(Broken::Order, format!("a copy of session {} is answered as {family}", copy.family));
    }
    match before {
        Some(at) if at.process == process => {
            ledger.violation(Broken::SignOut, format!("session {family} is served after its sign-out"));
        }
        Some(_) if revoked && session.access_expires_at <= now => {
            let text = format!("session {family} outlives its access token after sign-out and restart");
            ledger.violation(Broken::SignOut, text);
        }
        Some(_) => ledger.count("served after sign-out and restart"),
        None => {}
    }
}

/// What the model knows of a request.
#[derive(Clone, Copy, Debug, Default)]
pub struct Known {
    /// The last thing the person did of which the jar must know.
    pub last_done: Option<Seconds>,
    /// The workspace has refused the access token.
    pub forced: bool,
}

/// A request with this copy was told that nobody is signed in (3).
pub fn turned_away(world: &World, copy: &Held, over: Over, epoch: u64, known: Known) {
    let now = world.clock.now();
    let session = &copy.session;
    let signed_out = world.signed_out().get(&copy.family).map(|at| at.process);
    let families = world.authority.families();
    let family = &families[copy.family];
    let idle_at = |moment: Seconds| now >= moment.saturating_add(world.plan.idle);
    let forgotten = |by: Option<u64>| by.is_some_and(|process| process < world.process());
    let caused = match over {
        Over::Absent => false,
        // It was over; a restart has forgotten that, and the answers that crossed its end brought nothing of it to the browser.
        Over::Idle | Over::Outdated if forgotten(signed_out) || forgotten(family.refused) => true,
        Over::Idle => {
            idle_at(session.last_activity) && known.last_done.is_none_or(|moment| idle_at(moment - ACTIVITY_GRAIN))
        }
        Over::Absolute => now >= session.ends_at,
        Over::SignedOut => signed_out.is_some(),
        Over::Epoch => session.epoch < epoch,
        Over::Refused => family.refused.is_some(),
        Over::NoRefreshToken => {
            let ended = now >= session.access_expires_at || family.access_refused;
            (!family.offline || family.refresh_ended(now)) && (known.forced || ended)
        }
        // No simulated token is so long.
        Over::TooLarge => false,
        Over::Outdated => {
            let (version, at) = world.handed(copy.family);
            version > session.version && now.max(family.clock_was_at) > at + REPLAY
        }
    };
    drop(families);
    let mut ledger = world.ledger();
    ledger.count(match over {
        Over::Absent => "turned away: absent",
        Over::Idle => "turned away: idle",
        Over::Absolute => "turned away: absolute limit",
        Over::SignedOut => "turned away: signed out",
        Over::Epoch => "turned away: epoch",
        Over::Refused => "turned away: refused token",
        Over::NoRefreshToken => "turned away: no refresh token",
        Over::TooLarge => "turned away: too large",
        Over::Outdated => "turned away: outdated copy",
    });
    if !caused {
        let text = format!("session {} version {} is over without a cause: {over:?}", copy.family, session.version);
        ledger.violation(Broken::Cause, text);
    }
}

/// An answer was made: after a sign-out none brings the session back (2).
pub fn answered(world: &World, answer: &Answer) {
    let mut set = crate::browser::Browser::default();
    set.store(&answer.set, &mut world.reader());
    let Some(held) = set.held else { return };
    let family = held.family;
    world.note_handed(family, held.session.version);
    let over = |at: &SignedOut| (at.done || at.gave_way) && at.process == world.process();
    if world.signed_out().get(&family).is_some_and(over) {
        world.ledger().violation(Broken::SignOut, format!("an answer brings session {family} back after its sign-out"));
    }
}

/// An answer arrives at a browser (3, 4).
pub fn arrive(world: &World, number: usize, answer: &Answer) {
    world.browser(number, |browser| {
        let before = browser.held.clone();
        browser.arrived += 1;
        if answer.set.is_empty() {
            if let (Some(done_at), Some(_)) = (answer.done_at, &before) {
                note_done(browser, done_at, answer);
            }
            return;
        }
        browser.store(&answer.set, &mut world.reader());
        let after = browser.held.clone();
        let mut ledger = world.ledger();
        ledger.trace(|| format!("browser {number}: {} -> {}", shown(before.as_ref()), shown(after.as_ref())));
        let late = answer.made < browser.written_by;
        let crossed = answer.request_saw < browser.written_at;
        match (&before, &after) {
            (Some(_), None) if answer.signs_out => ledger.count("sign-outs that emptied a jar"),
            (Some(before), None) if answer.told_over == Some(before.family) => {}
            // Its cookies last as long as the session.
            (Some(before), None) if world.clock.now() >= before.session.ends_at => {}
            (Some(before), None) => {
                ledger.count("sessions expired by an answer that crossed a sign-in");
                if !crossed {
                    let text = format!("an answer takes session {} out of the jar", before.family);
                    ledger.violation(Broken::Cause, text);
                }
            }
            (Some(before), Some(after))
                if before.family == after.family && after.session.version < before.session.version =>
            {
                // A restart forgets which version is the newest.
                let restarted =
                    world.authority.families()[before.family].received_by(before.session.version) < answer.process;
                ledger.count(match restarted {
                    true => "versions that went back after a restart",
                    false => "versions that went back in a jar",
                });
                if !late && !restarted {
                    let (from, to) = (before.session.version, after.session.version);
                    let text = format!("session {}: version {from} becomes {to} in order", after.family);
                    ledger.violation(Broken::Order, text);
                }
            }
            (Some(before), Some(after)) if after.family < before.family => {
                ledger.count("jars that fell back to an earlier session");
                if !crossed {
                    let text = format!("session {} gives way to {}", before.family, after.family);
                    ledger.violation(Broken::Order, text);
                }
            }
            _ => {}
        }
        drop(ledger);
        browser.written_by = answer.made;
        browser.written_at = browser.arrived;
        let same = before.zip(after.clone()).is_some_and(|(before, after)| before.family == after.family);
        if !same || late {
            browser.last_done = after.map(|held| held.session.last_activity);
        }
        if let Some(done_at) = answer.done_at {
            note_done(browser, done_at, answer);
        }
    });
}

/// The jar must know of this unless the answer is older than what the jar holds.
fn note_done(browser: &mut crate::browser::Browser, done_at: Seconds, answer: &Answer) {
    let own = answer.family.is_none() || answer.family == browser.held.as_ref().map(|held| held.family);
    if own && answer.made >= browser.written_by {
        browser.last_done = browser.last_done.max(Some(done_at));
    }
}

pub fn shown(held: Option<&Held>) -> String {
    held.map_or("nobody".into(), |held| {
        let (session, since) = (&held.session, held.session.last_activity - held.session.created_at);
        format!("session {} version {}, active at {since} s", held.family, session.version)
    })
}
