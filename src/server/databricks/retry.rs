//! Asking again: for what passes by itself, a few seconds long, and never for what may have been done already.

use std::time::Duration;

use tokio::time::Instant;

use super::{ApiError, Kind};

/// Nobody looks longer at a page without an answer.
pub const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Where the workspace does not say how long.
const THROTTLED_PAUSE: Duration = Duration::from_secs(1);

/// For calls that change nothing: repeats them after 429, 503 and faults of the connection. `make` is told when the
/// patience ends: no attempt waits longer than that for an answer to begin.
pub async fn patiently<T, F>(patience: Duration, make: impl Fn(Instant) -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let until = Instant::now() + patience;
    repeat(until, || make(until), passes).await
}

/// For calls that change something: repeats them only where the workspace cannot have done anything.
/// - No connection: nothing was sent.
/// - 429: the workspace says that it did nothing.
/// - 503 with `Retry-After` is the workspace's own refusal, too, and its own clients repeat even the submission of a
///   statement after it. A 503 without may come from a proxy that has passed the request on, so that is not repeated;
///   nor is any answer that got lost.
pub async fn unless_done<T, F>(make: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    repeat(Instant::now() + PATIENCE, make, |error| passes(error) && !error.may_be_done()).await
}

fn passes(error: &ApiError) -> bool {
    matches!(error.kind, Kind::RateLimited | Kind::Overloaded | Kind::Unreachable)
}

async fn repeat<T, F>(until: Instant, make: impl Fn() -> F, passes: impl Fn(&ApiError) -> bool) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match make().await {
            Err(error) if passes(&error) => error,
            answer => return answer,
        };
        let wait = match error.kind {
            Kind::RateLimited => error.retry_after.unwrap_or(THROTTLED_PAUSE),
            _ => error.retry_after.unwrap_or(pause),
        };
        if Instant::now() + wait > until {
            return Err(error);
        }
        tokio::time::sleep(wait).await;
        pause *= 2;
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// How often a call was made that always fails this way, and how long that took.
    async fn attempts(error: ApiError, changes: bool) -> (u32, Duration) {
        let (made, begun) = (AtomicU32::new(0), Instant::now());
        let make = || async {
            made.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(error.clone())
        };
        let answer = if changes { unless_done(make).await } else { patiently(PATIENCE, |_| make()).await };
        assert_eq!(answer, Err(error.clone()));
        (made.into_inner(), begun.elapsed())
    }

    fn of(kind: Kind) -> ApiError {
        ApiError::new(kind, "")
    }

    fn after(kind: Kind, seconds: u64) -> ApiError {
        ApiError { retry_after: Some(Duration::from_secs(seconds)), ..of(kind) }
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_have_been_done_is_not_done_again() {
        for kind in [Kind::Unreachable, Kind::Overloaded, Kind::WorkspaceFailed, Kind::Unexpected] {
            assert_eq!(attempts(of(kind), true).await.0, 1, "{kind:?}");
        }
        for kind in [Kind::RateLimited, Kind::Overloaded] {
            assert_eq!(attempts(after(kind, 4), true).await, (3, Duration::from_secs(8)), "{kind:?}");
        }
        let not_sent = ApiError { not_sent: true, ..of(Kind::Unreachable) };
        assert!(attempts(not_sent, true).await.0 > 3);
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_within_ten_seconds() {
        for kind in [Kind::Unreachable, Kind::Overloaded, Kind::RateLimited] {
            let (made, took) = attempts(of(kind), false).await;
            assert!(made > 3 && took <= PATIENCE, "{kind:?}: {made} in {took:?}");
        }
        let (made, took) = attempts(after(Kind::RateLimited, 60), false).await;
        assert_eq!((made, took), (1, Duration::ZERO), "too long to wait for");
        for kind in [Kind::PermissionDenied, Kind::NotFound, Kind::WorkspaceFailed, Kind::TokenRefused] {
            assert_eq!(attempts(of(kind), false).await.0, 1, "{kind:?}");
        }
    }
}
