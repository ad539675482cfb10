//! Turns a Cedar rule into a formula. What is outside the part of Cedar used here is an error, never a guess.

use std::sync::Arc;

use cedar_policy::pst::{
    ActionConstraint, BinaryOp, Clause, Expr, Literal, PrincipalConstraint, ResourceConstraint,
};
use cedar_policy::pst::{EntityUID, Policy, UnaryOp, Var};
use sandyq_model::{Category, FieldSet, Purpose, RecipientKind, Standing, Verb};

use crate::declarations::Declarations;
use crate::question::GroundWord;
use crate::rules::formula::{Atom, Formula, Scalar};
use crate::rules::schema::{NO_PURPOSE, TRANSFER};

/// Why a rule cannot be compiled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Outside {
    /// What is wrong, in words.
    pub(super) why: String,
    /// The expression as Cedar prints it, to find it in the text.
    pub(super) expression: String,
    /// A ground is named that is none (3).
    pub(super) ground: bool,
}

/// Something that is compared.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Operand {
    Action,
    Role,
    Field,
    Category,
    Purpose,
    Ground,
    Standing,
    Kind,
    Country,
    Truth(Formula),
    Name(String, String),
    Word(String),
}

/// The formula of a whole rule, scope and conditions.
pub(super) fn translate(policy: &Policy, declarations: &Declarations) -> Result<Formula, Outside> {
    let rule = policy.body();
    if !matches!(rule.principal, PrincipalConstraint::Any) {
        return Err(Outside::scope(
            "the principal",
            "say  principal.role == Role::\"…\"  in a condition",
        ));
    }
    if !matches!(rule.resource, ResourceConstraint::Any) {
        return Err(Outside::scope(
            "the resource",
            "say  resource.field == Field::\"…\"  in a condition",
        ));
    }
    let mut parts = vec![match &rule.action {
        ActionConstraint::Any => Formula::True,
        ActionConstraint::Eq(verb) => verb_is(verb, false)?,
        ActionConstraint::In(verbs) => Formula::any(
            verbs
                .iter()
                .map(|verb| verb_is(verb, true))
                .collect::<Result<Vec<_>, _>>()?,
        ),
    }];
    for clause in rule.clauses() {
        parts.push(match clause {
            Clause::When(condition) => condition_of(condition, declarations)?,
            Clause::Unless(condition) => condition_of(condition, declarations)?.negated(),
        });
    }
    Ok(Formula::all(parts))
}

impl Outside {
    fn new(expression: &Expr, why: impl Into<String>) -> Self {
        Self {
            why: why.into(),
            expression: expression.to_string(),
            ground: false,
        }
    }

    fn scope(what: &str, instead: &str) -> Self {
        let why = format!("{what} stands unconstrained in the head of a rule; {instead}");
        Self {
            why,
            expression: String::new(),
            ground: false,
        }
    }
}

/// The condition of an expression that is true or false.
fn condition_of(expression: &Expr, declarations: &Declarations) -> Result<Formula, Outside> {
    match expression {
        Expr::Literal(Literal::Bool(truth)) => Ok(Formula::constant(*truth)),
        Expr::UnaryOp {
            op: UnaryOp::Not,
            expr,
        } => Ok(condition_of(expr, declarations)?.negated()),
        Expr::BinaryOp { op, left, right } => binary(expression, *op, [left, right], declarations),
        Expr::GetAttr { .. } => match operand(expression)? {
            Operand::Truth(formula) => Ok(formula),
            _ => Err(Outside::new(expression, "this is neither true nor false")),
        },
        _ => Err(Outside::new(
            expression,
            "this expression is not compiled into tables",
        )),
    }
}

fn binary(
    whole: &Expr,
    op: BinaryOp,
    [left, right]: [&Arc<Expr>; 2],
    declarations: &Declarations,
) -> Result<Formula, Outside> {
    match op {
        BinaryOp::And => Ok(Formula::all([
            condition_of(left, declarations)?,
            condition_of(right, declarations)?,
        ])),
        BinaryOp::Or => Ok(Formula::any([
            condition_of(left, declarations)?,
            condition_of(right, declarations)?,
        ])),
        BinaryOp::Eq => equality(whole, [left, right], declarations),
        BinaryOp::NotEq => Ok(equality(whole, [left, right], declarations)?.negated()),
        BinaryOp::In => match &**right {
            Expr::Set(members) => one_of(left, members, true, declarations),
            _ => is_in(left, right, declarations),
        },
        BinaryOp::Contains => match &**left {
            Expr::Set(members) => one_of(right, members, false, declarations),
            _ if is_path(left, &Var::Resource, "purposes") => serves(right),
            _ => Err(Outside::new(
                whole,
                "only a list, or resource.purposes, can contain something here",
            )),
        },
        _ => Err(Outside::new(whole, "this operator is not compiled into tables")),
    }
}

fn one_of(
    tested: &Expr,
    members: &[Arc<Expr>],
    hierarchy: bool,
    declarations: &Declarations,
) -> Result<Formula, Outside> {
    let each = members.iter().map(|member| {
        if hierarchy {
            is_in(tested, member, declarations)
        } else {
            equality(tested, [tested, member], declarations)
        }
    });
    Ok(Formula::any(each.collect::<Result<Vec<_>, _>>()?))
}

/// `a in b`: the hierarchy has one group, so for everything but verbs it means the same as `==`.
fn is_in(left: &Expr, right: &Expr, declarations: &Declarations) -> Result<Formula, Outside> {
    if let (Operand::Action, Operand::Name(kind, name)) = (operand(left)?, operand(right)?) {
        return verb_named(&kind, &name, true).ok_or_else(|| Outside::new(right, "this is no verb"));
    }
    equality(left, [left, right], declarations)
}

fn equality(
    whole: &Expr,
    [left, right]: [&Expr; 2],
    declarations: &Declarations,
) -> Result<Formula, Outside> {
    let (left, right) = (operand(left)?, operand(right)?);
    if let (Operand::Truth(a), Operand::Truth(b)) = (&left, &right) {
        let both = Formula::all([a.clone(), b.clone()]);
        let neither = Formula::all([a.clone().negated(), b.clone().negated()]);
        return Ok(Formula::any([both, neither]));
    }
    let known = match (&left, &right) {
        (Operand::Name(kind, name), tested) | (tested, Operand::Name(kind, name)) => {
            named(tested, kind, name, declarations)
        }
        (Operand::Word(word), tested) | (tested, Operand::Word(word)) => worded(tested, word),
        _ => None,
    };
    if let (None, (Operand::Ground, Operand::Word(word)) | (Operand::Word(word), Operand::Ground)) =
        (&known, (&left, &right))
    {
        return Err(Outside {
            ground: true,
            ..Outside::new(whole, format!("`{word}` is no ground"))
        });
    }
    known.ok_or_else(|| {
        Outside::new(
            whole,
            "these two cannot be compared here, or the word is none of the known ones",
        )
    })
}

fn named(tested: &Operand, kind: &str, name: &str, declarations: &Declarations) -> Option<Formula> {
    let atom = match (tested, kind) {
        (Operand::Action, "Action") => return verb_named(kind, name, false),
        (Operand::Role, "Role") => Atom::Role(declarations.role_named(name)?),
        (Operand::Field, "Field") => Atom::Fields(FieldSet::only(declarations.field_named(name)?)),
        (Operand::Category, "Category") => Atom::Category(name.parse::<Category>().ok()?),
        (Operand::Purpose, "Purpose") => Atom::Purpose(purpose_named(name)?),
        _ => return None,
    };
    Some(Formula::Atom(atom))
}

fn worded(tested: &Operand, word: &str) -> Option<Formula> {
    let scalar = match tested {
        Operand::Ground => Scalar::Ground(GroundWord::named(word)?),
        Operand::Standing if word == ABSENT => Scalar::Standing(None),
        Operand::Standing => Scalar::Standing(Some(word.parse::<Standing>().ok()?)),
        Operand::Kind => Scalar::Kind(RecipientKind::from_name(word)?),
        Operand::Country => Scalar::Country(word.parse().ok()?),
        _ => return None,
    };
    Some(Formula::Atom(Atom::Scalar(scalar)))
}

fn serves(purpose: &Expr) -> Result<Formula, Outside> {
    let atom = match operand(purpose)? {
        Operand::Purpose => Some(Atom::ServesStated),
        Operand::Name(kind, name) if kind == "Purpose" => purpose_named(&name).map(Atom::Serves),
        _ => None,
    };
    atom.map(Formula::Atom)
        .ok_or_else(|| Outside::new(purpose, "this is no purpose"))
}

fn operand(expression: &Expr) -> Result<Operand, Outside> {
    match expression {
        Expr::Var(Var::Action) => Ok(Operand::Action),
        Expr::Literal(Literal::Bool(truth)) => Ok(Operand::Truth(Formula::constant(*truth))),
        Expr::Literal(Literal::String(word)) => Ok(Operand::Word(word.to_string())),
        Expr::Literal(Literal::EntityUID(uid)) => Ok(Operand::Name(uid.ty.to_string(), uid.eid.to_string())),
        Expr::GetAttr { expr, attr } => attribute(expression, expr, attr),
        _ => Err(Outside::new(expression, "this cannot be compared here")),
    }
}

fn attribute(whole: &Expr, of: &Expr, attribute: &str) -> Result<Operand, Outside> {
    let truth = |scalar| Operand::Truth(Formula::Atom(Atom::Scalar(scalar)));
    let mask = |atom| Operand::Truth(Formula::Atom(atom));
    let found = match of {
        Expr::Var(Var::Principal) => match attribute {
            "role" => Some(Operand::Role),
            "human" => Some(truth(Scalar::Human)),
            "familiar" => Some(truth(Scalar::Familiar)),
            _ => None,
        },
        Expr::Var(Var::Resource) => match attribute {
            "field" => Some(Operand::Field),
            "category" => Some(Operand::Category),
            _ => None,
        },
        Expr::Var(Var::Context) => match attribute {
            "purpose" => Some(Operand::Purpose),
            "ground" => Some(Operand::Ground),
            "standing" => Some(Operand::Standing),
            "citation" => Some(truth(Scalar::Citation)),
            "withdrawn" => Some(truth(Scalar::Withdrawn)),
            "case" => Some(truth(Scalar::Case)),
            "interview" => Some(truth(Scalar::Interview)),
            "own" => Some(truth(Scalar::Own)),
            "effect" => Some(truth(Scalar::Effect)),
            "due" => Some(truth(Scalar::Due)),
            "approved" => Some(truth(Scalar::Approved)),
            "seconded" => Some(truth(Scalar::Seconded)),
            "emergency" => Some(truth(Scalar::Emergency)),
            "consent" => Some(mask(Atom::Consented)),
            "agreed" => Some(mask(Atom::Agreed)),
            "floor" => Some(mask(Atom::Floor)),
            "hold" => Some(mask(Atom::Hold)),
            _ => None,
        },
        recipient if is_path(recipient, &Var::Context, "recipient") => match attribute {
            "kind" => Some(Operand::Kind),
            "country" => Some(Operand::Country),
            "registered" => Some(truth(Scalar::Registered)),
            "undertaking" => Some(truth(Scalar::Undertaking)),
            _ => None,
        },
        _ => None,
    };
    found.ok_or_else(|| Outside::new(whole, "this attribute cannot stand alone in a condition"))
}

fn is_path(expression: &Expr, of: &Var, attribute: &str) -> bool {
    matches!(expression, Expr::GetAttr { expr, attr } if attr == attribute && **expr == Expr::Var(of.clone()))
}

fn purpose_named(name: &str) -> Option<Option<Purpose>> {
    if name == NO_PURPOSE {
        Some(None)
    } else {
        name.parse().ok().map(Some)
    }
}

fn verb_is(verb: &EntityUID, hierarchy: bool) -> Result<Formula, Outside> {
    let outside = || Outside {
        why: format!("{verb} is no verb"),
        expression: String::new(),
        ground: false,
    };
    verb_named(&verb.ty.to_string(), &verb.eid, hierarchy).ok_or_else(outside)
}

fn verb_named(kind: &str, name: &str, hierarchy: bool) -> Option<Formula> {
    if kind != "Action" {
        return None;
    }
    if name == TRANSFER {
        let transfers = Verb::ALL
            .into_iter()
            .filter(|verb| hierarchy && verb.is_transfer());
        return Some(Formula::any(
            transfers.map(|verb| Formula::Atom(Atom::Verb(verb))),
        ));
    }
    name.parse().ok().map(|verb| Formula::Atom(Atom::Verb(verb)))
}

/// The word for a subject that nobody knows.
pub(crate) const ABSENT: &str = "absent";
