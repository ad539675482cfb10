//! 5.1.4: for any past day it can be said who had access to what.

use jiff::SignedDuration;
use jiff::civil::Date;
use sandyq_model::time::day_in_kazakhstan;
use sandyq_model::{Actor, Plain, Problem, ProposalId, Role};
use sandyq_processing::access::{ChangingRole, Inviting};
use sandyq_processing::second_person::Agreed;
use sandyq_processing::{Language, Rejected};

use crate::stage::Stage;
use crate::stage::asked::problem;
use crate::stage::desk::{reads_the_policy, sets_up};

async fn on(stage: &Stage, day: Date) -> Vec<(String, String)> {
    let by = Actor::system(Role::ADMINISTRATOR);
    let found = stage.system.access_on(&by, day, Language::En).await.unwrap();
    found.rows.into_iter().map(|row| (row.name, row.role)).collect()
}

fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
    let one = |(name, role): &(&str, &str)| ((*name).to_owned(), (*role).to_owned());
    pairs.iter().map(one).collect()
}

#[tokio::test]
async fn a_past_day_has_the_roles_of_that_day() {
    let stage = Stage::new();
    let by = Actor::system(Role::ADMINISTRATOR);
    let today = day_in_kazakhstan(stage.now());
    let day = |days: i64| today.checked_add(jiff::Span::new().days(days)).unwrap();
    stage.staff("aliya", "sales").await;
    stage.staff("bolat", "auditor").await;
    stage.passes(SignedDuration::from_hours(24));
    let session = stage.desks.comes_in(&stage.system, "aliya").await;
    stage
        .system
        .change_staff_role(&by, "aliya", "support")
        .await
        .unwrap();
    assert!(
        stage.system.caller(session.expose()).await.unwrap().is_none(),
        "a change of role ends the sessions"
    );
    stage.passes(SignedDuration::from_hours(24));
    stage.system.close_staff(&by, "bolat").await.unwrap();
    stage.passes(SignedDuration::from_hours(48));
    let password = Plain::from("a long enough password");
    stage
        .system
        .renew_staff_password(&by, "bolat", password)
        .await
        .unwrap();

    assert_eq!(on(&stage, day(-1)).await, []);
    assert_eq!(
        on(&stage, day(0)).await,
        pairs(&[("aliya", "Sales"), ("bolat", "Auditor")])
    );
    let both = [("aliya", "Sales"), ("aliya", "Support"), ("bolat", "Auditor")];
    assert_eq!(
        on(&stage, day(1)).await,
        pairs(&both),
        "the day of the change has both"
    );
    assert_eq!(
        on(&stage, day(2)).await,
        pairs(&both[1..]),
        "and so has the day of an end"
    );
    assert_eq!(on(&stage, day(3)).await, pairs(&both[1..2]));
    assert_eq!(on(&stage, day(4)).await, pairs(&both[1..]), "opened again");
    let to_come = stage.system.access_on(&by, day(5), Language::En).await;
    assert!(matches!(to_come, Err(Rejected::Mistake(mistake)) if mistake.of("day") == Some(Problem::Date)));
}

#[tokio::test]
async fn what_a_role_reads_is_what_the_policy_says() {
    let stage = Stage::new();
    let sales = stage.staff("aliya", "sales").await;
    let auditor = stage.staff("bolat", "auditor").await;
    let today = day_in_kazakhstan(stage.now());
    let foreign = stage.system.access_at_desk(&sales, today, Language::En).await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    let found = stage
        .system
        .access_at_desk(&auditor, today, Language::En)
        .await
        .unwrap();
    let of = |name: &str| &found.rows.iter().find(|row| row.name == name).unwrap().reads;
    assert_eq!(*of("bolat"), [], "an auditor reads no data");
    let purposes: Vec<&str> = of("aliya").iter().map(|(purpose, _)| purpose.as_str()).collect();
    assert_eq!(
        purposes.len(),
        2,
        "orders, and promotions that they run: {purposes:?}"
    );
    assert!(of("aliya").iter().all(|(_, fields)| !fields.is_empty()));
}

#[tokio::test]
async fn an_invitation_opens_once_and_leads_to_a_password_a_factor_and_the_policy() {
    let stage = Stage::new();
    let by = Actor::system(Role::ADMINISTRATOR);
    let system = &stage.system;
    let first = system.invite_staff(&by, "zarina", "sales").await.unwrap();
    let second = system.invite_staff(&by, "zarina", "sales").await.unwrap();
    let token = |path: &Plain<String>| path.expose().rsplit('/').next().unwrap().to_owned();
    let (first, second) = (token(&first.path), token(&second.path));
    assert!(
        matches!(
            system.invited(&first, Language::En).await,
            Err(Rejected::NotFound)
        ),
        "the newest opens"
    );
    assert_eq!(system.invited(&second, Language::En).await.unwrap().role, "Sales");
    let poor = system.accept_invitation(&second, &Plain::from("too short")).await;
    assert!(
        matches!(poor, Err(Rejected::Mistake(mistake)) if mistake.of("password") == Some(Problem::PasswordShort))
    );
    let password = Plain::from("a long enough password");
    let (one, two) = tokio::join!(
        system.accept_invitation(&second, &password),
        system.accept_invitation(&second, &password)
    );
    assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "once");
    let half_way = one.or(two).unwrap();
    assert!(half_way.sets_up);
    let (session, _) = sets_up(system, half_way.token.expose()).await;
    let zarina = reads_the_policy(system, &session).await;
    assert!(zarina.staff.is_some_and(|card| card.familiar));
    let today = day_in_kazakhstan(stage.now());
    assert_eq!(on(&stage, today).await, pairs(&[("zarina", "Sales")]));
    let taken = system.invite_staff(&by, "zarina", "sales").await;
    assert!(
        matches!(taken, Err(Rejected::Mistake(mistake)) if mistake.of("name") == Some(Problem::Repeated))
    );
    let late = system.invite_staff(&by, "late", "sales").await.unwrap();
    stage.passes(SignedDuration::from_hours(72));
    let late = system.invited(&token(&late.path), Language::En).await;
    assert!(matches!(late, Err(Rejected::NotFound)));
}

/// What came of an invitation: an own word was enough, or it waits for another's.
fn proposed(inviting: Inviting) -> Option<ProposalId> {
    match inviting {
        Inviting::Done(_) => None,
        Inviting::Proposed(id) => Some(id),
    }
}

#[tokio::test]
async fn nobody_gives_alone_a_role_that_may_do_more_than_their_own() {
    let stage = Stage::new();
    let admin = stage.staff("admin", "administrator").await;
    let sales = stage.staff("aliya", "sales").await;
    let above = stage.system.invite_at_desk(&admin, "new", "responsible").await;
    assert_eq!(problem(above, "role"), Some(Problem::RoleAbove));
    let foreign = stage.system.invite_at_desk(&sales, "new", "sales").await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    let mailer = stage.system.invite_at_desk(&admin, "new", "mailer").await;
    assert_eq!(problem(mailer, "role"), Some(Problem::Choice));
    let roles = stage.system.roles_to_give(&admin, Language::En);
    assert!(
        roles
            .iter()
            .all(|role| role.takes_two || role.name == "statistics"),
        "an administrator has no role of a desk, and who reads figures reads nobody: {roles:?}"
    );
    for role in &roles {
        let name = format!("new-{}", role.name);
        let inviting = stage.system.invite_at_desk(&admin, &name, &role.name).await;
        assert_eq!(
            proposed(inviting.unwrap()).is_some(),
            role.takes_two,
            "{}",
            role.name
        );
    }
}

#[tokio::test]
async fn two_give_what_none_of_them_has_when_one_is_the_responsible_person() {
    let stage = Stage::new();
    let access = stage.staff("access", "access").await;
    let admin = stage.staff("admin", "administrator").await;
    let inviting = stage.system.invite_at_desk(&access, "zarina", "sales").await;
    let waits = proposed(inviting.unwrap()).unwrap();
    let refused = stage.system.agree(&admin, waits).await;
    assert_eq!(
        problem(refused, "role"),
        Some(Problem::RoleAbove),
        "neither of these two answers for what sales sees"
    );
    let aru = stage.staff("aru", "responsible").await;
    let agreed = stage.system.agree(&aru, waits).await.unwrap();
    assert!(matches!(agreed, Agreed::Invited(name, _) if name == "zarina"));

    let inviting = stage.system.invite_at_desk(&aru, "dias", "support").await;
    let waits = proposed(inviting.unwrap()).unwrap();
    let agreed = stage.system.agree(&access, waits).await.unwrap();
    assert!(
        matches!(agreed, Agreed::Invited(..)),
        "whoever of the two proposed it"
    );
}

#[tokio::test]
async fn accounts_are_closed_by_one_and_roles_changed_by_two_and_one_of_each_stays() {
    let stage = Stage::new();
    let access = stage.staff("access", "access").await;
    let aliya = stage.staff("aliya", "sales").await;
    let aru = stage.staff("aru", "responsible").await;
    let system = &stage.system;
    let nothing = system.staff_accounts(&aliya, Language::En).await;
    assert!(matches!(nothing, Err(Rejected::NotFound)));
    let seen = system.staff_accounts(&access, Language::En).await.unwrap();
    let names: Vec<&str> = seen.iter().map(|account| account.name.as_str()).collect();
    assert_eq!(names, ["access", "aliya", "aru"]);
    assert!(seen[0].own && seen[1].familiar);

    for (who, wrong) in [(&access, Problem::OwnAccount), (&aru, Problem::LastOfRole)] {
        let closed = system.close_staff_at_desk(&access, who.actor.id).await;
        assert_eq!(problem(closed, "name"), Some(wrong));
    }
    let to_support = system
        .change_role_at_desk(&access, aliya.actor.id, "support")
        .await;
    let ChangingRole::Proposed(waits) = to_support.unwrap() else {
        panic!("neither has that role");
    };
    assert!(matches!(
        system.agree(&access, waits).await,
        Err(Rejected::Refusal(_))
    ));
    assert!(matches!(
        system.agree(&aru, waits).await.unwrap(),
        Agreed::Changed
    ));
    let seen = system.staff_accounts(&access, Language::En).await.unwrap();
    assert_eq!((seen[1].role.as_str(), seen[1].familiar), ("Support", false));

    let foreign = system.close_staff_at_desk(&aliya, access.actor.id).await;
    assert!(matches!(foreign, Err(Rejected::NotFound)));
    system.close_staff_at_desk(&access, aliya.actor.id).await.unwrap();
    let again = system.close_staff_at_desk(&access, aliya.actor.id).await;
    assert_eq!(problem(again, "name"), Some(Problem::Closed));
    let by_command = system
        .close_staff(&Actor::system(Role::ADMINISTRATOR), "aliya")
        .await;
    assert_eq!(problem(by_command, "name"), Some(Problem::Closed));
    let seen = system.staff_accounts(&access, Language::En).await.unwrap();
    assert!(seen[2].closed_at.is_some(), "the closed one comes last");
}

#[tokio::test]
async fn nobody_agrees_to_their_own_role_and_no_proposal_outlives_what_it_was_about() {
    let stage = Stage::new();
    let system = &stage.system;
    let aru = stage.staff("aru", "responsible").await;
    let access = stage.staff("access", "access").await;
    stage.staff("other", "access").await;
    let own = system.change_role_at_desk(&aru, access.actor.id, "sales").await;
    let ChangingRole::Proposed(waits) = own.unwrap() else {
        panic!("neither has that role");
    };
    let agreed = system.agree(&access, waits).await;
    assert_eq!(problem(agreed, "name"), Some(Problem::OwnAccount));

    let aliya = stage.staff("aliya", "sales").await;
    let to_support = system
        .change_role_at_desk(&access, aliya.actor.id, "support")
        .await;
    let ChangingRole::Proposed(waits) = to_support.unwrap() else {
        panic!("neither has that role");
    };
    let by = Actor::system(Role::ADMINISTRATOR);
    system.change_staff_role(&by, "aliya", "auditor").await.unwrap();
    let late = system.agree(&aru, waits).await;
    assert_eq!(
        problem(late, "name"),
        Some(Problem::Closed),
        "she is no sales any more"
    );
}

#[tokio::test]
async fn who_cannot_come_in_is_not_counted_and_what_was_given_goes_with_the_giver() {
    let stage = Stage::new();
    let system = &stage.system;
    let by = Actor::system(Role::ADMINISTRATOR);
    let access = stage.staff("access", "access").await;
    let admin = stage.staff("admin", "administrator").await;
    let password = Plain::from("a long enough password");
    system
        .add_staff(&by, "second", "administrator", password)
        .await
        .unwrap();
    let closed = system.close_staff_at_desk(&access, admin.actor.id).await;
    assert_eq!(
        problem(closed, "name"),
        Some(Problem::LastOfRole),
        "the second one has set up no factor"
    );
    let aru = stage.staff("aru", "responsible").await;
    let inviting = system.invite_at_desk(&access, "zarina", "sales").await;
    let Agreed::Invited(_, invitation) = system
        .agree(&aru, proposed(inviting.unwrap()).unwrap())
        .await
        .unwrap()
    else {
        panic!("an invitation was proposed");
    };
    let token = invitation.path.expose().rsplit('/').next().unwrap().to_owned();
    assert!(system.invited(&token, Language::En).await.is_ok());
    system.close_staff(&by, "access").await.unwrap();
    let gone = system.invited(&token, Language::En).await;
    assert!(
        matches!(gone, Err(Rejected::NotFound)),
        "it goes with whoever gave it"
    );
}
