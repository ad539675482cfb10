//! 4.2.1, 4.2.2, 4.3, 2.2.5, 2.2.12: data goes to a recipient of the register under a consent that names its kind, or because an article
//! demands it; the person sees it, and when the consent ends the recipient is told by the number under which it got the data.

use std::io::Read;

use age::x25519::Identity;
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Happening};
use sandyq_model::{Problem, RecipientId, Standing};
use sandyq_processing::access::Caller;
use sandyq_processing::ports::Message;
use sandyq_processing::request::Access;
use sandyq_processing::transfer::{Delivered, DisclosureView, HandOver, HandedOver, NewRecipient};
use sandyq_processing::{Language, Rejected};
use sandyq_store::tables::posting;

use crate::stage::Stage;

const MARA: &str = "mara@example.com";
const TARQAT: &str = "privacy@tarqat.example.kz";

fn distributor(key: &str) -> NewRecipient {
    let text = |value: &str| value.to_owned();
    NewRecipient {
        kind: text("distributor"),
        name: text("Tarqat LLP"),
        country: text("KZ"),
        undertaking: text("U-17/2026"),
        undertaken_on: text("2026-11-02"),
        email: text(TARQAT),
        age_key: text(key),
    }
}

fn revenue() -> NewRecipient {
    NewRecipient {
        kind: "state-body".into(),
        name: "State Revenue Department".into(),
        country: "KZ".into(),
        ..NewRecipient::default()
    }
}

fn of(recipient: RecipientId, fields: &[&str]) -> HandOver {
    HandOver {
        recipient: recipient.to_string(),
        fields: fields.iter().map(|field| (*field).to_owned()).collect(),
        ..HandOver::default()
    }
}

/// An order with its desks: the guest, the reference, sales, and the responsible person.
struct Order {
    stage: Stage,
    mara: Caller,
    case: String,
    sales: Caller,
    gulmira: Caller,
}

async fn order() -> Order {
    let stage = Stage::new();
    let sales = stage.staff("aslan", "sales").await;
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    Order {
        stage,
        mara,
        case,
        sales,
        gulmira,
    }
}

impl Order {
    async fn enters(&self, new: &NewRecipient) -> RecipientId {
        self.stage
            .system
            .enter_recipient(&self.gulmira, new)
            .await
            .unwrap()
    }

    async fn hands(&self, chosen: &HandOver) -> Result<HandedOver, Rejected> {
        let system = &self.stage.system;
        let handed = system
            .hand_over(&self.sales, &self.case, chosen, self.stage.key(), Language::En)
            .await;
        system.run_queue().await.unwrap();
        handed
    }

    async fn by_law(&self, caller: &Caller, chosen: &HandOver) -> Result<HandedOver, Rejected> {
        let subject = self.mara.subject.unwrap();
        let system = &self.stage.system;
        system
            .hand_over_by_law(caller, subject, chosen, self.stage.key(), Language::En)
            .await
    }

    async fn takes_back(&self, item: &str) {
        let system = &self.stage.system;
        let all = system.my_consents(&self.mara, Language::En).await.unwrap();
        let consent = all
            .iter()
            .find(|consent| consent.item == item && consent.withdrawn_at.is_none());
        let id = consent.unwrap().id;
        system.take_back(&self.mara, id, self.stage.key()).await.unwrap();
        system.run_queue().await.unwrap();
    }

    async fn given(&self) -> Vec<DisclosureView> {
        let given = self.stage.system.given_to_others(&self.mara, Language::En).await;
        given.unwrap().rows
    }

    async fn register(&self) -> Vec<DisclosureView> {
        let register = self
            .stage
            .system
            .disclosures(&self.gulmira, 1, Language::En)
            .await;
        register.unwrap().rows
    }

    fn recalls(&self) -> Vec<(String, String)> {
        let letters = self.stage.letters.0.lock().unwrap();
        let recalls = letters.iter().filter_map(|letter| match &letter.message {
            Message::Recall { reference, .. } => Some((letter.to.expose().clone(), reference.clone())),
            _ => None,
        });
        recalls.collect()
    }

    async fn reads(&self, clause: &str, refused: bool) -> usize {
        let looks = self
            .stage
            .system
            .my_accesses(&self.mara, 1, Language::En)
            .await
            .unwrap();
        let of = looks.rows.iter().filter(|look| look.refused == refused);
        of.filter(|look| look.clauses.iter().any(|one| one == clause))
            .count()
    }
}

/// Whether the policy refused it by that clause, among others.
fn refused_by<T>(outcome: Result<T, Rejected>, clause: &str) -> bool {
    match outcome {
        Err(Rejected::Refusal(refusal)) => refusal.rules.iter().any(|rule| rule.clause() == clause),
        Err(other) => panic!("not refused by the policy: {other:?}"),
        Ok(_) => panic!("not refused"),
    }
}

fn problem<T>(outcome: Result<T, Rejected>, input: &str) -> Option<Problem> {
    match outcome {
        Err(Rejected::Mistake(mistake)) => mistake.of(input),
        _ => None,
    }
}

fn opened(identity: &Identity, file: &[u8]) -> serde_json::Value {
    let decryptor = age::Decryptor::new(file).unwrap();
    let mut plain = Vec::new();
    decryptor
        .decrypt(std::iter::once(identity as &dyn age::Identity))
        .unwrap()
        .read_to_end(&mut plain)
        .unwrap();
    serde_json::from_slice(&plain).unwrap()
}

#[tokio::test]
async fn a_recipient_gets_what_was_agreed_to_in_a_file_that_it_alone_opens() {
    let order = order().await;
    let identity = Identity::generate();
    let tarqat = order
        .enters(&distributor(&identity.to_public().to_string()))
        .await;
    let handed = order
        .hands(&of(tarqat, &["last_name", "first_name", "email"]))
        .await
        .unwrap();
    let Delivered::File(name, file) = handed.delivered else {
        panic!("a file")
    };
    assert_eq!(name, format!("{}.json.age", handed.reference));
    assert!(
        !String::from_utf8_lossy(&file).contains("mara"),
        "nobody else reads it"
    );
    let document = opened(&identity, &file);
    assert_eq!(document["reference"], handed.reference);
    assert_eq!(document["ground"]["kind"], "consent");
    let given: Vec<&str> = document["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|one| one["field"].as_str().unwrap())
        .collect();
    assert_eq!(
        given.len(),
        3,
        "the fields that were chosen and no other: {given:?}"
    );
    assert!(document["data"].to_string().contains(MARA));

    let [line] = order.given().await.try_into().unwrap();
    assert_eq!((line.recipient.as_str(), line.recalled_at), ("Tarqat LLP", None));
    assert_eq!(line.fields.len(), 3);
    assert_eq!(order.reads("4.2.1", false).await, 1, "the person reads of it");
    let looks = order.stage.system.my_accesses(&order.mara, 1, Language::En).await;
    let to = |look: &Access| look.recipient.clone();
    assert_eq!(looks.unwrap().rows.iter().find_map(to), Some("Tarqat LLP".into()));
    assert_eq!(order.register().await.len(), 1);
    order.stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn without_its_consent_its_line_or_its_fields_nothing_goes() {
    let order = order().await;
    let tarqat = order.enters(&distributor("")).await;
    let reseller = NewRecipient {
        kind: "reseller".into(),
        ..distributor("")
    };
    let reseller = order.enters(&reseller).await;
    let body = order.enters(&revenue()).await;

    for fields in [
        &["birth_date"][..],
        &["card_number"],
        &["last_name", "delivery_address"],
    ] {
        let refused = order.hands(&of(tarqat, fields)).await;
        assert!(matches!(refused, Err(Rejected::Refusal(_))), "{fields:?}");
    }
    let by_law = HandOver {
        article: "Tax Code, Art. 24".into(),
        document: "12/7".into(),
        dated: "2026-11-20".into(),
        ..of(body, &["last_name"])
    };
    assert!(
        refused_by(order.hands(&by_law).await, "4.2.2"),
        "sales serves no state body"
    );

    order.takes_back("registration").await;
    assert!(refused_by(order.hands(&of(tarqat, &["email"])).await, "4.2.1"));
    assert!(
        refused_by(order.hands(&of(reseller, &["email"])).await, "4.2.1"),
        "the consent to a distributor is not one to a reseller"
    );
    let system = &order.stage.system;
    system.close_recipient(&order.gulmira, reseller).await.unwrap();
    assert!(matches!(
        system.close_recipient(&order.gulmira, reseller).await,
        Err(Rejected::NotFound)
    ));
    assert!(refused_by(order.hands(&of(reseller, &["email"])).await, "4.2.1"));

    assert_eq!(
        problem(order.hands(&of(tarqat, &[])).await, "fields"),
        Some(Problem::Missing)
    );
    assert_eq!(
        problem(order.hands(&of(tarqat, &["shoe_size"])).await, "fields"),
        Some(Problem::Choice)
    );
    let nobody = RecipientId::random(order.stage.chance.as_ref());
    assert_eq!(
        problem(order.hands(&of(nobody, &["email"])).await, "recipient"),
        Some(Problem::Choice)
    );
    assert!(order.given().await.is_empty() && order.register().await.is_empty());
    assert!(order.reads("4.2.1", true).await >= 3, "each attempt is an entry");
}

#[tokio::test]
async fn nobody_abroad_unbound_or_unreachable_is_entered_and_only_the_responsible_person_enters() {
    let order = order().await;
    let (system, gulmira) = (&order.stage.system, &order.gulmira);
    for (change, input, expected) in [
        (("RU", "U-1", TARQAT), "country", Problem::Abroad),
        (("", "U-1", TARQAT), "country", Problem::Missing),
        (("KZ", "", TARQAT), "undertaking", Problem::Missing),
        (
            ("KZ", "we promise", TARQAT),
            "undertaking",
            Problem::DocumentNumber,
        ),
        (("KZ", "U-1", ""), "email", Problem::Missing),
        (
            ("KZ", "U-1", "privacy@tarqat.example.com"),
            "email",
            Problem::Abroad,
        ),
        (
            ("KZ", "U-1", "a@b.kz\r\nBcc: c@d.kz"),
            "email",
            Problem::Characters,
        ),
    ] {
        let (country, undertaking, email) = change;
        let new = NewRecipient {
            country: country.into(),
            undertaking: undertaking.into(),
            email: email.into(),
            ..distributor("")
        };
        let entered = system.enter_recipient(gulmira, &new).await;
        assert_eq!(problem(entered, input), Some(expected), "{change:?}");
    }
    let processor = NewRecipient {
        kind: "processor".into(),
        ..distributor("")
    };
    let entered = system.enter_recipient(gulmira, &processor).await;
    assert_eq!(
        problem(entered, "kind"),
        Some(Problem::Choice),
        "1.4 knows no processor"
    );
    let entered = system.enter_recipient(gulmira, &distributor("age1nobody")).await;
    assert_eq!(problem(entered, "age_key"), Some(Problem::AgeKey));
    for caller in [&order.sales, &order.mara] {
        let entered = system.enter_recipient(caller, &distributor("")).await;
        assert!(matches!(entered, Err(Rejected::NotFound | Rejected::SignInFirst)));
    }
    assert!(system.recipients(gulmira).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_consent_taken_back_stops_the_next_and_tells_those_before() {
    let order = order().await;
    let tarqat = order.enters(&distributor("")).await;
    let handed = order.hands(&of(tarqat, &["last_name", "email"])).await.unwrap();
    let Delivered::Sheet(sheet) = &handed.delivered else {
        panic!("a sheet to print")
    };
    assert_eq!(sheet.len(), 2);

    order.takes_back("statistics").await;
    assert!(order.recalls().is_empty(), "another consent is not theirs");
    order.takes_back("registration").await;
    assert_eq!(order.recalls(), [(TARQAT.to_owned(), handed.reference.clone())]);
    let [line] = order.given().await.try_into().unwrap();
    assert!(line.recalled_at.is_some() && line.told_at.is_some() && line.confirmed.is_none());

    let of_line = (line.subject, line.id);
    let system = &order.stage.system;
    assert_eq!(
        problem(
            system
                .confirm_recall(&order.gulmira, of_line, "they said so")
                .await,
            "document"
        ),
        Some(Problem::DocumentNumber)
    );
    assert!(system.confirm_recall(&order.sales, of_line, "T-4").await.is_err());
    system
        .confirm_recall(&order.gulmira, of_line, "T-4")
        .await
        .unwrap();
    assert!(
        system
            .confirm_recall(&order.gulmira, of_line, "T-5")
            .await
            .is_err(),
        "it is confirmed once"
    );
    let [line] = order.given().await.try_into().unwrap();
    assert_eq!(line.confirmed.unwrap().1, "T-4");
    let register = system.disclosures(&order.gulmira, 1, Language::En).await.unwrap();
    assert!(register.waiting.is_empty());
}

#[tokio::test]
async fn who_withdraws_is_gone_and_the_recipient_is_told_all_the_same() {
    let order = order().await;
    let tarqat = order.enters(&distributor("")).await;
    let handed = order.hands(&of(tarqat, &["email"])).await.unwrap();
    let system = &order.stage.system;
    system.withdraw(&order.mara, order.stage.key()).await.unwrap();
    system.run_queue().await.unwrap();
    let [line] = order.register().await.try_into().unwrap();
    assert_eq!(line.reference, handed.reference);
    assert!(line.told_at.is_some());
    assert_eq!(order.recalls().len(), 1, "once");
    system
        .confirm_recall(&order.gulmira, (line.subject, line.id), "T-9")
        .await
        .unwrap();
    order.stage.passes(SignedDuration::from_hours(24));
    system.run_queue().await.unwrap();
    assert_eq!(order.recalls().len(), 1, "and never again");
    system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn a_state_body_gets_what_an_article_demands_from_the_responsible_person_alone() {
    let order = order().await;
    let body = order.enters(&revenue()).await;
    let demanded = HandOver {
        article: "Tax Code, Art. 24".into(),
        document: "12/7".into(),
        dated: "2026-11-20".into(),
        ..of(body, &["last_name", "birth_date"])
    };
    for (input, without) in [
        (
            "article",
            HandOver {
                article: String::new(),
                ..demanded.clone()
            },
        ),
        (
            "document",
            HandOver {
                document: String::new(),
                ..demanded.clone()
            },
        ),
        (
            "dated",
            HandOver {
                dated: "2027-11-20".into(),
                ..demanded.clone()
            },
        ),
    ] {
        assert!(
            problem(order.by_law(&order.gulmira, &without).await, input).is_some(),
            "a letterhead is not enough: {input}"
        );
    }
    let card = HandOver {
        fields: vec!["card_number".into()],
        ..demanded.clone()
    };
    assert!(matches!(
        order.by_law(&order.gulmira, &card).await,
        Err(Rejected::Refusal(_))
    ));
    assert!(matches!(
        order.by_law(&order.sales, &demanded).await,
        Err(Rejected::NotFound)
    ));
    order.by_law(&order.gulmira, &demanded).await.unwrap();
    let [line] = order.given().await.try_into().unwrap();
    assert_eq!(line.law, Some(("Tax Code, Art. 24".into(), "12/7".into())));
    order.takes_back("registration").await;
    let [line] = order.given().await.try_into().unwrap();
    assert!(
        line.recalled_at.is_none(),
        "what a law demanded is not ours to call back"
    );
}

#[tokio::test]
async fn whoever_wishes_it_has_a_letter_about_each_that_says_nothing() {
    let order = order().await;
    let tarqat = order.enters(&distributor("")).await;
    let letters = || order.stage.letters_to(MARA);
    let before = letters();
    order.hands(&of(tarqat, &["email"])).await.unwrap();
    assert_eq!(letters(), before, "nobody is written to who did not ask for it");
    let system = &order.stage.system;
    system.wish_to_be_told(&order.mara, true).await.unwrap();
    system.wish_to_be_told(&order.mara, true).await.unwrap();
    order.hands(&of(tarqat, &["email"])).await.unwrap();
    assert_eq!(letters(), before + 1);
    assert!(
        system
            .given_to_others(&order.mara, Language::En)
            .await
            .unwrap()
            .tells
    );
    system.wish_to_be_told(&order.mara, false).await.unwrap();
    order.hands(&of(tarqat, &["email"])).await.unwrap();
    assert_eq!(letters(), before + 1);
    assert!(system.wish_to_be_told(&order.sales, true).await.is_err());
}

#[tokio::test]
async fn of_two_at_once_nothing_goes_unrecalled() {
    for _ in 0..8 {
        let order = order().await;
        let tarqat = order.enters(&distributor("")).await;
        let chosen = of(tarqat, &["email"]);
        let (handed, ()) = tokio::join!(order.hands(&chosen), order.takes_back("registration"));
        order.stage.system.run_queue().await.unwrap();
        let given = order.given().await;
        assert_eq!(
            given.len(),
            usize::from(handed.is_ok()),
            "it went, or it was refused"
        );
        for line in given {
            assert!(line.told_at.is_some(), "whoever got it was told to stop");
        }
    }
}

#[tokio::test]
async fn one_form_hands_over_once() {
    let order = order().await;
    let tarqat = order.enters(&distributor("")).await;
    let (system, key) = (&order.stage.system, order.stage.key());
    let chosen = of(tarqat, &["email"]);
    let first = system
        .hand_over(&order.sales, &order.case, &chosen, key, Language::En)
        .await;
    assert!(first.is_ok());
    let again = system
        .hand_over(&order.sales, &order.case, &chosen, key, Language::En)
        .await;
    assert_eq!(problem(again, "key"), Some(Problem::SentBefore));
    assert_eq!(order.given().await.len(), 1);
    let dossier_standing = system
        .record_at_desk(&order.gulmira, &order.mara.subject.unwrap().to_string())
        .await
        .unwrap()
        .standing;
    assert_eq!(dossier_standing, Standing::Active);
}

#[tokio::test]
async fn a_look_at_the_register_of_recipients_is_an_entry() {
    let order = order().await;
    order.enters(&revenue()).await;
    let system = &order.stage.system;
    let looks = async || {
        let store = system.store();
        let size = store.checkpoint().size;
        let all = store.read(move |reader| posting::newest(reader, size, u32::try_from(size).unwrap()));
        let read = Deed::Happening(Happening::RegisterRead);
        let all = all.await.unwrap();
        all.iter().filter(|placed| placed.entry.deed == read).count()
    };
    let before = looks().await;
    assert_eq!(system.recipients(&order.gulmira).await.unwrap().len(), 1);
    assert_eq!(looks().await, before + 1);
    assert!(system.recipients(&order.sales).await.is_err());
}

#[tokio::test]
async fn who_has_not_read_the_policy_is_shown_no_form_of_a_case() {
    let order = order().await;
    let system = &order.stage.system;
    let mut stale = order.sales.clone();
    stale.staff.as_mut().unwrap().familiar = false;
    let decides = system.to_decide(&stale, &order.case, Language::En).await;
    assert!(refused_by(decides, "PRE-1"));
    let hands = system.to_hand_over(&stale, &order.case, Language::En).await;
    assert!(refused_by(hands, "PRE-1"));
    assert!(
        system
            .to_decide(&order.sales, &order.case, Language::En)
            .await
            .is_ok()
    );
    assert!(
        system
            .to_hand_over(&order.sales, &order.case, Language::En)
            .await
            .is_ok()
    );
}
