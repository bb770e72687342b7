//! Runs a statement on the side and waits for its first rows: a sample, a count.

use gloo_timers::future::TimeoutFuture;

use crate::{
    api::statements::{cancel_statement, result_page, run_statement, statement_state},
    auth::Auth,
    model::{
        AppError, ErrorCode, Phase,
        statement::{ResultPage, ResultShape, StatementRequest, StatementState},
    },
};

/// Milliseconds between two questions.
const PAUSE: u32 = 500;

/// `goes_on` is told how far the statement is and says whether anybody still waits; if not, the statement is cancelled and the
/// answer is `None`.
pub async fn first_rows(
    auth: Auth,
    request: StatementRequest,
    goes_on: impl Fn(Phase) -> bool,
) -> Option<Result<(ResultShape, ResultPage), AppError>> {
    let mut answer = auth.call(|| run_statement(request.clone())).await;
    loop {
        let view = match answer {
            Ok(view) => view,
            Err(error) => return Some(Err(error)),
        };
        let id = view.statement_id;
        let failed = |text: String| Some(Err(AppError::new(ErrorCode::StatementFailed, text)));
        match view.state {
            StatementState::Working(phase) => {
                if !goes_on(phase) {
                    // Nobody is left to be told if it fails; the server cancels what nobody asks after.
                    let _ = cancel_statement(id, request.warehouse_id).await;
                    return None;
                }
                TimeoutFuture::new(PAUSE).await;
                answer = auth.call(|| statement_state(id.clone(), request.warehouse_id.clone())).await;
            }
            StatementState::Done(shape) => {
                let page = auth.call(|| result_page(id.clone(), shape.clone(), 1)).await;
                return Some(page.map(|page| (shape, page)));
            }
            StatementState::Failed(failure) => {
                let text = [Some(failure.message), failure.advice].into_iter().flatten().collect::<Vec<_>>().join(" ");
                return failed(text);
            }
            StatementState::Canceled => return failed("The statement was cancelled.".into()),
        }
    }
}
