//! PRE-3: the same clauses in the same order in every language.

use std::collections::BTreeMap;

use crate::check::{Code, Report};
use crate::language::Language;
use crate::markdown::{Chapter, Passage};
use crate::text::{Section, Text};

pub(super) fn examine(text: &Text, report: &mut Report) {
    for section in &text.sections {
        let Some(master) = section.chapter(Language::En) else {
            report_without_master(section, report);
            continue;
        };
        for language in Language::TRANSLATIONS {
            match section.chapter(language) {
                Some(chapter) => compare(master, chapter, language, report),
                None => {
                    let place = report.sources().place(master.file, 0..0);
                    report
                        .add(
                            Code::TranslationMissing,
                            format!("{}.md is not translated ({language})", section.stem),
                        )
                        .at(place, "this file")
                        .help(format!(
                            "write  {}.{language}.md  with the same clauses",
                            section.stem
                        ))
                        .clause("PRE-3");
                }
            }
        }
    }
    for language in Language::ALL {
        report_repeated(text, language, report);
    }
}

fn report_without_master(section: &Section, report: &mut Report) {
    let Some(chapter) = section.chapters.iter().flatten().next() else {
        return;
    };
    let place = report.sources().place(chapter.file, 0..0);
    report
        .add(
            Code::FileMissing,
            format!("{}.md is missing; only a translation is here", section.stem),
        )
        .at(place, "a translation of nothing");
}

fn compare(master: &Chapter, chapter: &Chapter, language: Language, report: &mut Report) {
    let find = |clauses: &[Passage], id: &str| clauses.iter().position(|clause| clause.id == id);
    for clause in &master.clauses {
        let translated = find(&chapter.clauses, &clause.id).and_then(|at| chapter.clauses.get(at));
        match translated {
            None => {
                report
                    .add(
                        Code::TranslationMissing,
                        format!("clause {} is not translated ({language})", clause.id),
                    )
                    .at(clause.heading, format!("missing in the {language} file"))
                    .help(format!(
                        "write  ### {}  with its text in the {language} file",
                        clause.id
                    ))
                    .clause(clause.id.clone());
            }
            Some(translated) if translated.prose.is_empty() && !clause.prose.is_empty() => {
                report
                    .add(
                        Code::TranslationMissing,
                        format!("clause {} has no text ({language})", clause.id),
                    )
                    .at(translated.heading, "nothing follows")
                    .clause(clause.id.clone());
            }
            Some(_) => {}
        }
    }
    for clause in chapter
        .clauses
        .iter()
        .filter(|clause| find(&master.clauses, &clause.id).is_none())
    {
        report
            .add(
                Code::TranslationDiffers,
                format!("there is no clause {} in the English file", clause.id),
            )
            .at(clause.heading, "translates nothing")
            .help("translations carry the clause numbers of the English file");
    }
    let order: Vec<_> = chapter
        .clauses
        .iter()
        .filter_map(|clause| find(&master.clauses, &clause.id))
        .collect();
    let turned = order.windows(2).position(|pair| matches!(pair, [a, b] if a > b));
    if let Some(clause) = turned.and_then(|at| chapter.clauses.get(at + 1)) {
        report
            .add(
                Code::TranslationDiffers,
                format!("clause {} stands in another order than in English", clause.id),
            )
            .at(clause.heading, "out of order");
    }
}

fn report_repeated(text: &Text, language: Language, report: &mut Report) {
    let mut seen = BTreeMap::new();
    for (_, passage) in text.passages(language) {
        if let Some(first) = seen.insert(passage.id.clone(), passage.heading) {
            report
                .add(Code::Duplicate, format!("clause {} stands twice", passage.id))
                .at(passage.heading, "again here")
                .at(first, "first here");
        }
    }
}
