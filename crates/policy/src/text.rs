//! The policy as text: clauses in order, in every language, and the blocks that stand under them.

use std::collections::BTreeMap;

use sandyq_model::Clause;

use crate::check::{Code, Report};
use crate::language::Language;
use crate::markdown::{self, Block, Chapter, PROGRAM_FENCES, Passage};
use crate::prose;

/// Everything that was read, before it is understood.
#[derive(Debug, Default)]
pub(crate) struct Text {
    /// Sections in order; each with its chapter in the three languages.
    pub(crate) sections: Vec<Section>,
    pub(crate) law: Vec<Block>,
    pub(crate) calendar: Vec<Block>,
    clauses: BTreeMap<(usize, usize), Clause>,
}

/// One section file and its translations.
#[derive(Debug)]
pub(crate) struct Section {
    /// The name without language and `.md`, such as `4-transfer`.
    pub(crate) stem: String,
    pub(crate) chapters: [Option<Chapter>; 3],
}

/// A clause as people read it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClauseText {
    /// Its id.
    pub clause: Clause,
    /// Its title.
    pub title: String,
    /// Its text as Markdown.
    pub markdown: String,
    /// Its text as HTML that can stand on a page as it is.
    pub html: String,
}

/// One section of the published policy in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SectionText {
    /// The number of the section, 0 for terms and scope.
    pub number: u32,
    /// Its title.
    pub title: String,
    /// Its clauses in order.
    pub clauses: Vec<ClauseText>,
}

impl Section {
    pub(crate) fn chapter(&self, language: Language) -> Option<&Chapter> {
        self.chapters.get(language.index()).and_then(Option::as_ref)
    }

    fn number(&self) -> u32 {
        self.stem
            .split('-')
            .next()
            .and_then(|number| number.parse().ok())
            .unwrap_or(u32::MAX)
    }
}

impl Text {
    /// Reads every file; reports what is missing or stands where it does not belong.
    pub(crate) fn read(report: &mut Report) -> Self {
        let sources = std::sync::Arc::clone(report.sources());
        let mut text = Self::default();
        for (file, source) in sources.iter() {
            match source.path.split_once('/') {
                Some(("law", _)) => text.law.push(Block::of_file(file, &source.text)),
                Some(("calendar", _)) => text.calendar.push(Block::of_file(file, &source.text)),
                _ => {}
            }
            if let Some((stem, language)) = section_of(&source.path) {
                text.put(stem, language, markdown::read(file, &sources));
            }
        }
        text.sections
            .sort_by_key(|section| (section.number(), section.stem.clone()));
        text.name_clauses();
        text.report_missing(report);
        text.report_misplaced(report);
        text
    }

    /// The blocks of a fence in the files of a language, with the clause each stands under.
    pub(crate) fn blocks<'a>(
        &'a self,
        language: Language,
        fence: &'a str,
    ) -> impl Iterator<Item = (&'a Clause, &'a Block)> {
        self.passages(language).flat_map(move |(clause, passage)| {
            passage
                .blocks
                .iter()
                .filter(move |block| block.language == fence)
                .map(move |block| (clause, block))
        })
    }

    /// The clauses of a language in order.
    pub(crate) fn passages(&self, language: Language) -> impl Iterator<Item = (&Clause, &Passage)> {
        let chapters = self
            .sections
            .iter()
            .filter_map(move |section| section.chapter(language));
        chapters.flat_map(|chapter| {
            chapter.clauses.iter().enumerate().filter_map(|(place, passage)| {
                self.clauses
                    .get(&(chapter.file, place))
                    .map(|clause| (clause, passage))
            })
        })
    }

    /// The sections of a language as people read them.
    pub(crate) fn publish(&self, language: Language) -> Vec<SectionText> {
        let mut published = Vec::new();
        for section in &self.sections {
            let Some(chapter) = section.chapter(language) else {
                continue;
            };
            let clauses = chapter.clauses.iter().map(|passage| ClauseText {
                clause: Clause::new(passage.id.clone()),
                title: passage.title.clone(),
                markdown: passage.prose.clone(),
                html: prose::html_of(&passage.prose),
            });
            let clauses = clauses.collect();
            published.push(SectionText {
                number: section.number(),
                title: chapter.title.clone(),
                clauses,
            });
        }
        published
    }

    fn put(&mut self, stem: &str, language: Language, chapter: Chapter) {
        let at = match self.sections.iter().position(|section| section.stem == stem) {
            Some(at) => at,
            None => {
                self.sections.push(Section {
                    stem: stem.to_owned(),
                    chapters: [None, None, None],
                });
                self.sections.len() - 1
            }
        };
        if let Some(place) = self
            .sections
            .get_mut(at)
            .and_then(|section| section.chapters.get_mut(language.index()))
        {
            *place = Some(chapter);
        }
    }

    fn name_clauses(&mut self) {
        for chapter in self
            .sections
            .iter()
            .flat_map(|section| section.chapters.iter().flatten())
        {
            for (place, passage) in chapter.clauses.iter().enumerate() {
                self.clauses
                    .insert((chapter.file, place), Clause::new(passage.id.clone()));
            }
        }
    }

    fn report_missing(&self, report: &mut Report) {
        if self.sections.is_empty() {
            report
                .add(Code::FileMissing, "the folder holds no section of the policy")
                .help("section files are called 0-terms.md, 1-data.md and so on");
        }
        for (found, path) in [(&self.law, "law/kz.kdl"), (&self.calendar, "calendar/kz.kdl")] {
            if found.is_empty() {
                report.add(Code::FileMissing, format!("the file {path} is missing"));
            }
        }
    }

    fn report_misplaced(&self, report: &mut Report) {
        for (index, language) in Language::ALL.into_iter().enumerate() {
            let chapters = self
                .sections
                .iter()
                .filter_map(|section| section.chapters.get(index))
                .flatten();
            for chapter in chapters {
                for block in &chapter.loose {
                    let found = report.add(Code::Misplaced, "a block stands before the first clause");
                    found
                        .at(block.fence, "under no clause")
                        .help("every block stands under a heading such as ### 4.3");
                }
                for block in chapter.clauses.iter().flat_map(|clause| &clause.blocks) {
                    report_fence(block, language, report);
                }
            }
        }
    }
}

fn report_fence(block: &Block, language: Language, report: &mut Report) {
    if !PROGRAM_FENCES.contains(&block.language.as_str()) {
        report
            .add(Code::Misplaced, format!("a fence marked `{}`", block.language))
            .at(block.fence, "not part of the policy")
            .help("fences are marked kdl, cedar or promise; clauses use no other");
    } else if language != Language::En && block.language != "kdl" {
        report
            .add(
                Code::Misplaced,
                format!("a `{}` block stands in a translation", block.language),
            )
            .at(block.fence, "belongs in the English file");
    }
}

/// The stem and the language of a section file: `4-transfer.ru.md` is `4-transfer` in Russian.
fn section_of(path: &str) -> Option<(&str, Language)> {
    let name = path.strip_suffix(".md").filter(|name| !name.contains('/'))?;
    let (stem, language) = match name.rsplit_once('.') {
        Some((stem, tag)) => (stem, tag.parse().ok()?),
        None => (name, Language::En),
    };
    stem.starts_with(|first: char| first.is_ascii_digit())
        .then_some((stem, language))
}
