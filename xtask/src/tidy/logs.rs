//! No log line has a field that is named like personal data. The first defence is the type that cannot be printed;
//! this one catches what is copied out of it under its own name.

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::Visit;

use super::Finding;
use super::tree::Tree;

/// Macros that write to the log.
const MACROS: [&str; 12] = [
    "debug",
    "debug_span",
    "error",
    "error_span",
    "event",
    "info",
    "info_span",
    "span",
    "trace",
    "trace_span",
    "warn",
    "warn_span",
];

/// Words that make a name personal or secret wherever they stand in it.
const WORDS: [&str; 10] = [
    "address",
    "birth",
    "card",
    "cookie",
    "email",
    "password",
    "patronymic",
    "phone",
    "secret",
    "token",
];

/// Names that as the key of a field are personal or secret; many harmless things have a value of such a name.
const KEYS: [&str; 6] = ["code", "first_name", "key", "last_name", "name", "subject"];

/// Reads the fields of every log line in every file.
pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in tree.with("rs") {
        let Ok(file) = syn::parse_file(&source.text) else {
            continue;
        };
        let mut reader = Reader::default();
        reader.visit_file(&file);
        findings.extend(
            reader
                .found
                .into_iter()
                .map(|(line, says)| Finding::new(&source.path, line, says)),
        );
    }
    findings
}

/// Walks a file and collects what it finds, with lines.
#[derive(Default)]
struct Reader {
    found: Vec<(usize, String)>,
}

impl<'a> Visit<'a> for Reader {
    fn visit_macro(&mut self, found: &'a syn::Macro) {
        let named = found
            .path
            .segments
            .last()
            .map(|segment| segment.ident.to_string())
            .unwrap_or_default();
        if MACROS.contains(&named.as_str()) {
            self.read(&found.tokens);
        }
        syn::visit::visit_macro(self, found);
    }

    fn visit_attribute(&mut self, found: &'a syn::Attribute) {
        let named = found
            .path()
            .segments
            .last()
            .is_some_and(|segment| segment.ident == "instrument");
        let skips =
            matches!(&found.meta, syn::Meta::List(list) if list.tokens.to_string().contains("skip_all"));
        if named && !skips {
            let line = found.pound_token.span.start().line;
            self.found.push((
                line,
                "`instrument` without `skip_all` logs every argument".to_owned(),
            ));
        }
        syn::visit::visit_attribute(self, found);
    }
}

impl Reader {
    /// Looks at the identifiers outside nested groups: keys of fields, and paths given as they are. In what is
    /// assigned to a key only the unmistakable words count, for many harmless things have a `name`.
    fn read(&mut self, tokens: &TokenStream) {
        let mut value = false;
        for token in tokens.clone() {
            match token {
                TokenTree::Punct(mark) if mark.as_char() == ',' => value = false,
                TokenTree::Punct(mark) if mark.as_char() == '=' => value = true,
                TokenTree::Ident(word) if is_personal(&word.to_string(), value) => {
                    let says =
                        format!("the log line has `{word}`, which may be about a person (docs/LOGGING.md)");
                    self.found.push((word.span().start().line, says));
                }
                _ => {}
            }
        }
    }
}

/// Whether an identifier speaks of a person or a secret, as a key or in a value.
fn is_personal(written: &str, value: bool) -> bool {
    written.split('_').any(|part| WORDS.contains(&part)) || (!value && KEYS.contains(&written))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines(code: &str) -> Vec<usize> {
        check(&Tree::of(&[("a.rs", code)]))
            .into_iter()
            .map(|finding| finding.line)
            .collect()
    }

    #[test]
    fn personal_fields_are_found_however_they_are_written() {
        let code = "fn f() {\n tracing::info!(email = %x, \"sent\");\n info!(?subject.phone);\n\
            warn!(card_number, \"no\");\n debug!(entry = 4, table = table.name, keys_without_subject = 0, \"the name of a thing\");\n}";
        assert_eq!(lines(code), [2, 3, 3, 4]);
    }

    #[test]
    fn an_unmistakable_word_is_found_in_a_value_too() {
        assert_eq!(
            lines("fn f() {\n info!(to = %letter.email, table = %table.name);\n}"),
            [2]
        );
    }

    #[test]
    fn instrument_must_skip_arguments() {
        assert_eq!(
            lines("#[instrument]\nfn f() {}\n#[tracing::instrument(skip_all)]\nfn g() {}"),
            [1]
        );
    }
}
