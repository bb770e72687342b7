//! Asking again: for what passes by itself, a few seconds long, and never for what may have been done already.

use std::time::Duration;

use tokio::time::Instant;

use super::{ApiError, Kind};

/// Nobody looks longer at a page without an answer.
const PATIENCE: Duration = Duration::from_secs(10);
const FIRST_PAUSE: Duration = Duration::from_millis(200);
/// Where the workspace does not say how long.
const THROTTLED_PAUSE: Duration = Duration::from_secs(1);

/// For calls that change nothing: repeats them after 429, 503 and faults of the connection.
pub async fn patiently<T, F>(make: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    repeat(make, |kind| matches!(kind, Kind::RateLimited | Kind::Overloaded | Kind::Unreachable)).await
}

/// For calls that change something: repeats them after 429 only, with which the workspace says that it did nothing.
pub async fn while_throttled<T, F>(make: impl Fn() -> F) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    repeat(make, |kind| kind == Kind::RateLimited).await
}

async fn repeat<T, F>(make: impl Fn() -> F, passes: impl Fn(Kind) -> bool) -> Result<T, ApiError>
where
    F: Future<Output = Result<T, ApiError>>,
{
    let until = Instant::now() + PATIENCE;
    let mut pause = FIRST_PAUSE;
    loop {
        let error = match make().await {
            Err(error) if passes(error.kind) => error,
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
    async fn attempts(kind: Kind, retry_after: Option<u64>, changes: bool) -> (u32, Duration) {
        let (made, begun) = (AtomicU32::new(0), Instant::now());
        let make = || async {
            made.fetch_add(1, Ordering::Relaxed);
            Err::<(), _>(ApiError { retry_after: retry_after.map(Duration::from_secs), ..ApiError::new(kind, "") })
        };
        let answer = if changes { while_throttled(make).await } else { patiently(make).await };
        assert_eq!(answer.map_err(|error| error.kind), Err(kind));
        (made.into_inner(), begun.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn what_may_have_been_done_is_not_done_again() {
        for kind in [Kind::Unreachable, Kind::Overloaded, Kind::WorkspaceFailed, Kind::Unexpected] {
            assert_eq!(attempts(kind, None, true).await.0, 1, "{kind:?}");
        }
        assert_eq!(attempts(Kind::RateLimited, Some(4), true).await, (3, Duration::from_secs(8)));
    }

    #[tokio::test(start_paused = true)]
    async fn patience_ends_within_ten_seconds() {
        for kind in [Kind::Unreachable, Kind::Overloaded, Kind::RateLimited] {
            let (made, took) = attempts(kind, None, false).await;
            assert!(made > 3 && took <= PATIENCE, "{kind:?}: {made} in {took:?}");
        }
        assert_eq!(attempts(Kind::RateLimited, Some(60), false).await, (1, Duration::ZERO), "too long to wait for");
        for kind in [Kind::PermissionDenied, Kind::NotFound, Kind::WorkspaceFailed, Kind::TokenRefused] {
            assert_eq!(attempts(kind, None, false).await.0, 1, "{kind:?}");
        }
    }
}
