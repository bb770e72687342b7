//! Signing in again without losing the page: in a small window, while calls that found the session over wait.

use futures::channel::oneshot;
use leptos::prelude::*;

use super::{Auth, AuthState, Standing, heartbeat::UnderWay, sign_in_path};
use crate::{
    api,
    model::{AppError, ErrorCode, SessionView},
};

/// The page that the small window ends on: it closes itself.
pub const SIGNED_IN: &str = "/signed-in";
const WINDOW: &str = "popup,width=520,height=680";

impl Auth {
    /// Makes a call as the signed-in person. If it finds the session over, it waits until the same person is signed in again
    /// and makes the call once more. Pages make all their calls this way; on the server nothing waits.
    ///
    /// # Errors
    /// What the call answered, the second time if there was one.
    pub async fn call<T, F>(self, make: impl Fn() -> F) -> Result<T, AppError>
    where
        F: Future<Output = Result<T, AppError>>,
    {
        let answer = self.make(&make).await;
        let Err(error) = &answer else { return answer };
        if error.code == ErrorCode::SessionChanged {
            self.note(error);
        }
        if error.code != ErrorCode::SessionOver || !self.stands_again(error).await {
            return answer;
        }
        let answer = self.make(&make).await;
        if let Err(error) = &answer {
            self.note(error);
        }
        answer
    }

    async fn make<T, F: Future<Output = T>>(self, make: impl Fn() -> F) -> T {
        self.until_it_stays().await;
        let _calling = UnderWay::new(self.calling);
        make().await
    }

    /// After a call found the session over: waits until the same person is signed in. False if that cannot come, because
    /// this is the server or the page is gone.
    pub async fn stands_again(self, error: &AppError) -> bool {
        if self.live.try_get_value() != Some(true) {
            return false;
        }
        // The call may have been on its way while another tab signed in.
        match self.ask().await {
            Standing::Stands(_) => return true,
            Standing::Replaced => return false,
            Standing::Refused(_) => self.note(error),
        }
        if matches!(self.state.try_get_untracked(), Some(AuthState::SignedIn(_))) {
            return true;
        }
        self.is_woken().await
    }

    /// While the person signs out nothing is asked for this page: it waits until that has failed.
    pub(super) async fn until_it_stays(self) {
        while self.leaving.try_get_value() == Some(true) && self.is_woken().await {}
    }

    /// Waits for [`Auth::wake`]. False if that cannot come any more.
    async fn is_woken(self) -> bool {
        let (sender, back) = oneshot::channel();
        self.waiting.try_update_value(|waiting| waiting.push(sender)).is_some() && back.await.is_ok()
    }

    /// Lets the calls go on that waited.
    pub(super) fn wake(self) {
        for waiting in self.waiting.try_update_value(std::mem::take).unwrap_or_default() {
            let _ = waiting.send(());
        }
    }

    /// Opens the sign-in in a small window, whose end this page hears of. False if the browser opens none.
    pub fn sign_in_beside(self) -> bool {
        let address = sign_in_path(SIGNED_IN);
        matches!(window().open_with_url_and_target_and_features(&address, "_blank", WINDOW), Ok(Some(_)))
    }

    /// Does something that counts as activity, so that the idle limit begins anew.
    ///
    /// # Errors
    /// The session is over, or the server is not reached.
    pub async fn stay_signed_in(self) -> Result<SessionView, AppError> {
        self.call(api::identity::me).await?;
        self.validate().await
    }
}
