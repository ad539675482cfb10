//! `promise` blocks: what must hold over all possible operations, `never VERBS when CONDITION`.

use std::ops::Range;

use cedar_policy::Validator;
use sandyq_model::{Clause, Verb};

use crate::check::{Code, Report, nearest};
use crate::declarations::Declarations;
use crate::language::Language;
use crate::markdown::Block;
use crate::rules::read::Statement;
use crate::rules::schema::TRANSFER;
use crate::rules::spelling::Spelt;
use crate::text::Text;

/// Something that never happens.
#[derive(Clone, Debug)]
pub(crate) struct Promise {
    /// The clause, and `#2` … when a clause has several.
    pub(crate) id: Clause,
    pub(crate) text: String,
    /// The verbs that never happen so.
    #[cfg(feature = "prove")]
    pub(crate) verbs: Vec<Verb>,
    /// What never happens, as a Cedar permit for the solver.
    #[cfg(feature = "prove")]
    pub(crate) cedar: cedar_policy::Policy,
}

pub(super) fn read_all(
    text: &Text,
    declarations: &Declarations,
    validator: Option<&Validator>,
    report: &mut Report,
) -> Vec<Promise> {
    let mut promises = Vec::new();
    let mut count = (Clause::fixed(""), 0);
    for (clause, block) in text.blocks(Language::En, "promise") {
        if count.0 != *clause {
            count = (clause.clone(), 0);
        }
        for range in split(&block.text) {
            count.1 += 1;
            let id = if count.1 == 1 {
                clause.clone()
            } else {
                Clause::new(format!("{clause}#{}", count.1))
            };
            promises.extend(read_one(id, block, range, declarations, validator, report));
        }
    }
    promises
}

/// Promises begin with the word `never` at the start of a line; a long one goes on over several lines.
fn split(text: &str) -> Vec<Range<usize>> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let blank = line.trim().is_empty() || line.trim_start().starts_with("//");
        if line.starts_with("never") || (starts.is_empty() && !blank) {
            starts.push(at + line.len() - line.trim_start().len());
        }
        at += line.len();
    }
    let ends = starts.iter().skip(1).copied().chain([text.len()]);
    starts
        .iter()
        .zip(ends)
        .map(|(start, end)| *start..start + text.get(*start..end).unwrap_or_default().trim_end().len())
        .collect()
}

fn read_one(
    id: Clause,
    block: &Block,
    range: Range<usize>,
    declarations: &Declarations,
    validator: Option<&Validator>,
    report: &mut Report,
) -> Option<Promise> {
    let written = block.text.get(range.clone()).unwrap_or_default();
    let place = block.place(
        range.start..range.start + written.lines().next().map_or(0, str::len),
        report.sources(),
    );
    let parts = written.strip_prefix("never").and_then(|rest| {
        let at = rest.find(" when ")?;
        Some((
            rest.get(..at)?,
            "never".len(),
            "never".len() + at + " when ".len(),
        ))
    });
    let Some((verbs, verbs_at, condition_at)) = parts else {
        report
            .add(Code::PromiseSyntax, "this promise cannot be read")
            .at(place, "expected  never VERBS when CONDITION")
            .help("for example  never transfer when context.recipient.country != \"KZ\"");
        return None;
    };
    let verbs = read_verbs(verbs, block, range.start + verbs_at, report)?;
    let inside = range.start + condition_at..range.end;
    let condition = block.text.get(inside.clone()).unwrap_or_default();
    let cedar = Wrapped {
        block,
        inside,
        condition,
    }
    .read(&id, &verbs, declarations, validator, report)?;
    #[cfg(not(feature = "prove"))]
    drop(cedar);
    Some(Promise {
        id,
        text: written.to_owned(),
        #[cfg(feature = "prove")]
        verbs,
        #[cfg(feature = "prove")]
        cedar,
    })
}

/// The condition of a promise inside a permit, as Cedar can read it.
struct Wrapped<'a> {
    block: &'a Block,
    inside: Range<usize>,
    condition: &'a str,
}

impl Wrapped<'_> {
    fn read(
        &self,
        id: &Clause,
        verbs: &[Verb],
        declarations: &Declarations,
        validator: Option<&Validator>,
        report: &mut Report,
    ) -> Option<cedar_policy::Policy> {
        let list: Vec<String> = verbs.iter().map(|verb| format!("Verb::\"{verb}\"")).collect();
        let head = format!(
            "permit (principal, action in [{}], resource) when {{ ",
            list.join(", ")
        );
        let whole = format!("{head}{} }};", self.condition);
        let block = self.block.wrapping(self.inside.clone(), head.len(), whole);
        let range = 0..block.text.len();
        let statement = Statement {
            block: &block,
            spelt: Spelt::of(&block.text),
            range,
        };
        let policy = statement.parse(id.as_str(), Code::PromiseSyntax, report)?;
        statement.understand(&policy, declarations, validator, report)?;
        Some(policy)
    }
}

fn read_verbs(list: &str, block: &Block, at: usize, report: &mut Report) -> Option<Vec<Verb>> {
    let mut verbs = Vec::new();
    let mut offset = at;
    let mut good = true;
    for piece in list.split(',') {
        let word = piece.trim();
        let start = offset + (piece.len() - piece.trim_start().len());
        offset += piece.len() + 1;
        match word {
            "any" => verbs.extend(Verb::ALL),
            TRANSFER => verbs.extend(Verb::ALL.into_iter().filter(|verb| verb.is_transfer())),
            _ => match word.parse() {
                Ok(verb) => verbs.push(verb),
                Err(_) => {
                    good = false;
                    let place = block.place(start..start + word.len(), report.sources());
                    let near = nearest(word, Verb::ALL.iter().map(|verb| verb.name()));
                    let found = report.add(Code::UnknownVerb, format!("there is no verb called `{word}`"));
                    found.at(place, "no such verb");
                    if let Some(near) = near {
                        found.help(format!("did you mean `{near}`?"));
                    }
                }
            },
        }
    }
    good.then_some(verbs)
}
