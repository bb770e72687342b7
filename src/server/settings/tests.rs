use super::*;

const KEY: &str = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";

fn read(changes: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let all = [
        ("DATABRICKS_HOST", "dbc-1.cloud.databricks.com/"),
        ("DATABRICKS_CLIENT_ID", "client"),
        ("DATABRICKS_CLIENT_SECRET", "dose-very-secret"),
        ("DATABRICKS_WAREHOUSE_ID", "1234567890abcdef"),
        ("COOKIE_KEYS", KEY),
    ];
    let find = |list: &[(&str, &str)], name: &str| list.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned());
    Settings::read(|name| find(changes, name).or_else(|| find(&all, name)))
        .map_err(|problems| problems.iter().map(ToString::to_string).collect())
}

fn one_problem(changes: &[(&str, &str)]) -> String {
    let problems = read(changes).expect_err("the settings are wrong");
    assert_eq!(problems.len(), 1, "{problems:?}");
    problems[0].clone()
}

#[test]
fn a_host_is_accepted_as_databricks_tools_accept_it() {
    let settings = read(&[]).expect("fine");
    assert_eq!(settings.workspace.host, "https://dbc-1.cloud.databricks.com");
    assert_eq!(settings.web.redirect_uri().as_str(), "http://localhost:5173/token");
    assert_eq!(settings.workspace.scopes, ["all-apis", "offline_access"]);
    assert!(!settings.workspace.results_from_private_addresses);
    assert!(one_problem(&[("RESULTS_FROM_PRIVATE_ADDRESSES", "yes")]).contains("true or false"));
}

#[test]
fn every_wrong_setting_is_named_at_once() {
    let problems = Settings::read(|_| None).expect_err("nothing is set");
    let names: Vec<_> = problems.iter().map(|problem| problem.name.as_str()).collect();
    assert_eq!(names, ["DATABRICKS_HOST", "DATABRICKS_CLIENT_ID", "DATABRICKS_WAREHOUSE_ID", "COOKIE_KEYS"]);
}

#[test]
fn s67_wrong_settings_stop_the_start_and_say_what_to_do() {
    for (name, value, says) in [
        ("DATABRICKS_HOST", "http://dbc-1.cloud.databricks.com", "https://"),
        ("PUBLIC_URL", "http://data.example.com", "https://"),
        ("PUBLIC_URL", "https://data.example.com/app", "root"),
        ("PUBLIC_URL", "https://ada:pw@data.example.com", "password"),
        ("PUBLIC_URL", "data.example.com", "such as"),
        ("LISTEN_ADDR", "5173", "127.0.0.1:5173"),
        ("TRUSTED_PROXIES", "10.0.0.0/8, proxy.example", "10.0.0.7"),
        ("SIGN_IN_LIMIT_PER_MINUTE", "0", "from 1"),
        ("SESSION_EPOCH", "-1", "from 0"),
        ("LOG_FORMAT", "xml", "`json`"),
        ("DATABRICKS_WAREHOUSE_ID", "abc/../x", "letters and digits"),
        ("SESSION_IDLE_SECONDS", "8h", "whole number of seconds"),
        ("SESSION_IDLE_SECONDS", "100000", "SESSION_ABSOLUTE_SECONDS"),
        ("REFRESH_TOKEN_WITHIN_N_SECONDS", "0", "from 1 to 3600"),
        ("COOKIE_KEYS", "k1:AAECAwQFBgcICQoLDA0ODw==", "has 16 bytes"),
        ("COOKIE_KEYS", "AAECAwQFBgcICQoLDA0ODw==", "no id"),
        ("COOKIE_KEYS", "k1:####", "not base64"),
        ("COOKIE_KEYS_FILE", "/dev/null", "set twice"),
        ("DATABRICKS_CLIENT_SECRET_FILE", "/no/such/file", "set twice"),
    ] {
        let problem = one_problem(&[(name, value)]);
        assert!(problem.contains(says), "{problem}");
    }
    let problem = one_problem(&[("COOKIE_KEYS", ""), ("COOKIE_KEYS_FILE", "/no/such/file")]);
    assert!(problem.starts_with("COOKIE_KEYS_FILE") && problem.contains("/no/such/file"), "{problem}");
}

#[test]
fn a_key_id_or_key_must_not_occur_twice() {
    let twice = format!("{KEY},{KEY}");
    assert!(one_problem(&[("COOKIE_KEYS", &twice)]).contains("twice"));
    let same_bytes = format!("{KEY},{}", KEY.replace("k1", "k2"));
    let problem = one_problem(&[("COOKIE_KEYS", &same_bytes)]);
    assert!(problem.contains("same bytes"), "{problem}");
    assert!(!problem.contains("AAECAwQF"), "the value of a secret is not printed: {problem}");
}

#[test]
fn debug_output_shows_no_secret() {
    let settings = format!("{:?}", read(&[]).expect("fine"));
    assert!(
        !settings.contains("dose-very-secret") && !settings.contains("AAEC") && !settings.contains("[0, 1, 2"),
        "{settings}"
    );
}

#[test]
fn a_generated_key_is_accepted() {
    let key = cookie_keys::generate().expect("randomness");
    assert_eq!(read(&[("COOKIE_KEYS", &key)]).expect("fine").session.keys.len(), 1);
}
