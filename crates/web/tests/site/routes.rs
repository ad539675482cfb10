//! The routes of the console, out of the source of the site: what stands in the tables of the matrix is held against them.

use std::collections::BTreeSet;

/// Paths that stand in the source as a constant.
const CONSTANTS: [(&str, &str); 29] = [
    ("second_factor::NUMBER", "/staff/second"),
    ("second_factor::SET_UP", "/staff/set-up"),
    ("accounts::PATH", "/staff/accounts"),
    ("invite::PATH", "/staff/invite"),
    ("access::PATH", "/staff/access"),
    ("own_sessions::PATH", "/staff/sessions"),
    ("own_password::PATH", "/staff/password"),
    ("passkeys::PATH", "/staff/passkeys"),
    ("provider::PATH", "/staff/provider"),
    ("provider::BACK", "/staff/provider/back"),
    ("provider::GO", "/staff/identity/go"),
    ("provider::LINK", "/staff/identity"),
    ("breaches::REGISTER", "/staff/breaches"),
    ("papers::PATH", "/staff/papers"),
    ("destructions::PATH", "/staff/destructions"),
    ("proposals::PATH", "/staff/proposals"),
    ("figures::PATH", "/staff/requests/figures"),
    ("statistics::PATH", "/staff/statistics"),
    ("search::PATH", "/staff/search"),
    ("keys::PATH", "/staff/keys"),
    ("together::TOGETHER", "/staff/cases/together"),
    ("views::VIEWS", "/staff/cases/views"),
    ("emergency::PATH", "/staff/emergency"),
    ("judgements::PATH", "/staff/emergencies"),
    ("alike::PATH", "/staff/alike"),
    ("at_rest::PATH", "/staff/at-rest"),
    ("local_acts::LOCAL_ACTS", "/staff/local-acts"),
    ("documents::PATH", "/documents"),
    ("winners::PATH", "/winners"),
];

/// What stands between the brackets of a call whose first bracket is open already.
fn inside(rest: &str) -> &str {
    let mut depth = 1;
    let end = rest.char_indices().find(|(_, sign)| {
        match sign {
            '(' => depth += 1,
            ')' => depth -= 1,
            _ => {}
        }
        depth == 0
    });
    end.map_or(rest, |(place, _)| &rest[..place])
}

/// Every path of the console with what is answered there, as it stands in the source.
fn routes() -> Vec<(String, &'static str)> {
    let source = include_str!("../../src/site.rs");
    let calls = source.split(".route(").skip(1).map(inside);
    let split = calls.filter_map(|call| call.split_once(','));
    split
        .filter_map(|(word, answered)| match word.trim().strip_prefix('"') {
            Some(path) => Some((path.strip_suffix('"')?.to_owned(), answered)),
            None if word.trim() == "demo_staff::PATH" => None,
            None => {
                let known = CONSTANTS.iter().find(|(name, _)| *name == word.trim());
                let path = known.unwrap_or_else(|| panic!("{word} is no known path")).1;
                Some((path.to_owned(), answered))
            }
        })
        .filter(|(path, _)| path.starts_with("/staff/") || path == "/sign-out")
        .collect()
}

/// Every path of the console that the program knows.
pub fn paths_of_the_console() -> BTreeSet<String> {
    let paths = routes().into_iter().map(|(path, _)| path);
    paths.filter(|path| path.starts_with("/staff/")).collect()
}

/// Every path to which somebody of staff can send a form.
pub fn paths_sent_to() -> BTreeSet<String> {
    let sent = routes()
        .into_iter()
        .filter(|(_, answered)| answered.contains("post("));
    sent.map(|(path, _)| path).collect()
}

/// Every path that can be got.
pub fn paths_got() -> BTreeSet<String> {
    let got = routes()
        .into_iter()
        .filter(|(path, answered)| answered.contains("get(") && path.starts_with("/staff/"));
    got.map(|(path, _)| path).collect()
}
