//! Who is signed in, where, with what, and until when.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{
    api::identity::profile,
    auth::use_auth,
    components::{local_time::LocalTime, notice::ErrorNotice},
    model::{EndsBy, Profile},
};

/// More groups than these tell nothing at a glance.
const MOST_GROUPS: usize = 50;

#[component]
pub fn AccountPage() -> impl IntoView {
    let auth = use_auth();
    let session = Memo::new(move |_| auth.session());
    let known = Resource::new(|| (), move |()| async move { auth.call(profile).await });
    view! {
        <Title text="Your session"/>
        <div class="page narrow">
            <h1>"Your session"</h1>
            <p class="lead">"Every query runs in the workspace as you, with your own grants."</p>
            {move || session.get().map(|session| {
                let host = session.workspace_host.clone();
                let ends = match session.ends_by {
                    EndsBy::Idle => ", later whenever you do something here",
                    EndsBy::Absolute => ", then you sign in again",
                };
                view! {
                    <dl class="facts">
                        <div><dt>"Name"</dt><dd>{session.user.display_name.clone()}</dd></div>
                        <div><dt>"User"</dt><dd class="breakable">{session.user.user_name.clone()}</dd></div>
                        <div>
                            <dt>"Workspace"</dt>
                            <dd class="breakable"><a href=host.clone() rel="external noreferrer">{host.clone()}</a></dd>
                        </div>
                        <div>
                            <dt>"Access to the workspace"</dt>
                            <dd>"until "<LocalTime seconds=session.access_expires_at now=session.now/>", renewed by itself before"</dd>
                        </div>
                        <div>
                            <dt>"Signed in"</dt>
                            <dd>"until "<LocalTime seconds=session.session_ends_at now=session.now/>{ends}</dd>
                        </div>
                    </dl>
                }
            })}
            <h2>"What the workspace knows of you"</h2>
            <Transition fallback=|| view! { <p class="loading">"Loading …"</p> }>
                {move || Suspend::new(async move {
                    match known.await {
                        Ok(profile) => view! { <Known profile/> }.into_any(),
                        Err(error) => view! { <ErrorNotice error again="/account"/> }.into_any(),
                    }
                })}
            </Transition>
        </div>
    }
    .into_any()
}

#[component]
fn Known(profile: Profile) -> impl IntoView {
    let more = profile.groups.len().saturating_sub(MOST_GROUPS);
    let groups: Vec<_> = profile.groups.into_iter().take(MOST_GROUPS).collect();
    view! {
        <dl class="facts">
            <div>
                <dt>"Groups"</dt>
                <dd>
                    {if groups.is_empty() { "none".into_any() } else { names(groups) }}
                    {(more > 0).then(|| format!(" and {more} more"))}
                </dd>
            </div>
            <div><dt>"Your sign-in covers"</dt><dd>{names(profile.scopes)}</dd></div>
        </dl>
    }
}

fn names(names: Vec<String>) -> AnyView {
    view! { <ul class="tags">{names.into_iter().map(|name| view! { <li>{name}</li> }).collect_view()}</ul> }.into_any()
}
