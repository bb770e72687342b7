//! The list in docs/SECURITY.md and the tests are one.

use std::{collections::BTreeSet, fs, path::Path};

/// Needs no authorization server.
#[test]
fn every_check_is_listed_in_the_document_and_every_listed_one_is_here() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let read = |path: &Path| fs::read_to_string(path).expect("a text");
    let document = read(&root.join("docs/SECURITY.md"));
    let missing: Vec<_> =
        (1..=68).map(|number| format!("| S{number:02} |")).filter(|id| !document.contains(id.as_str())).collect();
    assert!(missing.is_empty(), "{missing:?} have no row");

    let mut written = BTreeSet::new();
    for entry in fs::read_dir(root.join("tests/contract")).expect("a folder") {
        let source = read(&entry.expect("a file").path());
        for rest in source.split("fn s").skip(1) {
            let name = format!("s{}", rest.split('(').next().unwrap_or_default());
            if is_check(&name) {
                written.insert(name);
            }
        }
    }
    let listed: BTreeSet<_> = document
        .lines()
        .filter(|line| line.starts_with('|') && !line.contains("`src/") && !line.contains("`tests/"))
        .filter_map(|line| line.split('`').find(|part| is_check(part)))
        .map(str::to_owned)
        .collect();
    assert!(written.len() > 60, "{} checks found", written.len());
    assert_eq!(written.symmetric_difference(&listed).collect::<Vec<_>>(), Vec::<&String>::new(), "only on one side");
}

/// `s39_…`
fn is_check(name: &str) -> bool {
    let bytes = name.as_bytes();
    bytes.len() > 4 && bytes[0] == b's' && bytes[1..3].iter().all(u8::is_ascii_digit) && bytes[3] == b'_'
}
