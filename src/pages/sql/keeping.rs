//! Statements that run on while another tab of the SQL page, or another page of the app, is shown. The server cancels a
//! statement that nobody asks after; these are asked after now and then until they are done.

use std::cell::{Cell, RefCell};

use gloo_timers::future::TimeoutFuture;
use leptos::task::spawn_local;

use super::memory::{self, Ran, Tab};
use crate::{
    api::statements::{cancel_statement, statement_state},
    auth::Auth,
    model::{ErrorCode, statement::StatementView},
};

/// Milliseconds; well within the silence after which the server cancels.
const EVERY: u32 = 20_000;

thread_local! {
    /// One a page: ids of statements with their warehouses.
    static KEPT: RefCell<Vec<(String, Option<String>)>> = const { RefCell::new(Vec::new()) };
    static GOES: Cell<bool> = const { Cell::new(false) };
}

/// Asks after this statement until it is done.
pub fn keep(auth: Auth, statement_id: String, warehouse_id: Option<String>) {
    KEPT.with_borrow_mut(|kept| {
        if !kept.iter().any(|(id, _)| *id == statement_id) {
            kept.push((statement_id, warehouse_id));
        }
    });
    if !GOES.replace(true) {
        spawn_local(rounds(auth));
    }
}

/// The page itself asks after it from now on.
pub fn let_go(statement_id: &str) {
    KEPT.with_borrow_mut(|kept| kept.retain(|(id, _)| id != statement_id));
}

/// A statement was submitted from a tab that is no longer shown: it is found there again. Nobody wants it if the tab has been
/// closed, or if it was to be cancelled before.
pub fn take_over(auth: Auth, tab: &str, ran: Ran, view: &StatementView, warehouse_id: Option<String>) {
    let id = view.statement_id.clone();
    let mut wanted = false;
    memory::change(auth, |kept| {
        if let Some(tab) = kept.tabs.iter_mut().find(|known| known.id == tab) {
            wanted = !tab.ran.as_ref().is_some_and(|known| known.is(&ran) && known.cancelled);
            tab.address.statement_id = Some(id.clone());
            tab.ran = Some(Ran { cancelled: !wanted, ..ran.clone() });
        }
    });
    memory::runs_as(auth, &ran, &id);
    if view.state.is_final() {
        memory::end(auth, &ran, &view.state);
    } else if wanted {
        keep(auth, id, warehouse_id);
    } else {
        cancel(auth, id, ran);
    }
}

/// A tab has been closed: what runs in it is for nobody.
pub fn stop(auth: Auth, tab: Tab) {
    let runs = tab.runs();
    let Tab { address, ran, .. } = tab;
    let Some(id) = address.statement_id else { return };
    let_go(&id);
    if let Some(ran) = ran.filter(|_| runs) {
        cancel(auth, id, ran);
    }
}

fn cancel(auth: Auth, id: String, ran: Ran) {
    spawn_local(async move {
        match auth.call(|| cancel_statement(id.clone(), ran.warehouse_id.clone())).await {
            Ok(view) if view.state.is_final() => memory::end(auth, &ran, &view.state),
            // It is about to end, and the history waits for that.
            Ok(view) => keep(auth, view.statement_id, ran.warehouse_id),
            // The server cancels what nobody asks after.
            Err(_) => {}
        }
    });
}

async fn rounds(auth: Auth) {
    loop {
        TimeoutFuture::new(EVERY).await;
        let kept = KEPT.with_borrow(Clone::clone);
        if kept.is_empty() {
            GOES.set(false);
            return;
        }
        for (id, warehouse_id) in kept {
            match statement_state(id.clone(), warehouse_id.clone()).await {
                // Another one with the result behind links took its place.
                Ok(view) if view.statement_id != id => {
                    let_go(&id);
                    memory::is_now(auth, &id, &view.statement_id);
                    keep(auth, view.statement_id, warehouse_id);
                }
                Ok(view) if view.state.is_final() => {
                    if let Some(ran) = memory::ran_as(auth, &id) {
                        memory::end(auth, &ran, &view.state);
                    }
                    let_go(&id);
                }
                // It is another person's by now, or no longer kept.
                Err(error) if matches!(error.code, ErrorCode::NotFound | ErrorCode::PermissionDenied) => let_go(&id),
                Ok(_) | Err(_) => {}
            }
        }
    }
}
