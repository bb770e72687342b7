//! The document, the one routes table, and the guard for client navigation.
//!
//! The gate in the server decides before rendering; the guard here is the second line. Uses `pages` and `components`.

use leptos::prelude::*;
use leptos_meta::{HashedStylesheet, MetaTags, Title, provide_meta_context};
use leptos_router::{
    SsrMode,
    components::{FlatRoutes, Route, Router},
    path,
};

use crate::{
    auth::{DatabricksAuthProvider, use_auth},
    components::{header::Header, session_banner::SessionBanner},
    pages::{
        account::AccountPage, catalog::CatalogPage, not_found::NotFoundPage, signed_in::SignedInPage,
        signed_out::SignedOutPage, sql::SqlPage, trips::TripsPage,
    },
};

/// The document around the app; rendered on the server only.
pub fn shell(options: LeptosOptions) -> impl IntoView {
    view! {
        <!DOCTYPE html>
        <html lang="en">
            <head>
                <meta charset="utf-8"/>
                <meta name="viewport" content="width=device-width, initial-scale=1"/>
                <meta name="color-scheme" content="light dark"/>
                <link rel="icon" href="/favicon.svg" type="image/svg+xml"/>
                <HashedStylesheet options=options.clone() id="leptos"/>
                <AutoReload options=options.clone()/>
                <HydrationScripts options/>
                <MetaTags/>
            </head>
            <body>
                <App/>
            </body>
        </html>
    }
}

/// Every page waits for what it shows (`Async`), which is at most 300 ms: so the page is whole without JavaScript, too.
#[component]
pub fn App() -> impl IntoView {
    provide_meta_context();
    view! {
        <Title formatter=|title: String| if title.is_empty() { "Lakefront".into() } else { format!("{title} · Lakefront") }/>
        <DatabricksAuthProvider>
            <Router>
                <a class="skip-link" href="#main">"Skip to the content"</a>
                <Header/>
                <SessionBanner/>
                <main id="main" tabindex="-1">
                    <FlatRoutes fallback=|| view! { <NotFoundPage/> }>
                        <Route path=path!("/") view=|| guarded(|| TripsPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/sql") view=|| guarded(|| SqlPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/catalog") view=|| guarded(|| CatalogPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/catalog/:catalog") view=|| guarded(|| CatalogPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/catalog/:catalog/:schema") view=|| guarded(|| CatalogPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/catalog/:catalog/:schema/:table") view=|| guarded(|| CatalogPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/account") view=|| guarded(|| AccountPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/signed-in") view=|| guarded(|| SignedInPage().into_any()) ssr=SsrMode::Async/>
                        <Route path=path!("/signed-out") view=SignedOutPage ssr=SsrMode::Async/>
                    </FlatRoutes>
                </main>
            </Router>
        </DatabricksAuthProvider>
    }
}

/// A page for people who are signed in, or were when it was opened.
fn guarded(page: fn() -> AnyView) -> AnyView {
    let auth = use_auth();
    let known = Memo::new(move |_| auth.session().is_some());
    (move || if known.get() { page() } else { view! { <SignedOutPage/> }.into_any() }).into_any()
}
