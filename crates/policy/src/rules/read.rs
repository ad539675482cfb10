//! Reads all rules of the folder: numbers them, validates them strictly, turns them into formulas.

use std::ops::Range;

use cedar_policy::{Policy, PolicyId, PolicySet, Schema, ValidationMode, Validator};
use sandyq_model::{Category, Clause, Purpose, Verb};

use crate::check::{Code, Report, nearest};
use crate::declarations::Declarations;
use crate::language::Language;
use crate::markdown::Block;
use crate::place::Place;
use crate::rules::promise::{self, Promise};
use crate::rules::schema::{NO_PURPOSE, TRANSFER, schema_text};
use crate::rules::spelling::{Spelt, mentions};
use crate::rules::statement::split;
use crate::rules::translate::{Outside, translate};
use crate::rules::{Effect, Rule};
use crate::text::Text;

/// The rules in the order in which they stand, and what is promised about them.
#[derive(Debug)]
pub(crate) struct Rules {
    #[cfg(feature = "prove")]
    pub(crate) schema: Option<Schema>,
    pub(crate) rules: Vec<Rule>,
    /// The ids of all rules, also of those that could not be used.
    pub(crate) ids: Vec<Clause>,
    pub(crate) promises: Vec<Promise>,
}

/// A piece of rule text, and where it stands.
pub(super) struct Statement<'a> {
    pub(super) block: &'a Block,
    pub(super) range: Range<usize>,
    pub(super) spelt: Spelt,
}

/// Reads every `cedar` and `promise` block.
pub(crate) fn read(text: &Text, declarations: &Declarations, report: &mut Report) -> Rules {
    let schema = read_schema(declarations, report);
    let validator = schema.as_ref().cloned().map(Validator::new);
    let (mut rules, mut ids) = (Vec::new(), Vec::new());
    let mut count = (Clause::fixed(""), 0);
    for (clause, block) in text.blocks(Language::En, "cedar") {
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
            ids.push(id.clone());
            let spelt = Spelt::of(block.text.get(range.clone()).unwrap_or_default());
            let statement = Statement { block, range, spelt };
            rules.extend(read_rule(
                id,
                &statement,
                declarations,
                validator.as_ref(),
                report,
            ));
        }
    }
    let promises = promise::read_all(text, declarations, validator.as_ref(), report);
    Rules {
        #[cfg(feature = "prove")]
        schema,
        rules,
        ids,
        promises,
    }
}

fn read_schema(declarations: &Declarations, report: &mut Report) -> Option<Schema> {
    match Schema::from_cedarschema_str(&schema_text(declarations)) {
        Ok((schema, _)) => Some(schema),
        Err(error) => {
            report.add(
                Code::RuleInvalid,
                format!("the declarations make no schema for the rules: {error}"),
            );
            None
        }
    }
}

fn read_rule(
    id: Clause,
    statement: &Statement<'_>,
    declarations: &Declarations,
    validator: Option<&Validator>,
    report: &mut Report,
) -> Option<Rule> {
    let policy = statement.parse(id.as_str(), Code::CedarSyntax, report)?;
    let formula = statement.understand(&policy, declarations, validator, report)?;
    let effect = match policy.effect() {
        cedar_policy::Effect::Permit => Effect::Permit,
        cedar_policy::Effect::Forbid => Effect::Forbid,
    };
    let place = statement.whole(report);
    Some(Rule {
        id,
        effect,
        text: statement.written().to_owned(),
        formula,
        #[cfg(any(test, feature = "prove"))]
        cedar: policy,
        place,
    })
}

impl Statement<'_> {
    pub(super) fn written(&self) -> &str {
        self.block.text.get(self.range.clone()).unwrap_or_default()
    }

    /// The place of the statement's first line.
    pub(super) fn whole(&self, report: &Report) -> Place {
        let first = self.written().lines().next().map_or(0, str::len);
        self.spot(0..first, report)
    }

    /// The place of a range of what is written.
    fn spot(&self, range: Range<usize>, report: &Report) -> Place {
        let (start, end) = (self.range.start + range.start, self.range.start + range.end);
        self.block.place(start..end.max(start), report.sources())
    }

    /// Parses what is written as one Cedar rule.
    pub(super) fn parse(&self, id: &str, code: Code, report: &mut Report) -> Option<Policy> {
        match Policy::parse(Some(PolicyId::new(id)), &self.spelt.text) {
            Ok(policy) => Some(policy),
            Err(errors) => {
                for error in errors.iter() {
                    self.report_error(error, code, "this is not valid Cedar", report);
                }
                None
            }
        }
    }

    /// Checks names, types and the part of Cedar that is used, and makes the formula.
    pub(super) fn understand(
        &self,
        policy: &Policy,
        declarations: &Declarations,
        validator: Option<&Validator>,
        report: &mut Report,
    ) -> Option<crate::rules::Formula> {
        if self.report_strangers(declarations, report) || !self.is_valid(policy, validator?, report) {
            return None;
        }
        let translated = match policy.to_pst() {
            Ok(tree) => translate(&tree, declarations),
            Err(error) => Err(Outside {
                why: error.to_string(),
                expression: String::new(),
                ground: false,
            }),
        };
        translated
            .map_err(|outside| self.report_outside(&outside, report))
            .ok()
    }

    fn report_error(&self, error: &dyn miette::Diagnostic, code: Code, what: &str, report: &mut Report) {
        let label = error.labels().and_then(|mut labels| labels.next());
        let place = match &label {
            Some(label) => self.spot(
                self.spelt.back(label.offset()..label.offset() + label.len()),
                report,
            ),
            None => self.whole(report),
        };
        let said = plainly(&error.to_string());
        let shown = label
            .and_then(|label| label.label().map(str::to_owned))
            .unwrap_or_else(|| "here".to_owned());
        let found = report.add(code, format!("{what}: {said}"));
        found.at(place, shown);
        if let Some(help) = error.help() {
            found.help(help.to_string().replace("Action::", "Verb::"));
        }
    }

    /// Reports names that nothing declares.
    fn report_strangers(&self, declarations: &Declarations, report: &mut Report) -> bool {
        let mut strangers = false;
        for mention in mentions(self.written()) {
            let Some((code, what, known)) = known_names(mention.kind, declarations) else {
                continue;
            };
            if known.iter().any(|name| name == mention.name) {
                continue;
            }
            strangers = true;
            if declarations.is_attempted(what, mention.name) {
                continue;
            }
            let place = self.spot(mention.range, report);
            let near = nearest(mention.name, known.iter().map(String::as_str)).map(str::to_owned);
            let found = report.add(code, format!("there is no {what} called `{}`", mention.name));
            found.at(place, format!("no such {what}"));
            match near {
                Some(near) => found.help(format!("did you mean `{near}`?")),
                None => found.help(format!(
                    "every {what} is declared in the policy folder, or part of a closed list"
                )),
            };
        }
        strangers
    }

    fn is_valid(&self, policy: &Policy, validator: &Validator, report: &mut Report) -> bool {
        let Ok(set) = PolicySet::from_policies([policy.clone()]) else {
            return false;
        };
        let result = validator.validate(&set, ValidationMode::Strict);
        let mut told = Vec::new();
        for error in result.validation_errors() {
            // The same mistake is found once for every verb; one is enough.
            let place = miette::Diagnostic::labels(error).and_then(|mut labels| labels.next());
            let place = place.map(|label| (label.offset(), label.len()));
            if !told.contains(&place) {
                told.push(place);
                self.report_error(
                    error,
                    Code::RuleInvalid,
                    "this rule does not fit the declarations",
                    report,
                );
            }
        }
        result.validation_passed()
    }

    fn report_outside(&self, outside: &Outside, report: &mut Report) {
        let wanted = outside.expression.replace("Action::", "Verb::");
        let at = if wanted.is_empty() {
            None
        } else {
            self.written().find(&wanted)
        };
        let place = at.map_or_else(
            || self.whole(report),
            |at| self.spot(at..at + wanted.len(), report),
        );
        if outside.ground {
            report
                .add(Code::GroundOutsideSet, outside.why.clone())
                .at(place, "outside the closed set")
                .help("grounds in rules are consent, art9, law and other")
                .clause("3");
            return;
        }
        report
            .add(Code::OutsideSubset, outside.why.clone())
            .at(place, "not compiled into tables")
            .help("use ==, !=, &&, ||, !, in a list, contains, names, strings, true and false");
    }
}

/// Cedar's words without what the place of the finding says already.
fn plainly(said: &str) -> String {
    let said = said.replace("Action::", "Verb::");
    let said = match said
        .strip_prefix("for policy `")
        .and_then(|rest| rest.split_once('`'))
    {
        Some((_, rest)) => rest.trim_start_matches([',', ':', ' ']).to_owned(),
        None => said,
    };
    match said
        .split_once(" for Verb::\"")
        .map(|(before, rest)| (before, rest.split_once('"')))
    {
        Some((before, Some((_, after)))) => format!("{before}{after}"),
        _ => said,
    }
}

fn known_names(kind: &str, declarations: &Declarations) -> Option<(Code, &'static str, Vec<String>)> {
    let owned = |names: &mut dyn Iterator<Item = &str>| names.map(str::to_owned).collect::<Vec<_>>();
    Some(match kind {
        "Role" => {
            let mut names = declarations.roles.values().map(|role| role.name.as_str());
            (Code::UnknownRole, "role", owned(&mut names))
        }
        "Field" => {
            let fields = declarations.all_fields();
            let mut names = fields.iter().filter_map(|field| declarations.field_name(field));
            (Code::UnknownField, "field", owned(&mut names))
        }
        "Category" => (
            Code::UnknownName,
            "category",
            owned(&mut Category::ALL.iter().map(|category| category.name())),
        ),
        "Purpose" => {
            let mut names: Vec<String> = Purpose::all().map(|purpose| purpose.to_string()).collect();
            names.push(NO_PURPOSE.to_owned());
            (Code::UnknownPurpose, "purpose", names)
        }
        "Verb" | "Action" => {
            let mut names = Verb::ALL.iter().map(|verb| verb.name()).chain([TRANSFER]);
            (Code::UnknownVerb, "verb", owned(&mut names))
        }
        _ => return None,
    })
}

/// A name as the Cedar engine knows it.
#[cfg(test)]
pub(crate) fn entity(kind: &str, name: &str) -> Option<cedar_policy::EntityUid> {
    let kind: cedar_policy::EntityTypeName = kind.parse().ok()?;
    Some(cedar_policy::EntityUid::from_type_name_and_id(
        kind,
        cedar_policy::EntityId::new(name),
    ))
}
