//! 1.3 and the sense of rules: each can apply somewhere, and none opens a decision with effect to a machine.

use sandyq_model::{Category, Purpose, Verb};

use crate::check::{Code, Report};
use crate::declarations::Declarations;
use crate::rules::{Rule, Scalar};
use crate::tables::{Assumed, Key, Line, Mask, Row, Tables, satisfiable};

pub(super) fn examine(rules: &[Rule], tables: &Tables, declarations: &Declarations, report: &mut Report) {
    report_idle(rules, tables, declarations, report);
    report_inhuman(rules, tables, declarations, report);
}

/// Rules that hold in no row, under no circumstances, for no field.
fn report_idle(rules: &[Rule], tables: &Tables, declarations: &Declarations, report: &mut Report) {
    let mut idle: Vec<bool> = rules.iter().map(|_| true).collect();
    for row in tables.rows() {
        for line in row.permits.iter().chain(&row.forbids) {
            let place = usize::try_from(line.rule).unwrap_or(usize::MAX);
            if let Some(still) = idle.get_mut(place).filter(|still| **still) {
                let nothing = Assumed::nothing(&tables.scalars);
                let mask = line.mask(tables.masks());
                *still =
                    mask.is_none_or(|mask| satisfiable(mask, declarations.all_fields(), nothing).is_none());
            }
        }
    }
    for (rule, _) in rules.iter().zip(idle).filter(|(_, idle)| *idle) {
        report
            .add(
                Code::RuleNeverApplies,
                format!("the rule {} can never apply", rule.id),
            )
            .at(rule.place, "no operation satisfies this")
            .help("two of its conditions contradict each other, or it names what does not exist together")
            .clause(rule.id.clause());
    }
}

/// Whether something that is not human could take a decision with effect.
fn report_inhuman(rules: &[Rule], tables: &Tables, declarations: &Declarations, report: &mut Report) {
    let nothing = Assumed::nothing(&tables.scalars);
    let assumed = nothing.with(Scalar::Effect, true).with(Scalar::Human, false);
    for row in tables.rows() {
        let Some(rule) = open_permit(row, tables, declarations, &assumed).and_then(|rule| rules.get(rule))
        else {
            continue;
        };
        let who = keys(declarations).find(|key| tables.row(*key) == Some(row));
        let who = who.and_then(|key| declarations.roles.get(&key.role).map(|role| (role, key.verb)));
        let Some((role, verb)) = who else { continue };
        report
            .add(
                Code::InhumanDecision,
                format!("`{}` could {verb} with effect without a human", role.name),
            )
            .at(rule.place, "permits it, and nothing forbids it")
            .help("write  forbid (principal, action, resource) when { context.effect && !principal.human };")
            .clause("1.3");
        return;
    }
}

fn open_permit(
    row: &Row,
    tables: &Tables,
    declarations: &Declarations,
    assumed: &Assumed<'_>,
) -> Option<usize> {
    let mask = |line: &Line| line.mask(tables.masks()).cloned();
    let forbidden = Mask::Any(row.forbids.iter().filter_map(mask).collect());
    row.permits.iter().find_map(|line| {
        let open = Mask::All(vec![mask(line)?, Mask::Not(Box::new(forbidden.clone()))]);
        satisfiable(&open, declarations.all_fields(), assumed.clone())?;
        usize::try_from(line.rule).ok()
    })
}

fn keys(declarations: &Declarations) -> impl Iterator<Item = Key> {
    declarations.roles.keys().copied().flat_map(|role| {
        Verb::ALL.into_iter().flat_map(move |verb| {
            std::iter::once(None)
                .chain(Purpose::all().map(Some))
                .flat_map(move |purpose| {
                    Category::ALL.into_iter().map(move |category| Key {
                        role,
                        verb,
                        purpose,
                        category,
                    })
                })
        })
    })
}
