//! A browser as far as cookies and redirects go: it follows none by itself.

use std::collections::BTreeMap;

use reqwest::{Method, StatusCode, header};
use serde_json::Value;
use url::Url;

use super::TestApp;

pub const HTML: (&str, &str) = ("accept", "text/html,application/xhtml+xml");

#[derive(Clone, Default)]
pub struct Browser {
    http: reqwest::Client,
    /// The app's cookies.
    pub jar: BTreeMap<String, String>,
    /// Those of the authorization server: another site.
    elsewhere: BTreeMap<String, String>,
}

pub struct Page {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub body: String,
    /// As they came; `body` is the text of it.
    pub bytes: Vec<u8>,
}

impl Page {
    pub fn location(&self) -> &str {
        self.header("location")
    }

    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn set_cookies(&self) -> Vec<&str> {
        self.headers.get_all(header::SET_COOKIE).iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// It stores a session in the browser.
    pub fn sets_session(&self) -> bool {
        self.set_cookies()
            .iter()
            .any(|cookie| cookie.starts_with("__Host-Http-session") && !cookie.contains("Max-Age=0"))
    }

    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.body))
    }
}

/// What a browser does with a Set-Cookie line.
fn store(jar: &mut BTreeMap<String, String>, line: &str) {
    let (pair, attributes) = line.split_once(';').unwrap_or((line, ""));
    let (name, value) = pair.split_once('=').expect("a name");
    if attributes.contains("Max-Age=0") || attributes.contains("1970") {
        jar.remove(name);
    } else {
        jar.insert(name.to_owned(), value.to_owned());
    }
}

impl Browser {
    pub fn new() -> Self {
        let http = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
        Self { http, ..Self::default() }
    }

    pub async fn send(&mut self, method: Method, url: &str, headers: &[(&str, &str)], body: Option<&str>) -> Page {
        self.try_send(method, url, headers, body).await.expect("an answer")
    }

    /// # Errors
    /// No answer came.
    pub async fn try_send(
        &mut self,
        method: Method,
        url: &str,
        headers: &[(&str, &str)],
        body: Option<&str>,
    ) -> Result<Page, reqwest::Error> {
        let own = url.starts_with("http://localhost");
        let jar = if own { &mut self.jar } else { &mut self.elsewhere };
        let mut request = self.http.request(method, url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        if !jar.is_empty() {
            let line = jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
            request = request.header(header::COOKIE, line);
        }
        if let Some(body) = body {
            request = request.body(body.to_owned());
        }
        let answer = request.send().await?;
        let (status, headers) = (answer.status(), answer.headers().clone());
        let bytes = answer.bytes().await?.to_vec();
        let page = Page { status, headers, body: String::from_utf8_lossy(&bytes).into_owned(), bytes };
        for cookie in page.set_cookies() {
            store(jar, cookie);
        }
        Ok(page)
    }

    /// A navigation.
    pub async fn open(&mut self, url: &str) -> Page {
        self.send(Method::GET, url, &[HTML], None).await
    }

    /// A call as the app's own scripts make it.
    pub async fn call(&mut self, url: &str, json: &str) -> Page {
        let headers = [("content-type", "application/json"), ("accept", "application/json"), ("x-lakefront-call", "1")];
        self.send(Method::POST, url, &headers, Some(json)).await
    }

    /// A question of the app's own scripts.
    pub async fn ask(&mut self, url: &str) -> Page {
        self.send(Method::GET, url, &[("accept", "application/json"), ("x-lakefront-call", "1")], None).await
    }

    /// A plain form post, without JavaScript.
    pub async fn post_form(&mut self, url: &str, fields: &str) -> Page {
        let headers = [("content-type", "application/x-www-form-urlencoded"), HTML];
        self.send(Method::POST, url, &headers, Some(fields)).await
    }

    /// Goes to the authorization server and picks a user there; ends with the address that it sends the browser back to.
    pub async fn approve(&mut self, app: &TestApp, user: &str, return_to: &str) -> String {
        self.approve_at(&app.url, user, return_to).await
    }

    pub async fn approve_at(&mut self, app_url: &str, user: &str, return_to: &str) -> String {
        let page = self.open(&format!("{app_url}/sign-in?return_to={return_to}")).await;
        assert_eq!(page.status, StatusCode::SEE_OTHER, "{}", page.body);
        self.choose(page.location(), user, app_url).await
    }

    /// From the authorization request to the answer, with the button whose text or value names `user`.
    pub async fn choose(&mut self, authorize_url: &str, user: &str, app_url: &str) -> String {
        let url = Url::parse(authorize_url).expect("a URL");
        let (url, form) = self.follow(url, app_url).await.unwrap_or_else(|back| panic!("nobody was asked: {back}"));
        assert_eq!(form.status, StatusCode::OK, "{}", form.body);
        let action = attribute(&form.body, "action=\"").map_or(url.clone(), |path| url.join(&path).expect("a URL"));
        let mut fields = url::form_urlencoded::Serializer::new(String::new());
        for input in form.body.split("<input").skip(1) {
            if let (Some(name), Some(value)) = (attribute(input, "name=\""), attribute(input, "value=\"")) {
                fields.append_pair(&name, &value);
            }
        }
        let button =
            form.body.split("<button").skip(1).find(|button| button.contains(user)).expect("a button for the user");
        let (name, value) = (attribute(button, "name=\""), attribute(button, "value=\""));
        fields.append_pair(&name.expect("a name"), &value.expect("a value"));
        let answer = self.post_form(action.as_str(), &fields.finish()).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.body);
        let next = url.join(answer.location()).expect("a URL");
        match self.follow(next, app_url).await {
            Err(back) => back,
            Ok((url, page)) => panic!("{url} ends with {}: {}", page.status, page.body),
        }
    }

    /// Follows redirects of the authorization server. `Err`: the address at the app that they lead to.
    async fn follow(&mut self, mut url: Url, app_url: &str) -> Result<(Url, Page), String> {
        for _ in 0..8 {
            if url.as_str().starts_with(app_url) {
                return Err(url.into());
            }
            let page = self.open(url.as_str()).await;
            if !page.status.is_redirection() {
                return Ok((url, page));
            }
            url = url.join(page.location()).expect("a URL");
        }
        panic!("too many redirects, the last one to {}", url.path());
    }

    /// The whole sign-in.
    pub async fn sign_in(&mut self, app: &TestApp, user: &str) -> Page {
        let back = self.approve(app, user, "/").await;
        let page = self.open(&back).await;
        assert_eq!(page.status, StatusCode::OK, "{}", page.body);
        page
    }
}

fn attribute(html: &str, start: &str) -> Option<String> {
    let (_, rest) = html.split_once(start)?;
    let value = rest.split('"').next()?;
    Some(value.replace("&amp;", "&").replace("&#x27;", "'").replace("&quot;", "\""))
}
