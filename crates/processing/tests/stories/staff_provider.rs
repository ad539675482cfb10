//! 5.1.4: an identity provider stands for the password of staff who linked their account with it. What it says counts once, for the browser
//! that asked, and for its one person; the second factor is asked for all the same, and nobody else is answered differently.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use jiff::SignedDuration;
use sandyq_ledger::entry::{Deed, Entry, Happening};
use sandyq_model::{Actor, Fault, Plain, Problem, Role};
use sandyq_processing::access::{AtProvider, Caller, HalfWay, OwnProof, ProviderSettings, Returned};
use sandyq_processing::cases::Catalogue;
use sandyq_processing::ports::{DemonstrationPayments, ProviderAnswer, ProviderLine};
use sandyq_processing::{Rejected, Settings, System};
use sandyq_store::Commit;
use sandyq_store::tables::staff_authenticator::{self, StaffAuthenticator};
use serde_json::{Value, json};

use crate::stage::asked::problem;
use crate::stage::desk::PASSWORD;
use crate::stage::{Letters, Stage, operator};

const ISSUER: &str = "https://id.example.kz";

/// A provider that says of whoever is meant what it is told to say.
struct Told {
    pair: Ed25519KeyPair,
    /// What the next statement says.
    says: Mutex<Value>,
    /// Codes that were changed.
    codes: AtomicU32,
    /// How often its keys were fetched.
    keys: AtomicU32,
    /// What its key is called.
    named: Mutex<&'static str>,
}

fn told(bytes: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn answer(said: &Value) -> ProviderAnswer {
    ProviderAnswer {
        status: 200,
        body: Plain::new(said.to_string().into_bytes()),
    }
}

#[async_trait]
impl ProviderLine for Told {
    async fn get(&self, place: &str) -> Result<ProviderAnswer, Fault> {
        if place.ends_with("/.well-known/openid-configuration") {
            return Ok(answer(&json!({
                "issuer": ISSUER,
                "authorization_endpoint": format!("{ISSUER}/auth"),
                "token_endpoint": format!("{ISSUER}/token"),
                "jwks_uri": format!("{ISSUER}/keys"),
                "authorization_response_iss_parameter_supported": true,
            })));
        }
        assert_eq!(place, format!("{ISSUER}/keys"), "nothing else is asked");
        self.keys.fetch_add(1, Ordering::Relaxed);
        let point = told(self.pair.public_key().as_ref());
        let kid = *self.named.lock().unwrap();
        Ok(answer(
            &json!({ "keys": [{ "kty": "OKP", "crv": "Ed25519", "kid": kid, "x": point }] }),
        ))
    }

    async fn post(
        &self,
        place: &str,
        credentials: Option<(String, Plain<String>)>,
        form: Plain<String>,
    ) -> Result<ProviderAnswer, Fault> {
        assert_eq!(place, format!("{ISSUER}/token"));
        let (name, secret) = credentials.unwrap();
        assert_eq!((name.as_str(), secret.expose().as_str()), ("sandyq", "s%2Fcret"));
        assert!(form.expose().contains("code_verifier="));
        self.codes.fetch_add(1, Ordering::Relaxed);
        let header = json!({ "alg": "EdDSA", "kid": *self.named.lock().unwrap() });
        let says = self.says.lock().unwrap().to_string();
        let signed = format!(
            "{}.{}",
            told(header.to_string().as_bytes()),
            told(says.as_bytes())
        );
        let signature = told(self.pair.sign(signed.as_bytes()).as_ref());
        Ok(answer(
            &json!({ "access_token": "unread", "id_token": format!("{signed}.{signature}") }),
        ))
    }
}

/// A stage whose system has a provider.
struct Scene {
    stage: Stage,
    system: System,
    provider: Arc<Told>,
}

impl Scene {
    fn new() -> Self {
        Self::at(Stage::new(), ISSUER)
    }

    /// A system of that stage whose settings name that issuer.
    fn at(stage: Stage, issuer: &str) -> Self {
        let provider = Arc::new(Told {
            pair: Ed25519KeyPair::generate().unwrap(),
            says: Mutex::new(Value::Null),
            codes: AtomicU32::new(0),
            keys: AtomicU32::new(0),
            named: Mutex::new("one"),
        });
        let system = System::new(Settings {
            policy: crate::stage::shipped_policy(),
            store: stage.system.store().clone(),
            clock: stage.clock.clone(),
            chance: stage.chance.clone(),
            operator: Some(operator()),
            catalogue: Catalogue::demonstration(jiff::civil::date(2026, 11, 23)).unwrap(),
            payments: Arc::new(DemonstrationPayments),
            post: Arc::new(Letters::default()),
            provider: Some(ProviderSettings {
                issuer: issuer.to_owned(),
                client_id: "sandyq".to_owned(),
                client_secret: Plain::from("s/cret"),
                line: provider.clone(),
            }),
            webhooks: None,
            answered_after: std::time::Duration::ZERO,
        });
        Self {
            stage,
            system,
            provider,
        }
    }

    /// The browser was at the provider, which means that person.
    fn back(&self, there: &AtProvider, person: &str) -> Returned {
        let query = there.address.split_once('?').unwrap().1;
        let of = |name: &str| {
            let pair = query
                .split('&')
                .find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            pair.unwrap().to_owned()
        };
        assert_eq!(of("code_challenge_method"), "S256");
        assert_eq!(
            of("redirect_uri"),
            "https%3A%2F%2Fexample.kz%2Fstaff%2Fprovider%2Fback"
        );
        let now = self.system.now().as_second();
        *self.provider.says.lock().unwrap() = json!({
            "iss": ISSUER, "sub": person, "aud": "sandyq", "exp": now + 60, "iat": now, "nonce": of("nonce"),
        });
        Returned {
            code: "c".to_owned(),
            state: of("state"),
            issuer: Some(ISSUER.to_owned()),
        }
    }

    async fn links(&self, caller: &Caller, person: &str) -> Result<Caller, Rejected> {
        let there = self.system.go_to_link(caller).await?;
        let back = self.back(&there, person);
        let session = self.system.link_provider(caller, &there.kept, &back).await?;
        let caller = self.system.caller(session.expose()).await?;
        caller.ok_or(Rejected::SignInFirst)
    }

    /// A link as it was made with the provider of this scene.
    async fn linked_before(&self, caller: &Caller, kind: &str) {
        let store = self.system.store();
        let issuer = Plain::from("https://id.before.kz/realm");
        let row = StaffAuthenticator {
            staff: caller.actor.id,
            kind: kind.to_owned(),
            sealed: store
                .vault()
                .seal_staff_proof(caller.actor.id, kind, &issuer)
                .unwrap(),
            step: 0,
            added_at: self.system.now(),
            until: None,
            used_at: None,
        };
        let commit = Commit {
            statements: vec![staff_authenticator::add(&row)],
            ..Commit::default()
        };
        store.commit(commit).await.unwrap();
    }

    async fn comes_back(&self, person: &str) -> Result<HalfWay, Rejected> {
        let there = self.system.go_to_provider().await?;
        let back = self.back(&there, person);
        self.system.sign_in_by_provider(&there.kept, &back, None).await
    }

    async fn count_of(&self, happening: Happening) -> usize {
        let store = self.system.store();
        let mut count = 0;
        for index in 0..store.checkpoint().size {
            let entry = Entry::decode(&store.entry(index).await.unwrap().unwrap()).unwrap();
            count += usize::from(entry.deed == Deed::Happening(happening));
        }
        count
    }
}

fn is_nobody(outcome: Result<impl Sized, Rejected>) -> bool {
    problem(outcome, "provider") == Some(Problem::Provider)
}

#[tokio::test]
async fn whoever_linked_their_account_comes_in_by_it_and_a_number() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    assert!(is_nobody(scene.comes_back("u-1").await), "nobody is linked yet");
    let other = scene.stage.desks.comes_in(&scene.system, "aliya").await;
    let aliya = scene.links(&aliya, "u-1").await.unwrap();
    let gone = scene.system.caller(other.expose()).await.unwrap();
    assert!(gone.is_none(), "other sessions end");
    assert_eq!(scene.count_of(Happening::IdentityLinked).await, 1);
    assert!(scene.system.own_link(&aliya).await.unwrap().since.is_some());

    let half_way = scene.comes_back("u-1").await.unwrap();
    assert!(!half_way.sets_up);
    let token = half_way.token.expose();
    assert!(
        scene.system.caller(token).await.unwrap().is_none(),
        "half the way"
    );
    let code = scene.stage.desks.code_of("aliya");
    let entered = scene.system.sign_in_by_number(token, &code).await.unwrap();
    let inside = scene
        .system
        .caller(entered.session.expose())
        .await
        .unwrap()
        .unwrap();
    assert!(scene.system.own_link(&inside).await.unwrap().used_at.is_some());
    let refused = scene.count_of(Happening::SignInRefused).await;
    assert!(is_nobody(scene.comes_back("u-2").await));
    assert_eq!(scene.count_of(Happening::SignInRefused).await, refused + 1);

    let session = scene.system.unlink_provider(&inside).await.unwrap();
    let inside = scene.system.caller(session.expose()).await.unwrap().unwrap();
    assert!(scene.system.own_link(&inside).await.unwrap().since.is_none());
    assert_eq!(scene.count_of(Happening::IdentityUnlinked).await, 1);
    assert!(is_nobody(scene.comes_back("u-1").await));
    let again = scene.system.unlink_provider(&inside).await;
    assert!(matches!(again, Err(Rejected::NotFound)));
}

#[tokio::test]
async fn a_link_with_the_provider_before_gives_way_and_can_always_be_taken_away() {
    let scene = Scene::at(Stage::new(), "https://id.before.kz/realm");
    let aliya = scene.stage.staff("aliya", "sales").await;
    let bolat = scene.stage.staff("bolat", "sales").await;
    // Of the provider before nothing answers here: what it linked lies in the store.
    for (caller, kind) in [(&aliya, "identity-0a"), (&bolat, "identity-0b")] {
        scene.linked_before(caller, kind).await;
    }
    let before = scene.system.own_link(&aliya).await.unwrap();
    assert!(before.since.is_some() && !before.stale);
    let scene = Scene::at(scene.stage, ISSUER);
    let now = scene.system.own_link(&aliya).await.unwrap();
    assert!(
        now.since.is_some() && now.stale,
        "it is said to be of another one"
    );
    let aliya = scene.links(&aliya, "u-1").await.unwrap();
    assert!(!scene.system.own_link(&aliya).await.unwrap().stale);
    assert!(scene.comes_back("u-1").await.is_ok());
    let counts = [Happening::IdentityUnlinked, Happening::IdentityLinked];
    assert_eq!(scene.count_of(counts[0]).await, 1, "the one before ended");
    assert_eq!(scene.count_of(counts[1]).await, 1);
    assert!(matches!(
        scene.system.go_to_link(&aliya).await,
        Err(Rejected::NotFound)
    ));

    // Without a provider a link can be taken away, and that is all.
    let plain = &scene.stage.system;
    let left = plain.own_link(&aliya).await.unwrap();
    assert!(left.host.is_none() && left.stale && left.since.is_some());
    let session = plain.unlink_provider(&aliya).await.unwrap();
    let aliya = plain.caller(session.expose()).await.unwrap().unwrap();
    assert!(matches!(plain.own_link(&aliya).await, Err(Rejected::NotFound)));

    // Whoever takes lost factors away takes a link away, and nothing else.
    let by = Actor::system(Role::ADMINISTRATOR);
    plain.remove_staff_link(&by, "bolat").await.unwrap();
    assert_eq!(scene.count_of(counts[0]).await, 3);
    let again = plain.remove_staff_link(&by, "bolat").await;
    assert_eq!(problem(again, "name"), Some(Problem::Choice));
    let bolat = scene.stage.staff_again("bolat").await;
    assert!(matches!(plain.own_link(&bolat).await, Err(Rejected::NotFound)));
}

#[tokio::test]
async fn an_identity_is_one_person_s_and_a_person_has_one() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    let bolat = scene.stage.staff("bolat", "sales").await;
    let aliya = scene.links(&aliya, "u-1").await.unwrap();
    assert!(is_nobody(scene.links(&bolat, "u-1").await), "hers already");
    assert!(matches!(
        scene.links(&aliya, "u-2").await,
        Err(Rejected::NotFound)
    ));
    let bolat = scene.links(&bolat, "u-2").await;
    assert!(bolat.is_ok(), "what failed left his session as it was");

    let there = scene
        .system
        .go_to_link(&scene.stage.staff("dana", "sales").await)
        .await
        .unwrap();
    let back = scene.back(&there, "u-3");
    let foreign = scene.system.link_provider(&aliya, &there.kept, &back).await;
    assert!(is_nobody(foreign), "the errand of another session");
    let as_sign_in = scene.system.sign_in_by_provider(&there.kept, &back, None).await;
    assert!(is_nobody(as_sign_in), "an errand for another end");
}

#[tokio::test]
async fn what_came_back_counts_once_for_the_browser_that_asked_and_for_what_it_asked() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    scene.links(&aliya, "u-1").await.unwrap();
    let there = scene.system.go_to_provider().await.unwrap();
    let back = scene.back(&there, "u-1");
    let first = scene.system.sign_in_by_provider(&there.kept, &back, None).await;
    assert!(first.is_ok());
    let codes = scene.provider.codes.load(Ordering::Relaxed);
    let again = scene.system.sign_in_by_provider(&there.kept, &back, None).await;
    assert!(is_nobody(again), "once");
    let without = scene.system.sign_in_by_provider("", &back, None).await;
    assert!(is_nobody(without), "no errand");
    type Change = fn(&mut Returned);
    let changes: [(&str, Change); 5] = [
        ("another browser", |back| {
            back.state = back.state.chars().rev().collect()
        }),
        ("another provider", |back| {
            back.issuer = Some("https://id.example.com".to_owned());
        }),
        ("nobody says who it is", |back| back.issuer = None),
        ("no code", |back| back.code.clear()),
        ("a long code", |back| back.code = "c".repeat(2049)),
    ];
    for (what, change) in changes {
        let there = scene.system.go_to_provider().await.unwrap();
        let mut back = scene.back(&there, "u-1");
        change(&mut back);
        let came = scene.system.sign_in_by_provider(&there.kept, &back, None).await;
        assert!(is_nobody(came), "{what}");
    }
    let asked = scene.provider.codes.load(Ordering::Relaxed);
    assert_eq!(asked, codes, "nothing was asked about any of these");
}

#[tokio::test]
async fn what_comes_late_or_answers_something_else_leads_nowhere() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    scene.links(&aliya, "u-1").await.unwrap();
    let there = scene.system.go_to_provider().await.unwrap();
    scene.stage.passes(SignedDuration::from_mins(10));
    let late = scene.back(&there, "u-1");
    let late = scene.system.sign_in_by_provider(&there.kept, &late, None).await;
    assert!(is_nobody(late));
    for (claim, wrong) in [
        ("nonce", "of another way"),
        ("aud", "another"),
        ("iss", "https://id.example.com"),
    ] {
        let there = scene.system.go_to_provider().await.unwrap();
        let back = scene.back(&there, "u-1");
        scene.provider.says.lock().unwrap()[claim] = json!(wrong);
        let came = scene.system.sign_in_by_provider(&there.kept, &back, None).await;
        assert!(is_nobody(came), "{claim}");
    }
}

#[tokio::test]
async fn keys_are_fetched_again_for_one_that_is_new_and_not_at_every_try() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    scene.links(&aliya, "u-1").await.unwrap();
    assert_eq!(scene.provider.keys.load(Ordering::Relaxed), 1);
    *scene.provider.named.lock().unwrap() = "two";
    assert!(
        is_nobody(scene.comes_back("u-1").await),
        "too soon after the last time"
    );
    assert_eq!(scene.provider.keys.load(Ordering::Relaxed), 1);
    scene.stage.passes(SignedDuration::from_secs(31));
    assert!(scene.comes_back("u-1").await.is_ok(), "the key that is new");
    assert!(scene.comes_back("u-1").await.is_ok());
    assert_eq!(scene.provider.keys.load(Ordering::Relaxed), 2);
    scene.stage.passes(SignedDuration::from_hours(1));
    assert!(scene.comes_back("u-1").await.is_ok());
    assert_eq!(scene.provider.keys.load(Ordering::Relaxed), 3, "an hour later");
}

#[tokio::test]
async fn a_pause_a_closed_account_and_a_lost_factor_close_this_way_too() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    let aliya = scene.links(&aliya, "u-1").await.unwrap();
    for _ in 0..5 {
        let wrong = OwnProof {
            current: Plain::from("not this one at all"),
            number: Plain::from("000000"),
        };
        let chosen = Plain::from("seven horses on the steppe");
        assert!(
            scene
                .system
                .change_own_staff_password(&aliya, wrong, &chosen)
                .await
                .is_err()
        );
    }
    assert!(is_nobody(scene.comes_back("u-1").await), "a pause");
    scene.stage.passes(SignedDuration::from_mins(6));
    assert!(scene.comes_back("u-1").await.is_ok());

    let by = Actor::system(Role::ADMINISTRATOR);
    scene.system.remove_staff_factor(&by, "aliya").await.unwrap();
    assert!(is_nobody(scene.comes_back("u-1").await), "it sets up no factor");
    let half_way = scene
        .system
        .sign_in("aliya", Plain::from(PASSWORD))
        .await
        .unwrap();
    assert!(half_way.sets_up, "the password does");

    let bolat = scene.stage.staff("bolat", "sales").await;
    scene.links(&bolat, "u-2").await.unwrap();
    scene.system.close_staff(&by, "bolat").await.unwrap();
    assert!(is_nobody(scene.comes_back("u-2").await), "a closed account");
}

#[tokio::test]
async fn from_one_place_it_is_tried_so_often_and_without_a_provider_there_is_nothing() {
    let scene = Scene::new();
    let aliya = scene.stage.staff("aliya", "sales").await;
    scene.links(&aliya, "u-1").await.unwrap();
    let place = "203.0.113.7".parse().ok();
    for _ in 0..30 {
        let tried = scene
            .system
            .sign_in_by_provider("", &Returned::default(), place)
            .await;
        assert!(is_nobody(tried));
    }
    let there = scene.system.go_to_provider().await.unwrap();
    let back = scene.back(&there, "u-1");
    assert!(
        is_nobody(scene.system.sign_in_by_provider(&there.kept, &back, place).await),
        "paused"
    );
    let elsewhere = "203.0.113.8".parse().ok();
    assert!(
        scene
            .system
            .sign_in_by_provider(&there.kept, &back, elsewhere)
            .await
            .is_ok()
    );

    let plain = &scene.stage.system;
    let caller = scene.stage.staff_again("aliya").await;
    assert!(plain.provider_host().is_none());
    assert!(matches!(plain.go_to_provider().await, Err(Rejected::NotFound)));
    assert!(matches!(plain.go_to_link(&caller).await, Err(Rejected::NotFound)));
    let left = plain.own_link(&caller).await.unwrap();
    assert!(left.host.is_none() && left.since.is_some(), "what is left of it");
    let back = plain.sign_in_by_provider("", &Returned::default(), None).await;
    assert!(matches!(back, Err(Rejected::NotFound)));
}
