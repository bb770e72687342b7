//! One schedule: what happens, and when, drawn from its seed.

use std::sync::Arc;

use fastrand::Rng;
use lakefront::server::session::visit::Arrival;
use tokio::task::JoinSet;

use crate::{
    ledger::{Broken, Ledger},
    plan::Plan,
    tabs::{self, From, Kind},
    world::{World, pause},
};

/// Longer than the authorization server is left alone after any failure, in milliseconds.
const QUIET: u64 = 320_000;

pub fn run(seed: u64, traced: bool) -> Ledger {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build();
    runtime.expect("a runtime").block_on(async {
        let (plan, rng) = Plan::of(seed);
        let world = World::new(plan, traced);
        world.ledger().trace(|| format!("{:?}", world.plan));
        happen(&world, rng).await;
        let mut ledger = world.ledger();
        std::mem::take(&mut *ledger)
    })
}

async fn happen(world: &Arc<World>, mut rng: Rng) {
    let mut tabs = JoinSet::new();
    for _ in 0..world.plan.actions {
        pause(gap(&mut rng)).await;
        act(world, &mut rng, &mut tabs);
        while let Some(done) = tabs.try_join_next() {
            done.expect("no panic in a tab");
        }
    }
    while let Some(done) = tabs.join_next().await {
        done.expect("no panic in a tab");
    }
    // The authorization server is well again: whoever is signed in gets on.
    world.set_down(false);
    pause(QUIET).await;
    for number in 0..world.plan.browsers {
        let mut looks = 0;
        while let Some(Arrival::Unavailable(_)) = tabs::last_look(Arc::clone(world), number).await {
            looks += 1;
            if looks == 40 {
                world.ledger().violation(Broken::Order, format!("browser {number} waits for ever"));
                break;
            }
            pause(QUIET).await;
        }
    }
}

fn gap(rng: &mut Rng) -> u64 {
    match rng.u32(..100) {
        0..60 => rng.u64(0..400),
        60..82 => rng.u64(400..20_000),
        82..93 => rng.u64(20_000..70_000),
        _ => rng.u64(70_000..900_000),
    }
}

fn act(world: &Arc<World>, rng: &mut Rng, tabs: &mut JoinSet<()>) {
    let number = rng.usize(..world.plan.browsers);
    let own = Rng::with_seed(rng.u64(..));
    let mut ask = |kind, from| {
        tabs.spawn(tabs::request(Arc::clone(world), number, kind, from, own.clone()));
    };
    let held = world.browser(number, |browser| browser.held.is_some());
    match rng.u32(..100) {
        _ if !held && rng.bool() => {
            tabs.spawn(tabs::sign_in(Arc::clone(world), number, own));
        }
        0..34 => ask(Kind::Page, From::Jar),
        34..55 => ask(Kind::Heartbeat, From::Jar),
        55..58 => ask(Kind::Look, From::Jar),
        58..68 => ask(Kind::Slow, From::Jar),
        68..76 => ask(Kind::Forced, From::Jar),
        76..79 => ask(Kind::SignOut, From::Jar),
        79..87 => ask(Kind::Page, From::Saved),
        87 => ask(Kind::SignOut, From::Saved),
        88..90 => {
            tabs.spawn(tabs::sign_in(Arc::clone(world), number, own));
        }
        90..93 if !world.plan.calm => {
            world.ledger().count("restarts");
            world.ledger().trace(|| "restart".into());
            world.restart(rng.u32(..8) == 0);
        }
        93..96 if world.plan.replicas == 1 => {
            // Replicas that share a store count a lease by clocks that agree.
            let far = rng.u32(..6) == 0;
            let seconds = if far { rng.i64(-3_000..3_000) } else { rng.i64(-90..90) };
            let seconds = world.not_too_far_back(seconds);
            world.authority.note_clock(world.clock.now());
            world.ledger().count("clock jumps");
            world.ledger().trace(|| format!("the clock jumps by {seconds} s"));
            world.clock.advance(seconds);
        }
        96..98 if !world.plan.calm => {
            world.ledger().count("outages");
            world.ledger().trace(|| "the authorization server is down".into());
            world.set_down(true);
        }
        _ => world.set_down(false),
    }
}
