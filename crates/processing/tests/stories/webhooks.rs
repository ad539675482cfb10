//! 4.2.1, 4.3, 6.3: data goes to the address of a recipient, signed and in a file that it alone opens. What went is entered before the
//! first byte leaves, and what became of it afterwards; when the ground ends, the address is told. Nothing is sent on a ground that has
//! ended, or where nobody opened the way.

use std::collections::VecDeque;
use std::io::Read;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use age::x25519::Identity;
use async_trait::async_trait;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Detail, Entry, Happening, Outcome};
use sandyq_model::{Problem, RecipientId, Verb};
use sandyq_processing::access::Caller;
use sandyq_processing::cases::Catalogue;
use sandyq_processing::ports::{DemonstrationPayments, Message, Miss, WebhookAnswer, WebhookLine};
use sandyq_processing::transfer::{
    Delivered, DisclosureView, HandOver, HandedOver, HowItWent, NewRecipient, NewSecret, Reach,
    SignedMessage, Unsent, WebhookSettings, Went,
};
use sandyq_processing::{Language, Rejected, Settings, System};
use standardwebhooks::Webhook;
use tokio::sync::{Notify, Semaphore};
use url::Url;

use crate::stage::{Stage, operator, shipped_policy};

const MARA: &str = "mara@example.com";
const TARQAT: &str = "privacy@tarqat.example.kz";
const ADDRESS: &str = "https://hooks.tarqat.example.kz/sandyq";
const OK: WebhookAnswer = WebhookAnswer::Answered(204);

/// A way that says what it is told to say, and keeps what would have left.
struct Line {
    says: Mutex<VecDeque<WebhookAnswer>>,
    sent: Mutex<Vec<(Url, SignedMessage)>>,
    holds: AtomicBool,
    came: Notify,
    go: Semaphore,
}

impl Line {
    fn says(&self, answers: &[WebhookAnswer]) {
        *self.says.lock().unwrap() = answers.iter().copied().collect();
        self.sent.lock().unwrap().clear();
    }

    fn sent(&self) -> Vec<SignedMessage> {
        let sent = self.sent.lock().unwrap();
        sent.iter().map(|(_, message)| message.clone()).collect()
    }
}

#[async_trait]
impl WebhookLine for Line {
    async fn post(&self, place: &Url, message: SignedMessage, _: Duration) -> WebhookAnswer {
        self.sent.lock().unwrap().push((place.clone(), message));
        if self.holds.load(Ordering::Relaxed) {
            self.came.notify_one();
            self.go.acquire().await.unwrap().forget();
        }
        self.says.lock().unwrap().pop_front().unwrap_or(OK)
    }
}

/// An order with its desks, a recipient with a key, and the way to its address.
struct Scene {
    stage: Stage,
    line: Arc<Line>,
    identity: Identity,
    mara: Caller,
    case: String,
    sales: Caller,
    gulmira: Caller,
    tarqat: RecipientId,
}

fn opened(stage: &Stage, line: &Arc<Line>) -> System {
    System::new(Settings {
        policy: shipped_policy(),
        store: stage.system.store().clone(),
        clock: stage.clock.clone(),
        chance: stage.chance.clone(),
        operator: Some(operator()),
        catalogue: Catalogue::demonstration(jiff::civil::date(2026, 11, 23)).unwrap(),
        payments: Arc::new(DemonstrationPayments),
        post: stage.letters.clone(),
        provider: None,
        webhooks: Some(WebhookSettings {
            reach: Arc::new(Reach::default()),
            line: line.clone(),
        }),
        answered_after: Duration::ZERO,
    })
}

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

async fn scene_in(mut stage: Stage) -> Scene {
    let line = Arc::new(Line {
        says: Mutex::default(),
        sent: Mutex::default(),
        holds: AtomicBool::new(false),
        came: Notify::new(),
        go: Semaphore::new(0),
    });
    stage.system = opened(&stage, &line);
    let sales = stage.staff("aslan", "sales").await;
    let gulmira = stage.staff("gulmira", "responsible").await;
    let (mara, case) = stage.guest(MARA).await;
    stage.pays(&mara, &case).await.unwrap();
    let identity = Identity::generate();
    let new = distributor(&identity.to_public().to_string());
    let tarqat = stage.system.enter_recipient(&gulmira, &new).await.unwrap();
    Scene {
        stage,
        line,
        identity,
        mara,
        case,
        sales,
        gulmira,
        tarqat,
    }
}

async fn scene() -> Scene {
    scene_in(Stage::new()).await
}

impl Scene {
    fn system(&self) -> &System {
        &self.stage.system
    }

    async fn enters(&self) -> NewSecret {
        let entered = self.system().enter_webhook(&self.gulmira, self.tarqat, ADDRESS);
        entered.await.unwrap()
    }

    fn chosen(&self) -> HandOver {
        HandOver {
            recipient: self.tarqat.to_string(),
            fields: ["last_name", "email"].map(str::to_owned).to_vec(),
            by_webhook: true,
            ..HandOver::default()
        }
    }

    async fn sends(&self) -> Result<HandedOver, Rejected> {
        let key = self.stage.key();
        let chosen = self.chosen();
        let system = self.system();
        system
            .hand_over(&self.sales, &self.case, &chosen, key, Language::En)
            .await
    }

    async fn went(&self) -> (Went, DisclosureView) {
        self.stage.passes(SignedDuration::from_secs(1));
        let Delivered::Sent(went) = self.sends().await.unwrap().delivered else {
            panic!("it was sent")
        };
        (went, self.newest().await)
    }

    /// What became of it when this happened while it was on its way.
    async fn went_while(&self, meanwhile: impl Future<Output = ()>) -> (Went, DisclosureView) {
        self.line.holds.store(true, Ordering::Relaxed);
        let sending = self.went();
        tokio::pin!(sending);
        tokio::select! {
            _ = &mut sending => panic!("nobody let it go"),
            () = self.line.came.notified() => {}
        }
        meanwhile.await;
        self.line.go.add_permits(1);
        sending.await
    }

    async fn newest(&self) -> DisclosureView {
        let given = self.system().given_to_others(&self.mara, Language::En).await;
        given.unwrap().rows.pop().unwrap()
    }

    async fn register(&self) -> Vec<DisclosureView> {
        let register = self.system().disclosures(&self.gulmira, 1, Language::En).await;
        register.unwrap().rows
    }

    async fn takes_back(&self) {
        let system = self.system();
        let all = system.my_consents(&self.mara, Language::En).await.unwrap();
        let consent = all
            .iter()
            .find(|consent| consent.item == "registration" && consent.withdrawn_at.is_none());
        let id = consent.unwrap().id;
        system.take_back(&self.mara, id, self.stage.key()).await.unwrap();
    }

    async fn settles(&self) {
        self.stage.passes(SignedDuration::from_secs(31));
        self.system().run_queue().await.unwrap();
    }

    fn recall_letters(&self) -> usize {
        let letters = self.stage.letters.0.lock().unwrap();
        let is_recall = |message: &Message| matches!(message, Message::Recall { .. });
        letters.iter().filter(|letter| is_recall(&letter.message)).count()
    }

    /// The entries of handings-over, oldest first.
    async fn entries(&self) -> Vec<Entry> {
        let store = self.system().store();
        let mut found = Vec::new();
        for index in 0..store.checkpoint().size {
            let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
            let is_about_it = matches!(
                entry.deed,
                Deed::Verb(Verb::Provide)
                    | Deed::Happening(Happening::HandingAnswered | Happening::RecipientTold)
            );
            found.extend(is_about_it.then_some(entry));
        }
        found
    }
}

fn problem<T>(outcome: Result<T, Rejected>, input: &str) -> Option<Problem> {
    match outcome {
        Err(Rejected::Mistake(mistake)) => mistake.of(input),
        _ => None,
    }
}

/// What an implementation that is not ours signs with that secret.
fn signature(secret: &NewSecret, message: &SignedMessage) -> String {
    let theirs = Webhook::new(secret.secret.expose()).unwrap();
    let second = message.timestamp.parse().unwrap();
    theirs.sign(&message.id, second, &message.body).unwrap()
}

fn decrypted(identity: &Identity, file: &[u8]) -> serde_json::Value {
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
async fn what_goes_is_signed_and_opens_for_the_recipient_alone() {
    let scene = scene().await;
    let secret = scene.enters().await;
    assert!(secret.secret.expose().starts_with("whsec_"));
    let handed = scene.sends().await.unwrap();
    assert!(matches!(handed.delivered, Delivered::Sent(Went::Arrived)));

    let [message] = scene.line.sent().try_into().unwrap();
    assert_eq!(scene.line.sent.lock().unwrap()[0].0.as_str(), ADDRESS);
    assert_eq!(message.id, format!("handed_{}", handed.reference));
    assert_eq!(message.timestamp, scene.stage.now().as_second().to_string());
    assert_eq!(message.signature, signature(&secret, &message));
    let changed = SignedMessage {
        body: [&message.body[..message.body.len() - 1], b" }"].concat(),
        ..message.clone()
    };
    assert_ne!(
        message.signature,
        signature(&secret, &changed),
        "a body that was touched"
    );
    assert!(!String::from_utf8_lossy(&message.body).contains("mara"));

    let body: serde_json::Value = serde_json::from_slice(&message.body).unwrap();
    assert_eq!(body["type"], "disclosure.handed_over");
    assert_eq!(body["data"]["reference"], handed.reference);
    let file = BASE64_STANDARD
        .decode(body["data"]["file"].as_str().unwrap())
        .unwrap();
    let document = decrypted(&scene.identity, &file);
    assert_eq!(document["reference"], handed.reference);
    assert!(document["data"].to_string().contains(MARA));

    let line = scene.newest().await;
    assert_eq!(line.went, Some(HowItWent::Arrived(scene.stage.now())));
    let [provided, answered] = scene.entries().await.try_into().unwrap();
    assert_eq!(provided.deed, Deed::Verb(Verb::Provide));
    assert_eq!((answered.outcome, answered.detail), (Outcome::Done, Detail::None));
    assert_eq!(answered.subject, provided.subject);
    assert_eq!(answered.recipient, provided.recipient);
    scene.system().store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test]
async fn it_is_entered_before_the_first_byte_leaves_and_goes_on_when_nobody_waits() {
    let scene = scene().await;
    scene.enters().await;
    scene.line.holds.store(true, Ordering::Relaxed);
    {
        let sending = scene.sends();
        tokio::pin!(sending);
        tokio::select! {
            _ = &mut sending => panic!("nobody let it go"),
            () = scene.line.came.notified() => {}
        }
        let [provided] = scene.entries().await.try_into().unwrap();
        assert_eq!(provided.outcome, Outcome::Done);
        assert_eq!(
            scene.newest().await.went,
            Some(HowItWent::Unknown),
            "a machine that stops now leaves it so, and it counts as handed over"
        );
        // Whoever waited goes away here.
    }
    scene.line.go.add_permits(1);
    for _ in 0..200 {
        if scene.entries().await.len() == 2 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert!(matches!(scene.newest().await.went, Some(HowItWent::Arrived(_))));
}

#[tokio::test]
async fn only_what_is_known_is_said_to_have_arrived_or_not() {
    use WebhookAnswer::{Answered, NotReached, Unanswered};
    let scene = scene().await;
    scene.enters().await;
    let missed = |miss| Went::Not(Unsent::Missed(miss));
    let nobody = NotReached(Miss::Connection);
    for (says, expected, attempts) in [
        (&[Answered(200)][..], Went::Arrived, 1),
        (&[Answered(503), OK], Went::Arrived, 2),
        (&[Unanswered, OK], Went::Arrived, 2),
        (&[nobody, OK], Went::Arrived, 2),
        (&[Answered(500), Answered(500), Answered(500)], Went::Unknown, 3),
        (&[Unanswered, nobody, nobody], Went::Unknown, 3),
        (&[Unanswered, Answered(409)], Went::Unknown, 2),
        (&[Answered(404)], Went::Not(Unsent::Refused(404)), 1),
        (&[Answered(302)], Went::Not(Unsent::Refused(302)), 1),
        (&[nobody, nobody, nobody], missed(Miss::Connection), 3),
        (&[NotReached(Miss::Network)], missed(Miss::Network), 1),
        (&[NotReached(Miss::Certificate); 3], missed(Miss::Certificate), 3),
    ] {
        scene.line.says(says);
        let (went, line) = scene.went().await;
        assert_eq!(went, expected, "{says:?}");
        let sent = scene.line.sent();
        assert_eq!(sent.len(), attempts, "{says:?}");
        assert!(
            sent.iter()
                .all(|one| one.id == sent[0].id && one.body == sent[0].body),
            "one message, however often it is tried"
        );
        let shown = match line.went.unwrap() {
            HowItWent::Arrived(_) => Went::Arrived,
            HowItWent::Not(_) => went,
            HowItWent::Unknown => Went::Unknown,
        };
        assert_eq!(shown, went, "{says:?}");
        let last = scene.entries().await.pop().unwrap();
        match went {
            Went::Arrived => assert_eq!(last.outcome, Outcome::Done),
            Went::Not(_) => {
                assert_eq!(
                    (last.outcome, last.detail),
                    (Outcome::Failed, Detail::DeliveryFault)
                );
            }
            Went::Unknown => assert_eq!(last.deed, Deed::Verb(Verb::Provide)),
        }
    }
}

#[tokio::test]
async fn nothing_is_tried_again_once_the_consent_was_taken_back() {
    let scene = scene().await;
    scene.enters().await;
    scene
        .line
        .says(&[WebhookAnswer::NotReached(Miss::Connection), OK]);
    let (went, line) = scene.went_while(scene.takes_back()).await;
    assert_eq!(went, Went::Not(Unsent::Stopped));
    assert_eq!(scene.line.sent().len(), 1, "the first attempt was the last");
    assert!(matches!(line.went, Some(HowItWent::Not(_))));
    scene.line.says(&[]);
    scene.line.holds.store(false, Ordering::Relaxed);
    scene.settles().await;
    assert_eq!(
        (scene.recall_letters(), scene.line.sent().len()),
        (0, 0),
        "nobody has to give back what never came"
    );
    let register = scene.system().disclosures(&scene.gulmira, 1, Language::En);
    assert!(register.await.unwrap().waiting.is_empty());
    assert!(matches!(scene.sends().await, Err(Rejected::Refusal(_))));
}

#[tokio::test]
async fn nothing_is_tried_again_once_the_record_was_blocked() {
    let scene = scene().await;
    scene.enters().await;
    scene
        .line
        .says(&[WebhookAnswer::NotReached(Miss::Connection), OK]);
    let blocks = async {
        let mara = scene.mara.subject.unwrap();
        scene.system().block(&scene.gulmira, mara).await.unwrap();
    };
    assert_eq!(scene.went_while(blocks).await.0, Went::Not(Unsent::Blocked));
    assert_eq!(scene.line.sent().len(), 1, "the first attempt was the last");
}

/// 6.3: an address that answers late holds back nobody's destruction.
#[tokio::test]
async fn a_slow_address_holds_back_no_other_work() {
    let scene = scene().await;
    scene.enters().await;
    assert_eq!(scene.went().await.0, Went::Arrived);
    scene.line.holds.store(true, Ordering::Relaxed);
    scene.takes_back().await;
    let worker = tokio::spawn(scene.system().clone().worker());
    scene.stage.passes(SignedDuration::from_secs(31));
    scene.line.came.notified().await;
    let withdrawn = scene.system().withdraw(&scene.mara, scene.stage.key()).await;
    assert!(
        withdrawn.unwrap().receipt_ready,
        "the record is destroyed while the address keeps silent"
    );
    assert_eq!(scene.line.sent().len(), 2);
    worker.abort();
}

#[tokio::test]
async fn what_was_called_back_while_it_was_on_its_way_is_not_overtaken() {
    let scene = scene().await;
    scene.enters().await;
    let calls_back = async {
        scene.takes_back().await;
        scene.system().run_queue().await.unwrap();
        assert_eq!((scene.recall_letters(), scene.line.sent().len()), (0, 1));
    };
    assert_eq!(scene.went_while(calls_back).await.0, Went::Arrived);
    scene.line.holds.store(false, Ordering::Relaxed);
    scene.settles().await;
    let sent = scene.line.sent();
    assert_eq!((scene.recall_letters(), sent.len()), (1, 2));
    assert!(sent[1].id.starts_with("recalled_"));
}

#[tokio::test]
async fn the_address_is_told_by_the_same_number_until_it_hears_and_outlives_the_person() {
    let scene = scene().await;
    let secret = scene.enters().await;
    let (_, line) = scene.went().await;
    scene
        .line
        .says(&[WebhookAnswer::Answered(500), WebhookAnswer::Unanswered, OK]);
    let withdrawn = scene.system().withdraw(&scene.mara, scene.stage.key());
    withdrawn.await.unwrap();
    for _ in 0..4 {
        scene.settles().await;
    }
    let sent = scene.line.sent();
    assert_eq!(sent.len(), 3, "until the receiver has it, and no more");
    assert!(
        sent.iter()
            .all(|one| one.id == format!("recalled_{}", line.reference))
    );
    assert!(sent.iter().all(|one| one.body == sent[0].body));
    assert_eq!(sent[2].signature, signature(&secret, &sent[2]));
    let body: serde_json::Value = serde_json::from_slice(&sent[0].body).unwrap();
    assert_eq!(body["type"], "disclosure.recalled");
    assert_eq!(
        body["data"],
        serde_json::json!({"reference": line.reference}),
        "it names nobody"
    );
    assert_eq!(scene.recall_letters(), 1, "and a letter goes as before");
    let [line] = scene.register().await.try_into().unwrap();
    assert!(line.hook_told_at.is_some() && line.told_at.is_some());
    let told = scene.entries().await;
    let told = told
        .iter()
        .filter(|entry| entry.deed == Deed::Happening(Happening::RecipientTold));
    assert_eq!(told.count(), 2);
    scene
        .system()
        .confirm_recall(&scene.gulmira, (line.subject, line.id), "T-9")
        .await
        .unwrap();
    scene.stage.passes(SignedDuration::from_hours(30));
    scene.system().run_queue().await.unwrap();
    assert_eq!(scene.line.sent().len(), 3);
}

#[tokio::test]
async fn an_unknown_end_is_called_back_too_and_gone_for_good_is_given_up() {
    let scene = scene().await;
    scene.enters().await;
    scene.line.says(&[WebhookAnswer::Unanswered; 3]);
    assert_eq!(scene.went().await.0, Went::Unknown);
    scene.takes_back().await;
    scene.line.says(&[WebhookAnswer::Answered(410), OK]);
    for _ in 0..3 {
        scene.settles().await;
    }
    assert_eq!((scene.recall_letters(), scene.line.sent().len()), (1, 1));
    let line = scene.newest().await;
    assert!(line.told_at.is_some() && line.hook_told_at.is_none());
}

#[tokio::test]
async fn a_renewed_secret_signs_beside_the_older_one_for_a_week() {
    let scene = scene().await;
    let first = scene.enters().await;
    let renewed = scene.system().renew_webhook(&scene.gulmira, scene.tarqat, false);
    let second = renewed.await.unwrap();
    assert_ne!(first.secret.expose(), second.secret.expose());
    assert!(second.old_until.is_some());
    let newest = async |answers: &[WebhookAnswer]| {
        scene.line.says(answers);
        assert_eq!(scene.went().await.0, Went::Arrived);
        scene.line.sent().pop().unwrap()
    };
    let by_both = newest(&[OK]).await;
    assert_eq!(
        by_both.signature,
        format!("{} {}", signature(&second, &by_both), signature(&first, &by_both))
    );
    scene.stage.passes(SignedDuration::from_hours(7 * 24 + 1));
    let scene = Scene {
        sales: scene.stage.staff_again("aslan").await,
        gulmira: scene.stage.staff_again("gulmira").await,
        ..scene
    };
    let newest = async |answers: &[WebhookAnswer]| {
        scene.line.says(answers);
        assert_eq!(scene.went().await.0, Went::Arrived);
        scene.line.sent().pop().unwrap()
    };
    let by_one = newest(&[OK]).await;
    assert_eq!(by_one.signature, signature(&second, &by_one));
    let renewed = scene.system().renew_webhook(&scene.gulmira, scene.tarqat, true);
    let third = renewed.await.unwrap();
    assert_eq!(third.old_until, None);
    let at_once = newest(&[OK]).await;
    assert_eq!(at_once.signature, signature(&third, &at_once));
    // Another address, another secret, and none of the old ones.
    let other = "https://other.tarqat.example.kz/";
    let entered = scene.system().enter_webhook(&scene.gulmira, scene.tarqat, other);
    let fourth = entered.await.unwrap();
    let elsewhere = newest(&[OK]).await;
    assert_eq!(elsewhere.signature, signature(&fourth, &elsewhere));
    assert_eq!(scene.line.sent.lock().unwrap()[0].0.as_str(), other);
}

#[tokio::test]
async fn where_there_is_no_address_no_key_or_no_way_nothing_is_entered_and_nothing_goes() {
    let scene = scene().await;
    let (system, gulmira) = (scene.system(), &scene.gulmira);
    let nothing = async || problem(scene.sends().await, "way");
    assert_eq!(nothing().await, Some(Problem::NoWebhook));
    scene.enters().await;
    system.end_webhook(gulmira, scene.tarqat).await.unwrap();
    assert_eq!(nothing().await, Some(Problem::NoWebhook));
    assert!(matches!(
        system.end_webhook(gulmira, scene.tarqat).await,
        Err(Rejected::NotFound)
    ));
    assert!(matches!(
        system.renew_webhook(gulmira, scene.tarqat, true).await,
        Err(Rejected::NotFound)
    ));
    let without_key = system.enter_recipient(gulmira, &distributor("")).await.unwrap();
    let entered = system.enter_webhook(gulmira, without_key, ADDRESS).await;
    assert_eq!(problem(entered, "address"), Some(Problem::NoWebhook));
    scene.enters().await;
    system.close_recipient(gulmira, scene.tarqat).await.unwrap();
    assert_eq!(nothing().await, Some(Problem::NoWebhook), "closed with its line");
    assert!(matches!(
        system.enter_webhook(gulmira, scene.tarqat, ADDRESS).await,
        Err(Rejected::NotFound)
    ));
    assert!(scene.line.sent().is_empty() && scene.entries().await.is_empty());
}

#[tokio::test]
async fn only_the_responsible_person_enters_an_address_and_only_one_that_may_be_reached() {
    let scene = scene().await;
    let system = scene.system();
    for caller in [&scene.sales, &scene.mara] {
        let entered = system.enter_webhook(caller, scene.tarqat, ADDRESS).await;
        assert!(matches!(entered, Err(Rejected::NotFound | Rejected::SignInFirst)));
        let looked = system.recipient_at_desk(caller, scene.tarqat).await;
        assert!(matches!(looked, Err(Rejected::NotFound | Rejected::SignInFirst)));
        for outcome in [
            system.renew_webhook(caller, scene.tarqat, true).await.map(|_| ()),
            system.end_webhook(caller, scene.tarqat).await,
        ] {
            assert!(outcome.is_err());
        }
    }
    for (address, expected) in [
        ("http://hooks.tarqat.example.kz/", Problem::WebhookAddress),
        ("https://u:p@hooks.tarqat.example.kz/", Problem::WebhookAddress),
        ("https://hooks.example.com/", Problem::Abroad),
        ("https://8.8.8.8/", Problem::Abroad),
        ("https://127.0.0.1/", Problem::WebhookNetwork),
        ("https://10.0.0.7/", Problem::WebhookNetwork),
        ("https://localhost/", Problem::WebhookNetwork),
        ("", Problem::Missing),
    ] {
        let entered = system.enter_webhook(&scene.gulmira, scene.tarqat, address).await;
        assert_eq!(problem(entered, "address"), Some(expected), "{address}");
    }
    let found = system.recipient_at_desk(&scene.gulmira, scene.tarqat).await;
    assert_eq!(found.unwrap().recipient.webhook, None);
}

#[tokio::test]
async fn settings_that_close_the_way_close_it_for_what_was_entered_before() {
    let mut scene = scene().await;
    scene.enters().await;
    assert_eq!(scene.went().await.0, Went::Arrived);
    scene.stage = scene.stage.reopens();
    let system = scene.system();
    let entered = system.enter_webhook(&scene.gulmira, scene.tarqat, ADDRESS).await;
    assert!(matches!(entered, Err(Rejected::NotFound)));
    assert_eq!(problem(scene.sends().await, "way"), Some(Problem::NoWebhook));
    let found = system.recipient_at_desk(&scene.gulmira, scene.tarqat).await;
    assert!(!found.unwrap().is_open);
    scene.line.says(&[]);
    scene.takes_back().await;
    scene.settles().await;
    assert_eq!((scene.recall_letters(), scene.line.sent().len()), (1, 0));
}

#[tokio::test]
async fn one_form_sends_once_and_the_person_hears_of_what_arrived_alone() {
    let scene = scene().await;
    scene.enters().await;
    let system = scene.system();
    system.wish_to_be_told(&scene.mara, true).await.unwrap();
    let told = || {
        let letters = scene.stage.letters.0.lock().unwrap();
        let is_told = |message: &Message| matches!(message, Message::HandedOver { .. });
        letters.iter().filter(|letter| is_told(&letter.message)).count()
    };
    let (key, chosen) = (scene.stage.key(), scene.chosen());
    let send = async || {
        system
            .hand_over(&scene.sales, &scene.case, &chosen, key, Language::En)
            .await
    };
    send().await.unwrap();
    assert_eq!(problem(send().await, "key"), Some(Problem::SentBefore));
    assert_eq!(scene.line.sent().len(), 1);
    scene.settles().await;
    assert_eq!(told(), 1);
    scene.line.says(&[WebhookAnswer::Answered(404)]);
    assert!(matches!(scene.went().await.0, Went::Not(_)));
    scene.settles().await;
    assert_eq!(told(), 1, "nothing was handed over, so that nothing is told");
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_the_secret_nor_what_went_lies_anywhere() {
    let scene = scene_in(Stage::in_folder(tempfile::tempdir().unwrap(), 23)).await;
    let secret = scene.enters().await;
    assert_eq!(scene.went().await.0, Went::Arrived);
    scene.line.says(&[WebhookAnswer::Unanswered; 3]);
    assert_eq!(scene.went().await.0, Went::Unknown);
    let written = secret.secret.expose().strip_prefix("whsec_").unwrap();
    let bytes = BASE64_STANDARD.decode(written).unwrap();
    let body: serde_json::Value = serde_json::from_slice(&scene.line.sent()[0].body).unwrap();
    let file = body["data"]["file"].as_str().unwrap();
    let decoded = BASE64_STANDARD.decode(file).unwrap();
    let hex = hex::encode(&bytes);
    let signs = [
        written.as_bytes(),
        hex.as_bytes(),
        &bytes[..],
        &file.as_bytes()[..64],
        &decoded[decoded.len() - 64..],
        b"mara@example.com",
    ];
    let mut folders = vec![scene.stage.folder.path().to_owned()];
    let mut looked = 0;
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = std::fs::read(&path).unwrap_or_default();
            looked += content.len();
            for sign in signs {
                let found = content.windows(sign.len()).any(|window| window == sign);
                assert!(!found, "{} holds {sign:?}", path.display());
            }
        }
    }
    // PostgreSQL keeps its files elsewhere; then only what lies in the folder is looked at.
    assert!(looked > 1_000, "something was looked at");
}
