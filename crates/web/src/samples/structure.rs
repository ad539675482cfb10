//! What every page must be, read from its bytes.

use std::collections::BTreeSet;

use sandyq_processing::Language;

use crate::language::tag;

/// Elements that have no end.
const VOID: [&str; 6] = ["meta", "link", "input", "br", "img", "hr"];

/// One tag as written.
struct Tag<'a> {
    name: &'a str,
    attributes: &'a str,
    closes: bool,
}

impl Tag<'_> {
    fn attribute(&self, name: &str) -> Option<&str> {
        let start = self.attributes.find(&format!(" {name}=\""))? + name.len() + 3;
        self.attributes[start..].split('"').next()
    }

    fn has(&self, name: &str) -> bool {
        self.attributes
            .split(' ')
            .any(|word| word == name || word.starts_with(&format!("{name}=")))
    }
}

fn tags(html: &str) -> Vec<Tag<'_>> {
    let mut tags = Vec::new();
    for piece in html.split('<').skip(1).filter(|piece| !piece.starts_with('!')) {
        // INVARIANT: the renderer escapes `>` in text and in attributes.
        let inside = piece.split('>').next().unwrap();
        let closes = inside.starts_with('/');
        let inside = inside.trim_start_matches('/').trim_end_matches('/');
        let name = inside.split([' ', '\n']).next().unwrap();
        tags.push(Tag {
            name,
            attributes: &inside[name.len()..],
            closes,
        });
    }
    tags
}

/// Everything that is wrong with a page.
pub fn problems(html: &str, language: Language) -> Vec<String> {
    let tags = tags(html);
    let mut wrong = balance(&tags);
    let mut hold = |right: bool, what: &str| {
        if !right {
            wrong.push(what.to_owned());
        }
    };
    let count = |name: &str| tags.iter().filter(|tag| tag.name == name && !tag.closes).count();
    hold(html.starts_with("<!DOCTYPE html>"), "doctype");
    hold(count("h1") == 1, "exactly one h1");
    hold(count("main") == 1, "exactly one main");
    hold(count("title") == 1, "a title");
    hold(
        tags.first().and_then(|html| html.attribute("lang")) == Some(tag(language)),
        "lang of the page",
    );
    let own_script = "<script src=\"/passkey.js\" defer></script>";
    let keys_script = "<script src=\"/keys.js\" defer></script>";
    let once = |script: &str| html.matches(script).count().min(1);
    hold(
        count("script") == once(own_script) + once(keys_script),
        "no script but our own, once",
    );
    hold(
        html.contains(own_script) == html.contains(" data-site="),
        "a script where something needs it, and nowhere else",
    );
    hold(
        html.contains(keys_script) == html.contains(" id=\"keys\""),
        "the script of the shortcuts beside their list, and nowhere else",
    );
    hold(count("style") == 0 && count("iframe") == 0, "no style or frame");
    hold(
        !tags
            .iter()
            .any(|tag| tag.attributes.contains(" on") || tag.has("style")),
        "nothing inline",
    );
    wrong.extend(foreign_addresses(&tags));
    wrong.extend(identity(&tags));
    wrong.extend(controls(&tags));
    wrong.extend(headings(&tags));
    wrong.extend(untranslated(html));
    wrong
}

fn balance(tags: &[Tag<'_>]) -> Vec<String> {
    let mut open = Vec::new();
    for tag in tags.iter().filter(|tag| !VOID.contains(&tag.name)) {
        if !tag.closes {
            open.push(tag.name);
        } else if open.pop() != Some(tag.name) {
            return vec![format!("{} is closed out of order", tag.name)];
        }
    }
    open.into_iter()
        .map(|name| format!("{name} is not closed"))
        .collect()
}

fn foreign_addresses(tags: &[Tag<'_>]) -> Vec<String> {
    let addresses = tags.iter().flat_map(|tag| {
        ["href", "src", "action", "formaction"]
            .iter()
            .filter_map(move |name| tag.attribute(name))
    });
    let foreign = addresses.filter(|address| {
        let own = (address.starts_with('/') && !address.starts_with("//")) || address.starts_with('#');
        !own
    });
    foreign.map(|address| format!("{address} is elsewhere")).collect()
}

/// Every id once; every reference to an id leads somewhere.
fn identity(tags: &[Tag<'_>]) -> Vec<String> {
    let mut ids = BTreeSet::new();
    let mut wrong = Vec::new();
    for id in tags.iter().filter_map(|tag| tag.attribute("id")) {
        if !ids.insert(id) {
            wrong.push(format!("{id} stands twice"));
        }
    }
    for name in ["for", "aria-labelledby", "aria-describedby", "form"] {
        let targets = tags
            .iter()
            .filter_map(|tag| tag.attribute(name))
            .flat_map(|value| value.split(' '));
        wrong.extend(
            targets
                .filter(|id| !ids.contains(id))
                .map(|id| format!("{name} {id} leads nowhere")),
        );
    }
    let jumps = tags
        .iter()
        .filter_map(|tag| tag.attribute("href")?.strip_prefix('#'));
    wrong.extend(
        jumps
            .filter(|id| !ids.contains(id))
            .map(|id| format!("#{id} leads nowhere")),
    );
    wrong
}

/// Every control has a label; nothing is ticked beforehand.
fn controls(tags: &[Tag<'_>]) -> Vec<String> {
    let labels: BTreeSet<_> = tags
        .iter()
        .filter(|tag| tag.name == "label")
        .filter_map(|tag| tag.attribute("for"))
        .collect();
    let seen = tags
        .iter()
        .filter(|tag| !tag.closes && ["input", "select", "textarea"].contains(&tag.name));
    let seen = seen.filter(|tag| tag.attribute("type") != Some("hidden"));
    let mut wrong = Vec::new();
    for tag in seen {
        if !tag.attribute("id").is_some_and(|id| labels.contains(id)) {
            wrong.push(format!("a {} has no label:{}", tag.name, tag.attributes));
        }
        if tag.attribute("type") == Some("checkbox") && tag.has("checked") {
            wrong.push(format!("ticked beforehand:{}", tag.attributes));
        }
    }
    wrong
}

/// Headings go down one step at a time.
fn headings(tags: &[Tag<'_>]) -> Vec<String> {
    let after_main = tags.iter().skip_while(|tag| tag.name != "main");
    let levels = after_main
        .filter(|tag| !tag.closes)
        .filter_map(|tag| match tag.name {
            "h1" => Some(1),
            "h2" => Some(2),
            "h3" => Some(3),
            "h4" => Some(4),
            _ => None,
        });
    let levels: Vec<u8> = levels.collect();
    let steps = levels.windows(2).filter(|pair| pair[1] > pair[0] + 1);
    steps
        .map(|pair| format!("h{} follows h{}", pair[1], pair[0]))
        .collect()
}

/// Keys that were not found come out as they are; so do places that were not filled.
fn untranslated(html: &str) -> Vec<String> {
    let text: Vec<&str> = html
        .split('<')
        .filter_map(|piece| piece.split_once('>'))
        .map(|(_, text)| text.trim())
        .collect();
    let is_key = |text: &&&str| {
        text.contains('-') && text.len() > 4 && text.chars().all(|c| c.is_ascii_lowercase() || c == '-')
    };
    let mut wrong: Vec<String> = text
        .iter()
        .filter(is_key)
        .map(|key| format!("{key} is not translated"))
        .collect();
    wrong.extend(
        text.iter()
            .filter(|text| text.contains("{$") || text.contains("{ $"))
            .map(|text| (*text).to_owned()),
    );
    wrong
}
