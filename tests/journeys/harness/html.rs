//! Reads just enough of our own pages to fill in their forms without a browser: tags, attributes, text.
//! Our pages are written by one template engine, so this need not be a parser of everybody's HTML.

/// A start tag with its attributes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tag {
    /// Its name in lower case.
    pub name: String,
    /// Attributes with their values, characters decoded; a bare attribute has an empty value.
    pub attributes: Vec<(String, String)>,
    /// Where it begins in the page.
    pub start: usize,
    /// Where what follows it begins.
    pub end: usize,
}

impl Tag {
    /// The value of an attribute.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.attributes
            .iter()
            .find(|(own, _)| own == name)
            .map(|(_, value)| value.as_str())
    }
}

/// A form with what the browser would send if nobody touched it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    /// Where it goes; empty means the page itself.
    pub action: String,
    /// `get` or `post`.
    pub method: String,
    /// Fields that are filled in already: hidden ones, kept values, ticked boxes.
    pub fields: Vec<(String, String)>,
    /// Names of all fields that it has.
    pub names: Vec<String>,
}

/// All start tags of a page.
pub fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut place = 0;
    while let Some(start) = page[place..].find('<').map(|offset| place + offset) {
        let rest = &page[start + 1..];
        if !rest.starts_with(|first: char| first.is_ascii_alphabetic()) {
            place = start + 1;
            continue;
        }
        let length = end_of_tag(rest);
        let inside = &rest[..length];
        let name: String = inside
            .chars()
            .take_while(|it| it.is_ascii_alphanumeric())
            .collect();
        let end = (start + length + 2).min(page.len());
        let attributes = attributes(&inside[name.len()..]);
        tags.push(Tag {
            name: name.to_lowercase(),
            attributes,
            start,
            end,
        });
        place = end;
    }
    tags
}

/// How far the tag reaches: up to the `>` that is not inside quotes.
fn end_of_tag(text: &str) -> usize {
    let mut quote = None;
    for (place, it) in text.char_indices() {
        match (quote, it) {
            (None, '>') => return place,
            (None, '"' | '\'') => quote = Some(it),
            (Some(open), _) if open == it => quote = None,
            _ => {}
        }
    }
    text.len()
}

/// The attributes in the inside of a tag.
fn attributes(mut text: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    loop {
        text = text.trim_start_matches(|it: char| it.is_whitespace() || it == '/');
        let length = text
            .find(|it: char| it.is_whitespace() || it == '=' || it == '/')
            .unwrap_or(text.len());
        if length == 0 {
            return found;
        }
        let (name, rest) = text.split_at(length);
        text = rest.trim_start();
        let mut value = String::new();
        if let Some(rest) = text.strip_prefix('=') {
            let rest = rest.trim_start();
            let quote = rest.chars().next().filter(|it| matches!(it, '"' | '\''));
            let inner = if quote.is_some() { &rest[1..] } else { rest };
            let stop = |it: char| quote.map_or(it.is_whitespace(), |quote| it == quote);
            let length = inner.find(stop).unwrap_or(inner.len());
            value = decode(&inner[..length]);
            text = inner[length..].trim_start_matches(|it| Some(it) == quote);
        }
        found.push((name.to_lowercase(), value));
    }
}

/// The forms of a page.
pub fn forms(page: &str) -> Vec<Form> {
    let all = tags(page);
    let starts: Vec<&Tag> = all.iter().filter(|tag| tag.name == "form").collect();
    starts
        .into_iter()
        .map(|form| read_form(page, form, &all))
        .collect()
}

/// What one form would send.
fn read_form(page: &str, form: &Tag, all: &[Tag]) -> Form {
    let end = page[form.end..]
        .find("</form")
        .map_or(page.len(), |offset| form.end + offset);
    let (mut fields, mut names, mut select) = (Vec::new(), Vec::new(), None);
    for tag in all.iter().filter(|tag| tag.start >= form.end && tag.start < end) {
        let name = tag.get("name").unwrap_or_default().to_owned();
        let value = tag.get("value").unwrap_or_default().to_owned();
        match tag.name.as_str() {
            "select" => select = Some(name.clone()),
            "option" if tag.get("selected").is_some() => {
                fields.extend(select.clone().map(|select| (select, value.clone())));
            }
            "textarea" => {
                let length = page[tag.end..].find("</textarea").unwrap_or(0);
                fields.push((name.clone(), decode(&page[tag.end..tag.end + length])));
            }
            "input" if matches!(tag.get("type"), Some("submit" | "file" | "button")) => {}
            "input" if matches!(tag.get("type"), Some("checkbox" | "radio")) => {
                let value = if value.is_empty() { "on".to_owned() } else { value };
                fields.extend(tag.get("checked").map(|_| (name.clone(), value)));
            }
            "input" => fields.push((name.clone(), value)),
            _ => {}
        }
        if matches!(tag.name.as_str(), "input" | "select" | "textarea" | "button") && !name.is_empty() {
            names.push(name);
        }
    }
    fields.retain(|(name, _)| !name.is_empty());
    let attribute = |name: &str| form.get(name).unwrap_or_default().to_owned();
    Form {
        action: attribute("action"),
        method: attribute("method").to_lowercase(),
        fields,
        names,
    }
}

/// The words of a page as one reads them: without tags, scripts and styles, spaces run together.
pub fn text(page: &str) -> String {
    let mut words = String::new();
    let mut place = 0;
    for tag in tags(page)
        .iter()
        .filter(|tag| matches!(tag.name.as_str(), "script" | "style" | "head"))
    {
        if tag.start < place {
            continue;
        }
        words.push_str(&without_tags(&page[place..tag.start]));
        let close = format!("</{}", tag.name);
        place = page[tag.end..]
            .find(&close)
            .map_or(page.len(), |offset| tag.end + offset);
    }
    words.push_str(&without_tags(&page[place..]));
    decode(&words).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A piece of a page with a space in the place of each tag.
fn without_tags(piece: &str) -> String {
    let mut words = String::new();
    let mut rest = piece;
    while let Some(start) = rest.find('<') {
        words.push_str(&rest[..start]);
        words.push(' ');
        let length = end_of_tag(&rest[start..]);
        rest = rest.get(start + length + 1..).unwrap_or_default();
    }
    words.push_str(rest);
    words
}

/// The five characters that a template must write otherwise, written back; `&amp;` last, or it would decode twice.
pub fn decode(text: &str) -> String {
    text.replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"")
        .replace("&#39;", "'")
        .replace("&nbsp;", "\u{a0}")
        .replace("&amp;", "&")
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<html><head><title>T</title></head><body><h1>A &amp; B</h1><style>p{}</style>\
        <form method=post action='/go?x=1&amp;y=2'><input type=hidden name=\"key\" value=\"a>b\">\
        <input name=email value=''><input type=checkbox name=yes checked><input type=checkbox name=no>\
        <select name=c><option value=kz selected>KZ<option value=ru>RU</select>\
        <textarea name=t>hi &lt;</textarea><button name=act>Go</button></form></body></html>";

    #[test]
    fn a_form_is_read_as_a_browser_would_send_it() {
        let forms = forms(PAGE);
        let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
        assert_eq!(forms[0].action, "/go?x=1&y=2");
        assert_eq!(forms[0].method, "post");
        assert_eq!(
            forms[0].fields,
            [
                pair("key", "a>b"),
                pair("email", ""),
                pair("yes", "on"),
                pair("c", "kz"),
                pair("t", "hi <")
            ]
        );
        assert_eq!(forms[0].names, ["key", "email", "yes", "no", "c", "t", "act"]);
    }

    #[test]
    fn the_words_of_a_page_are_read_without_its_machinery() {
        assert_eq!(text(PAGE), "A & B KZ RU hi < Go");
    }
}
