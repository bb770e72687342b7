//! Who is signed in, where, and until when.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::{auth::use_auth, components::local_time::LocalTime};

#[component]
pub fn AccountPage() -> impl IntoView {
    let auth = use_auth();
    let session = Memo::new(move |_| auth.session());
    view! {
        <Title text="Your session"/>
        <div class="page narrow">
            <h1>"Your session"</h1>
            <p class="lead">"Every query runs in the workspace as you, with your own grants."</p>
            {move || session.get().map(|session| view! {
                <dl class="facts">
                    <div><dt>"Name"</dt><dd>{session.user.display_name.clone()}</dd></div>
                    <div><dt>"User"</dt><dd>{session.user.user_name.clone()}</dd></div>
                    <div><dt>"Workspace"</dt><dd class="breakable">{session.workspace_host.clone()}</dd></div>
                    <div>
                        <dt>"Access to the workspace"</dt>
                        <dd>"until "<LocalTime seconds=session.access_expires_at now=session.now/>", renewed by itself before"</dd>
                    </div>
                    <div>
                        <dt>"Signed in"</dt>
                        <dd>"until "<LocalTime seconds=session.session_ends_at now=session.now/>", or until you sign out"</dd>
                    </div>
                </dl>
            })}
        </div>
    }
}
