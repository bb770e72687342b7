//! A page of a result, for readers without JavaScript.

use futures::{StreamExt as _, pin_mut};

use super::{as_user, statements};
use crate::{
    model::{
        AppError,
        statement::{ResultPage, ResultShape},
    },
    server::{AppState, SignedIn, databricks::StatementId, results::rows_of},
};

/// Rows on a page.
pub const PAGE_ROWS: u64 = 100;

/// Rows of a result; `page` counts from 1. Behind the last page there is the last page: the answer says where it begins.
///
/// # Errors
/// The session is over, or the result is no longer kept.
pub async fn page(
    state: &AppState,
    user: &SignedIn,
    id: &str,
    shape: &ResultShape,
    page: u64,
) -> Result<ResultPage, AppError> {
    let id = statements::newest(state, user, id)?;
    let first_row = first_row(shape, page);
    let mut rows = Vec::new();
    for place in places(&shape.chunks, first_row) {
        rows.extend(some_rows(state, user, &id, shape.external, place).await?);
    }
    Ok(ResultPage { first_row, rows })
}

/// The first row of a page, or of the last one if there are not so many.
fn first_row(shape: &ResultShape, page: u64) -> u64 {
    // The browser says what the result looks like, so any number may come.
    let rows = shape.chunks.iter().fold(0_u64, |sum, count| sum.saturating_add(*count));
    let last = rows.saturating_sub(1) / PAGE_ROWS;
    page.saturating_sub(1).min(last) * PAGE_ROWS
}

/// Where rows lie: in which chunk, behind how many others, how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    chunk: u64,
    skip: u64,
    take: u64,
}

/// Where the rows of a page lie. A page can reach over several chunks.
fn places(chunks: &[u64], first_row: u64) -> Vec<Place> {
    let end = first_row.saturating_add(PAGE_ROWS);
    let (mut places, mut before) = (Vec::new(), 0_u64);
    for (chunk, count) in (0..).zip(chunks) {
        let behind = before.saturating_add(*count);
        let take = end.min(behind).saturating_sub(first_row.max(before));
        if take > 0 {
            places.push(Place { chunk, skip: first_row.saturating_sub(before), take });
        }
        before = behind;
    }
    places
}

/// Reads no further than it must: what is left of the chunk stays where it is.
async fn some_rows(
    state: &AppState,
    user: &SignedIn,
    id: &StatementId,
    external: bool,
    place: Place,
) -> Result<Vec<Vec<Option<String>>>, AppError> {
    let open = |token| async move { state.databricks.open_chunk(&token, id, place.chunk, external).await };
    let groups = rows_of(as_user::call(state, user, open).await?);
    pin_mut!(groups);
    let whole = |count: u64| usize::try_from(count).unwrap_or(usize::MAX);
    let (mut rows, mut skip, take) = (Vec::new(), whole(place.skip), whole(place.take));
    while rows.len() < take {
        let Some(group) = groups.next().await else { break };
        let group = group.map_err(|error| as_user::for_people(&error))?;
        let skipped = skip.min(group.len());
        skip -= skipped;
        rows.extend(group.into_iter().skip(skipped));
    }
    rows.truncate(take);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_reach_over_chunks_and_end_with_the_result() {
        let shape = |chunks: &[u64]| ResultShape { chunks: chunks.to_vec(), ..ResultShape::default() };
        let place = |chunk, skip, take| Place { chunk, skip, take };
        let chunks = [150, 0, 30, 1_000];
        assert_eq!(places(&chunks, 100), [place(0, 100, 50), place(2, 0, 30), place(3, 0, 20)]);
        for (page, first) in [(0, 0), (1, 0), (2, 100), (12, 1_100), (13, 1_100), (u64::MAX, 1_100)] {
            assert_eq!(first_row(&shape(&chunks), page), first, "page {page}");
        }
        assert_eq!(places(&chunks, 1_100), [place(3, 920, 80)]);
        assert_eq!((first_row(&shape(&[]), 7), places(&[], 0)), (0, vec![]));
        assert_eq!(first_row(&shape(&[200]), 9), 100, "a full last page");
        let absurd = [u64::MAX, u64::MAX];
        assert!(places(&absurd, first_row(&shape(&absurd), u64::MAX)).len() <= 2);
    }
}
