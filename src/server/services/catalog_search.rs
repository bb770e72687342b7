//! Tables by their names, in whatever schema they are. The workspace's lists are gone through schema by schema, as the user:
//! so nothing is found that they may not see.

use futures::{StreamExt, TryStreamExt, stream};

use super::{as_user, catalog};
use crate::{
    model::{
        AppError,
        catalog::{FoundTable, FoundTables},
    },
    server::{AppState, SignedIn},
};

/// Schemas that are looked into. Each takes the workspace a list.
const MOST_SCHEMAS: usize = 100;
/// Lists that are asked for at once.
const AT_ONCE: usize = 8;
/// Nobody reads more.
const MOST_FOUND: usize = 200;

/// The tables below a path (everything, a catalog or a schema) whose names hold the text.
///
/// # Errors
/// The session is over, or the workspace failed.
pub async fn tables(state: &AppState, user: &SignedIn, path: &[String], wanted: &str) -> Result<FoundTables, AppError> {
    let wanted = wanted.trim().to_lowercase();
    if wanted.is_empty() {
        return Ok(FoundTables::default());
    }
    let all = state.kept.names.get_or(user, &path.to_vec(), || gather(state, user, path)).await?;
    let mut tables = all.tables;
    tables.retain(|table| table.entry.name.to_lowercase().contains(&wanted));
    let more = all.more || tables.len() > MOST_FOUND;
    tables.truncate(MOST_FOUND);
    Ok(FoundTables { tables, more })
}

async fn gather(state: &AppState, user: &SignedIn, path: &[String]) -> Result<FoundTables, AppError> {
    let (schemas, mut more) = schemas(state, user, path).await?;
    let lists: Vec<_> = stream::iter(schemas)
        .map(|path| async move { tables_in(state, user, &path).await })
        .buffered(AT_ONCE)
        .try_collect()
        .await?;
    let mut tables = Vec::new();
    for list in lists {
        more |= list.more;
        tables.extend(list.tables);
    }
    Ok(FoundTables { tables, more })
}

/// The paths of the schemas to look into, and whether there are more.
async fn schemas(state: &AppState, user: &SignedIn, path: &[String]) -> Result<(Vec<Vec<String>>, bool), AppError> {
    let (mut open, mut found, mut more) = (vec![path.to_vec()], Vec::new(), false);
    while let Some(path) = open.pop() {
        if path.len() >= 2 {
            found.push(path);
            continue;
        }
        if found.len() >= MOST_SCHEMAS {
            more = true;
            break;
        }
        let Some(folder) = unless_refused(catalog::folder(state, user, &path).await)? else { continue };
        more |= folder.more;
        // The first one is looked into first.
        open.extend(folder.entries.into_iter().rev().map(|entry| below(&path, entry.name)));
    }
    more |= found.len() > MOST_SCHEMAS;
    found.truncate(MOST_SCHEMAS);
    Ok((found, more))
}

async fn tables_in(state: &AppState, user: &SignedIn, path: &[String]) -> Result<FoundTables, AppError> {
    let [catalog, schema] = path else { return Ok(FoundTables::default()) };
    let ask = |token| async move { state.databricks.tables(&token, catalog, schema).await };
    let Some(found) = unless_refused(as_user::call(state, user, ask).await)? else { return Ok(FoundTables::default()) };
    let table = |found| {
        let entry = catalog::entry(&found);
        FoundTable { path: below(path, entry.name.clone()), entry }
    };
    Ok(FoundTables { tables: found.all.into_iter().map(table).collect(), more: found.more })
}

fn below(path: &[String], name: String) -> Vec<String> {
    path.iter().cloned().chain([name]).collect()
}

/// What was not granted, or is gone by now, holds nothing for this user.
fn unless_refused<T>(answer: Result<T, AppError>) -> Result<Option<T>, AppError> {
    match answer {
        Ok(found) => Ok(Some(found)),
        Err(error) if catalog::holds_nothing(&error) => Ok(None),
        Err(error) => Err(error),
    }
}
