//! `GET /local`: what goes on in the workspace, as a page of plain HTML. Shows no token, code, secret or result.

use super::faults::Faults;
use crate::identity::USERS;
use crate::wire::escape;
use crate::workspace::Workspace;
use axum::extract::State;
use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use std::sync::Arc;

const STYLESHEET: &str = include_str!("page.css");
const POLICY: &str =
    "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// As many statements are shown, the newest.
const STATEMENTS: usize = 50;
/// Of a statement's text, in characters.
const SQL_LENGTH: usize = 200;

pub(super) async fn stylesheet() -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "no-cache")], STYLESHEET)
}

pub(super) async fn show(State(workspace): State<Arc<Workspace>>) -> Response {
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    ];
    (headers, Html(html(&workspace))).into_response()
}

fn html(workspace: &Workspace) -> String {
    format!(
        r#"<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Local workspace</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="/local/page.css">
</head>
<body>
<h1>Local workspace</h1>
<h2>Users</h2>
{users}
<h2>Sessions</h2>
{sessions}
{expire}{expire_all}
<h2>Warehouses</h2>
{warehouses}
{stop}
<h2>Statements</h2>
{statements}
<h2>Faults</h2>
{faults}
<form method="post" action="/local/page">
<label>Path <input type="text" name="path" value="/api/2.0/sql/statements" required></label>
<label>Status <input type="number" name="status" min="200" max="599"></label>
<label>Delay in ms <input type="number" name="delay_ms" min="0"></label>
<label>Times <input type="number" name="times" min="1"></label>
<label><input type="checkbox" name="hang" value="true"> never answer</label>
<label><input type="checkbox" name="cut" value="true"> cut the connection in the body</label>
<button name="action" value="add-fault">Add a fault</button>
</form>
{clear}
<h2>Clock</h2>
<form method="post" action="/local/page">
<label>Seconds ahead <input type="number" name="skew_seconds" value="{skew}" required></label>
<button name="action" value="set-clock">Set the clock</button>
</form>
</body>
</html>
"#,
        users = users(),
        sessions = sessions(workspace),
        expire = button("expire-access", "", "Expire all access tokens"),
        expire_all = button("expire-all", "", "Expire refresh tokens, too"),
        warehouses = warehouses(workspace),
        stop = button("stop-warehouses", "", "Stop all warehouses"),
        statements = statements(workspace),
        faults = faults(&workspace.faults),
        clear = button("clear-faults", "", "Remove all faults"),
        skew = workspace.clock.skew(),
    )
}

fn users() -> String {
    let rows = USERS.iter().map(|user| {
        let groups: Vec<&str> = user.groups.iter().map(|(_, name)| *name).collect();
        vec![escape(&user.display_name()), escape(user.email), escape(&groups.join(", "))]
    });
    table(&["Name", "E-mail", "Groups"], rows)
}

fn sessions(workspace: &Workspace) -> String {
    let rows = workspace.authority.sessions().into_iter().map(|session| {
        let age = format!("{} s ago", session.age.as_secs());
        let tokens = format!("{} access, {} refresh", session.access_tokens, session.refresh_tokens);
        vec![escape(session.user.email), escape(&session.scopes.to_string()), age, tokens]
    });
    table(&["User", "Scopes", "Signed in", "Live tokens"], rows)
}

fn warehouses(workspace: &Workspace) -> String {
    let rows = workspace.warehouses.iter().map(|warehouse| {
        let running = format!("{} of {}", warehouse.busy(), warehouse.settings().slots);
        let state = format!("{:?}, {:?}", warehouse.state(), warehouse.health()).to_uppercase();
        let controls =
            button("start-warehouse", warehouse.id, "Start") + &button("stop-warehouse", warehouse.id, "Stop");
        vec![escape(warehouse.name), format!("<code>{}</code>", warehouse.id), state, running, controls]
    });
    table(&["Name", "Id", "State", "Statements", ""], rows)
}

fn statements(workspace: &Workspace) -> String {
    let rows = workspace.statements.overview(STATEMENTS).into_iter().map(|statement| {
        let sql: String = statement.sql.chars().take(SQL_LENGTH).collect();
        let id = format!("<code>{}</code>", escape(&statement.id));
        vec![id, escape(statement.user.email), statement.status.to_owned(), format!("<code>{}</code>", escape(&sql))]
    });
    table(&["Id", "User", "State", "SQL"], rows)
}

fn faults(faults: &Faults) -> String {
    let rows = faults.active_rules().into_iter().map(|(rule, left)| {
        let effect = [
            rule.status.map(|status| format!("status {status}")),
            (rule.delay_ms > 0).then(|| format!("{} ms late", rule.delay_ms)),
            rule.hang.then(|| "no answer".to_owned()),
            rule.cut.then(|| "cut".to_owned()),
        ];
        let effect: Vec<String> = effect.into_iter().flatten().collect();
        let left = left.map_or_else(|| "always".to_owned(), |left| format!("{left} more times"));
        let method = escape(rule.method.as_deref().unwrap_or("any"));
        vec![method, format!("<code>{}</code>", escape(&rule.path)), effect.join(", "), left]
    });
    table(&["Method", "Path", "Effect", "Left"], rows)
}

/// The cells are HTML already.
fn table(heads: &[&str], rows: impl Iterator<Item = Vec<String>>) -> String {
    let heads: String = heads.iter().map(|head| format!("<th scope=\"col\">{head}</th>")).collect();
    let line = |cells: Vec<String>| {
        let cells: String = cells.iter().map(|cell| format!("<td>{cell}</td>")).collect();
        format!("<tr>{cells}</tr>\n")
    };
    let rows: String = rows.map(line).collect();
    if rows.is_empty() {
        return "<p>None.</p>".to_owned();
    }
    format!("<table><thead><tr>{heads}</tr></thead><tbody>\n{rows}</tbody></table>")
}

fn button(action: &str, id: &str, label: &str) -> String {
    format!(
        r#"<form method="post" action="/local/page"><input type="hidden" name="id" value="{id}"><button name="action" value="{action}">{label}</button></form>"#
    )
}
