//! One finding about the policy folder: what, where, and how to mend it.

use std::fmt;
use std::sync::Arc;

use miette::{LabeledSpan, NamedSource, SourceCode};
use sandyq_model::Clause;

use crate::check::code::Code;
use crate::place::{Place, Position, Sources};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Severity {
    /// The policy can be used; something in it should be looked at.
    Warning,
    /// The policy cannot be used.
    Error,
}

/// One finding, with places in the Markdown.
#[derive(Clone)]
pub struct Diagnostic {
    code: Code,
    severity: Severity,
    message: String,
    labels: Vec<(Place, String)>,
    help: Option<String>,
    clause: Option<Clause>,
    sources: Arc<Sources>,
    source: Option<NamedSource<Arc<str>>>,
    elsewhere: Vec<Elsewhere>,
}

/// A labelled place of a finding, resolved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The file, by its path inside the folder.
    pub path: String,
    /// First byte.
    pub start: usize,
    /// One past the last byte.
    pub end: usize,
    /// Line and column of the first byte.
    pub from: Position,
    /// Line and column of the end.
    pub to: Position,
    /// What is to be seen there.
    pub text: String,
}

/// A label of a finding that lies in another file than its first one.
#[derive(Clone)]
struct Elsewhere {
    source: NamedSource<Arc<str>>,
    place: Place,
    text: String,
}

impl Diagnostic {
    pub(crate) fn new(code: Code, message: String, sources: Arc<Sources>) -> Self {
        Self {
            code,
            severity: Severity::Error,
            message,
            labels: Vec::new(),
            help: None,
            clause: None,
            sources,
            source: None,
            elsewhere: Vec::new(),
        }
    }

    /// Adds a labelled place; the first one is where the finding is.
    pub(crate) fn at(&mut self, place: Place, text: impl Into<String>) -> &mut Self {
        let text = text.into();
        if let Some(file) = self.sources.get(place.file) {
            let source = NamedSource::new(&*file.path, Arc::clone(&file.text));
            match self.labels.first() {
                None => self.source = Some(source),
                Some((first, _)) if first.file != place.file => {
                    self.elsewhere.push(Elsewhere {
                        source,
                        place,
                        text: text.clone(),
                    });
                }
                Some(_) => {}
            }
        }
        self.labels.push((place, text));
        self
    }

    pub(crate) fn help(&mut self, help: impl Into<String>) -> &mut Self {
        self.help = Some(help.into());
        self
    }

    pub(crate) fn clause(&mut self, clause: impl Into<String>) -> &mut Self {
        self.clause = Some(Clause::new(clause));
        self
    }

    pub(crate) fn warning(&mut self) -> &mut Self {
        self.severity = Severity::Warning;
        self
    }

    pub(crate) fn place(&self) -> Option<Place> {
        self.labels.first().map(|(place, _)| *place)
    }

    /// The stable code.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// How grave it is.
    #[must_use]
    pub const fn severity(&self) -> Severity {
        self.severity
    }

    /// Whether the policy cannot be used because of it.
    #[must_use]
    pub fn is_error(&self) -> bool {
        self.severity == Severity::Error
    }

    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// How to mend it.
    #[must_use]
    pub fn help_text(&self) -> Option<&str> {
        self.help.as_deref()
    }

    /// The clause that demands it.
    #[must_use]
    pub const fn related_clause(&self) -> Option<&Clause> {
        self.clause.as_ref()
    }

    /// Its places, the first one first.
    #[must_use]
    pub fn labels(&self) -> Vec<Label> {
        self.labels
            .iter()
            .map(|(place, text)| Label {
                path: self
                    .sources
                    .get(place.file)
                    .map(|source| source.path.to_string())
                    .unwrap_or_default(),
                start: place.start,
                end: place.end,
                from: self.sources.position(place.file, place.start),
                to: self.sources.position(place.file, place.end),
                text: text.clone(),
            })
            .collect()
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl fmt::Debug for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.code, self.message)?;
        for label in self.labels() {
            write!(
                f,
                "\n  {}:{}:{} {}",
                label.path, label.from.line, label.from.column, label.text
            )?;
        }
        if let Some(help) = &self.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl std::error::Error for Diagnostic {}

impl miette::Diagnostic for Diagnostic {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.code))
    }

    fn severity(&self) -> Option<miette::Severity> {
        Some(match self.severity {
            Severity::Warning => miette::Severity::Warning,
            Severity::Error => miette::Severity::Error,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        let clause = self.clause.as_ref().map(|clause| format!("see clause {clause}"));
        let parts: Vec<String> = self.help.clone().into_iter().chain(clause).collect();
        if parts.is_empty() {
            None
        } else {
            Some(Box::new(parts.join("\n")))
        }
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        self.source.as_ref().map(|source| source as &dyn SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let first = self.labels.first()?.0.file;
        Some(Box::new(
            self.labels
                .iter()
                .filter(move |(place, _)| place.file == first)
                .map(|(place, text)| span(*place, text)),
        ))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn miette::Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(
            self.elsewhere
                .iter()
                .map(|other| other as &dyn miette::Diagnostic),
        ))
    }
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl fmt::Debug for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl std::error::Error for Elsewhere {}

impl miette::Diagnostic for Elsewhere {
    fn severity(&self) -> Option<miette::Severity> {
        Some(miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.source)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(std::iter::once(span(self.place, "here"))))
    }
}

fn span(place: Place, text: &str) -> LabeledSpan {
    LabeledSpan::new(Some(text.to_owned()), place.start, place.end - place.start)
}
