//! A browser: one cookie jar for all its tabs, into which answers fall in the order in which they arrive.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use axum::http::{HeaderMap, HeaderValue, header};
use cookie::Cookie;
use lakefront::server::{
    clock::Seconds,
    session::{KeyRing, Purpose, Session, cookies},
};

use crate::authority::family_and_place;

/// The session in a jar, as the model knows it.
#[derive(Clone, Debug)]
pub struct Held {
    pub session: Arc<Session>,
    pub family: usize,
}

/// An answer of the app on its way to the browser.
pub struct Answer {
    pub set: Vec<HeaderValue>,
    /// Counts the answers of the whole schedule in the order in which they were made.
    pub made: u64,
    /// By this process.
    pub process: u64,
    /// Answers that had arrived when its request was sent.
    pub request_saw: u64,
    pub signs_out: bool,
    /// It told that this family's session is over.
    pub told_over: Option<usize>,
    /// The moment of what the person did, if they did something.
    pub done_at: Option<Seconds>,
    /// The family that it was asked with; a sign-in was asked with none.
    pub family: Option<usize>,
}

#[derive(Default)]
pub struct Browser {
    jar: BTreeMap<String, String>,
    pub held: Option<Held>,
    /// Which answer wrote what the jar holds.
    pub written_by: u64,
    /// Answers that have arrived.
    pub arrived: u64,
    /// The arrival that last wrote a session.
    pub written_at: u64,
    /// The last thing the person did of which the jar must know.
    pub last_done: Option<Seconds>,
    /// Cookie headers that this browser once held.
    pub saved: Vec<(HeaderMap, Held)>,
}

impl Browser {
    pub fn headers(&self) -> HeaderMap {
        let line = self.jar.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
        let value = HeaderValue::try_from(line).expect("cookies are visible ASCII");
        if self.jar.is_empty() { HeaderMap::new() } else { HeaderMap::from_iter([(header::COOKIE, value)]) }
    }

    /// Stores an answer's cookies and looks what the jar holds now.
    pub fn store(&mut self, set: &[HeaderValue], reader: &mut Reader) {
        for value in set {
            let cookie = Cookie::parse(value.to_str().expect("visible ASCII").to_owned()).expect("a cookie");
            assert!(cookie.name().len() + cookie.value().len() <= 4_096, "a browser would drop this cookie");
            if cookie.max_age().is_some_and(|age| age.is_zero()) {
                self.jar.remove(cookie.name());
            } else {
                self.jar.insert(cookie.name().to_owned(), cookie.value().to_owned());
            }
        }
        let headers = self.headers();
        self.held = reader.held(&headers);
        if let Some(held) = &self.held {
            self.saved.push((headers, held.clone()));
        }
    }
}

/// Opens what the app has sealed; each text once.
pub struct Reader {
    keys: Arc<KeyRing>,
    known: HashMap<String, Option<Held>>,
}

impl Reader {
    pub fn new(keys: Arc<KeyRing>) -> Self {
        Self { keys, known: HashMap::new() }
    }

    /// The session in these cookies.
    pub fn held(&mut self, headers: &HeaderMap) -> Option<Held> {
        let sealed = cookies::read_session(headers).sealed?;
        let keys = &self.keys;
        let open = |sealed: &str| {
            let session = keys.open::<Session>(Purpose::Session, cookies::SESSION, sealed)?.value;
            let (family, _) = family_and_place(&session.access_token);
            Some(Held { session: Arc::new(session), family })
        };
        self.known.entry(sealed).or_insert_with_key(|sealed| open(sealed)).clone()
    }
}
