//! DEF-4, 6.3: after a destruction nothing of the person is left in any byte of the store: not in the open, not as a
//! token that finds an address again, and not as the sealed bytes themselves.
//!
//! A sign is planted in every field that a person can give; everything that can be done with it is done; then the person
//! withdraws, and every file is searched, in every writing that a program would use.

use std::path::Path;

use crate::account::{self, registered};
use crate::device::Device;
use crate::passkeys;
use crate::stage::{Stage, answers};
use base64::Engine;
use base64::prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD};
use sandyq_model::{Plain, Purpose, SubjectId};
use sandyq_processing::Language;
use sandyq_processing::access::{Attestation, Caller, PasskeyProposed};
use sandyq_processing::service::Submission;
use sandyq_store::tables::authenticator::PASSKEY;
use sandyq_store::tables::{consent, record, search_index};

/// What somebody applies with: a sign of its own in every field that takes free words, and numbers and an address that
/// nobody else has.
const APPLICATION: [(&str, &str); 20] = [
    ("last_name", "Қанарбекова"),
    ("first_name", "Зарқынай"),
    ("patronymic", "Фениксқызы"),
    ("birth_date", "03.02.1987"),
    ("email", "zarqynai.qanar@example.com"),
    ("cell_phone", "+7 701 987 65 01"),
    ("home_phone", "+7 727 298 76 02"),
    ("work_phone", "+7 727 298 76 03"),
    ("city", "Қанарқала"),
    ("residential_address", "Qanar-street-17, Almaty\n050009"),
    ("children", "3"),
    ("certificates", "canary-certificate-4711"),
    (
        "experience",
        "2011 – 2019; Example LLP; canary-experience-4712; clerk",
    ),
    ("software_skills", "canary-software-4713"),
    ("languages", "canary-language-4714"),
    ("professional_qualities", "canary-quality-4715"),
    ("personal_qualities", "canary-character-4716"),
    ("work_schedule", "canary-schedule-4717"),
    ("pay_expectation", "canary-pay-4718"),
    ("hobbies", "canary-hobby-4719"),
];
/// How the signs look once they are taken in, where that is another way.
const TAKEN_IN: [&str; 4] = ["+77019876501", "+77272987602", "+77272987603", "1987-02-03"];
/// What the telephone is changed to, so that an older value has to go as well.
const CHANGED: &str = "+77017776655";
/// Signs that are too short or too usual to search for.
const USUAL: [&str; 1] = ["3"];

#[tokio::test(flavor = "multi_thread")]
async fn nothing_of_an_applicant_is_left_in_any_byte() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 11);
    // Somebody else lives on, so that the store is not empty when it is searched.
    let (_, _) = stage.guest("mara@example.com").await;
    let recruiter = stage.staff("aliya", "recruiter").await;
    let (zarina, case) = applies(&stage).await;
    everything_is_done_with_it(&stage, &zarina, &recruiter, &case).await;
    let subject = zarina.subject.unwrap();
    let planted = planted(&stage, subject).await;
    let before = found(stage.folder.path(), &planted);
    let sealed = |sign: &Sign| sign.what.starts_with("sealed");
    assert!(
        planted
            .iter()
            .filter(|sign| sealed(sign))
            .all(|sign| before.contains(&sign.what)),
        "{before:?}"
    );
    assert!(before.iter().all(|what| what.starts_with("sealed")), "{before:?}");

    let withdrawn = stage.system.withdraw(&zarina, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert!(
        stage
            .system
            .receipt(&withdrawn.number, Language::Kk)
            .await
            .unwrap()
            .is_some()
    );
    assert_eq!(
        found(stage.folder.path(), &planted),
        Vec::<String>::new(),
        "while the store is open"
    );
    let stage = stage.reopens();
    assert_eq!(
        found(stage.folder.path(), &planted),
        Vec::<String>::new(),
        "after the next start"
    );
    stage.system.store().verify(|_, _| {}).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reader_in_the_way_only_delays_it() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 12);
    let (caller, _) = stage.guest("reader@example.com").await;
    let planted = planted(&stage, caller.subject.unwrap()).await;
    let (held, hold) = std::sync::mpsc::channel::<()>();
    let (began, begin) = std::sync::mpsc::channel();
    let store = stage.system.store().clone();
    let reading = tokio::spawn(async move {
        store
            .read(move |reader| {
                reader.query("SELECT subject_id FROM subject", &[])?;
                began.send(()).unwrap();
                hold.recv().unwrap();
                Ok(())
            })
            .await
    });
    begin.recv().unwrap();
    stage.system.withdraw(&caller, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    held.send(()).unwrap();
    reading.await.unwrap().unwrap();
    // Whatever is accounted for next finds it undone.
    let _refused = stage
        .system
        .open_case(&stage.staff("aliya", "sales").await, "GP-0", None, Language::En)
        .await;
    assert_eq!(found(stage.folder.path(), &planted), Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_value_that_went_alone() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 13);
    let (mara, _) = stage.guest("mara@example.com").await;
    let subject = mara.subject.unwrap();
    let address = stage.system.policy().field_named("delivery_address").unwrap();
    let store = stage.system.store();
    let (records, consents) = store
        .read(move |reader| {
            Ok((
                record::of_subject(reader, subject)?,
                consent::of_subject(reader, subject)?,
            ))
        })
        .await
        .unwrap();
    let gone = records
        .into_iter()
        .find(|record| record.field == address)
        .unwrap();
    let mut signs = writings("Abay 10, 5");
    signs.push(Sign {
        what: "sealed address".to_owned(),
        bytes: gone.sealed,
    });
    let before = found(stage.folder.path(), &signs);
    assert_eq!(before, ["sealed address"]);
    let order = consents.iter().find(|row| row.item == "order").unwrap().id;
    stage.system.take_back(&mara, order, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        found(stage.folder.path(), &signs),
        Vec::<String>::new(),
        "while the store is open"
    );
    let stage = stage.reopens();
    assert_eq!(
        found(stage.folder.path(), &signs),
        Vec::<String>::new(),
        "after the next start"
    );
    let data = stage.system.my_data(&mara, Language::En).await.unwrap();
    assert!(
        data.rows
            .iter()
            .any(|row| row.value.expose() == "mara@example.com")
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_left_of_a_passkey() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 21);
    let owner = registered(&stage).await;
    let mut device = Device::new();
    let proposed = passkeys::proposed(&stage, &owner, "canary-telephone")
        .await
        .unwrap();
    let made = device.makes(&proposed);
    let session = stage
        .system
        .set_passkey(&owner, &proposed.name, &made, Language::En)
        .await
        .unwrap();
    passkeys::comes_in(&stage, &mut device).await.unwrap();
    let owner = account::caller(&stage, &session).await.unwrap();
    let open = of_a_passkey(&device, &proposed, &made);
    assert_eq!(found(stage.folder.path(), &open), Vec::<String>::new(), "sealed");
    let rows = passkeys::rows(&stage, &owner).await;
    let row = rows.into_iter().find(|row| row.kind == PASSKEY).unwrap();
    let kept = [("hash", row.id.to_vec()), ("seal", row.sealed)].map(|(what, bytes)| Sign {
        what: what.to_owned(),
        bytes,
    });
    assert_eq!(found(stage.folder.path(), &kept), ["hash", "seal"]);
    stage.system.take_withdrawal(&owner, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    assert_eq!(
        found(stage.folder.path(), &kept),
        Vec::<String>::new(),
        "while the store is open"
    );
    let stage = stage.reopens();
    for signs in [&kept[..], &open] {
        assert_eq!(
            found(stage.folder.path(), signs),
            Vec::<String>::new(),
            "after the next start"
        );
    }
}

/// What its device calls a passkey, half of its public key, what the device knows the owner by, and its name.
fn of_a_passkey(device: &Device, proposed: &PasskeyProposed, made: &Attestation) -> Vec<Sign> {
    let object = BASE64_URL_SAFE_NO_PAD.decode(&made.object).unwrap();
    let key = &object[object.len() - 32..];
    let handle = BASE64_URL_SAFE_NO_PAD.decode(&proposed.handle).unwrap();
    let sign = |what: &str, bytes: &[u8]| Sign {
        what: what.to_owned(),
        bytes: bytes.to_vec(),
    };
    let inner = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes).as_bytes()[4..40].to_vec();
    let mut signs = vec![
        sign("id", &device.called),
        sign("id in base64", &inner(&device.called)),
        sign("key", key),
        sign("handle", &handle),
        sign("handle in base64", &inner(&handle)),
    ];
    signs.extend(writings("canary-telephone"));
    signs
}

async fn applies(stage: &Stage) -> (Caller, String) {
    let form = stage.system.form("vacancy-application", Language::Ru).unwrap();
    let offered: Vec<(&str, &str)> = APPLICATION
        .into_iter()
        .filter(|(name, _)| form.inputs.iter().any(|input| input.name == *name))
        .collect();
    assert_eq!(
        offered.len(),
        APPLICATION.len(),
        "every field of the test is one of the form"
    );
    let submission = Submission {
        service: "vacancy-application".to_owned(),
        language: Language::Ru,
        answers: answers(&offered),
        about: Some("support-engineer".to_owned()),
        quantity: 1,
    };
    stage.comes(submission, "zarqynai.qanar@example.com").await
}

async fn everything_is_done_with_it(stage: &Stage, zarina: &Caller, recruiter: &Caller, case: &str) {
    let system = &stage.system;
    system.my_data(zarina, Language::Kk).await.unwrap();
    let changed = Plain::from(CHANGED);
    system
        .clarify(zarina, "cell_phone", &changed, stage.key())
        .await
        .unwrap();
    system.my_data(zarina, Language::Ru).await.unwrap();
    system.my_accesses(zarina, 1, Language::En).await.unwrap();
    for purpose in [None, Purpose::new(7), Purpose::new(11)] {
        let _allowed_or_not = system.open_case(recruiter, case, purpose, Language::En).await;
    }
    system.consequences(zarina, Language::En).await.unwrap();
}

/// Something that must be gone: what it is, and its bytes.
struct Sign {
    what: String,
    bytes: Vec<u8>,
}

/// Everything that the store must not hold afterwards.
async fn planted(stage: &Stage, subject: SubjectId) -> Vec<Sign> {
    let mut signs = Vec::new();
    let words = APPLICATION
        .iter()
        .map(|(_, word)| *word)
        .chain(TAKEN_IN)
        .chain([CHANGED]);
    for word in words.flat_map(str::lines).filter(|word| !USUAL.contains(word)) {
        signs.extend(writings(word));
    }
    let store = stage.system.store();
    let (records, tokens) = store
        .read(move |reader| {
            Ok((
                record::of_subject(reader, subject)?,
                search_index::of_subject(reader, subject)?,
            ))
        })
        .await
        .unwrap();
    assert!(!records.is_empty() && !tokens.is_empty());
    for record in records {
        signs.push(Sign {
            what: format!("sealed {}", record.field.number()),
            bytes: record.sealed,
        });
    }
    for row in tokens {
        let key = store.subject_key(subject, row.generation).unwrap().unwrap();
        let lead = store.vault().open_lead(&key, row.field, &row.sealed).unwrap();
        signs.push(Sign {
            what: format!("token {}", row.field.number()),
            bytes: lead.token.to_vec(),
        });
        signs.push(Sign {
            what: format!("sealed token {}", row.field.number()),
            bytes: row.sealed,
        });
    }
    signs
}

/// A word in every writing that a program would use for it.
fn writings(word: &str) -> Vec<Sign> {
    let sign = |how: &str, bytes: Vec<u8>| Sign {
        what: format!("{word} in {how}"),
        bytes,
    };
    let mut all = vec![
        sign("UTF-8", word.as_bytes().to_vec()),
        sign("lower case", word.to_lowercase().into_bytes()),
        sign("UTF-16", word.encode_utf16().flat_map(u16::to_le_bytes).collect()),
        sign(
            "hexadecimal digits",
            word.bytes()
                .flat_map(|byte| format!("{byte:02x}").into_bytes())
                .collect(),
        ),
    ];
    for shift in 0..3 {
        let padded = [vec![0; shift], word.as_bytes().to_vec()].concat();
        let text = BASE64_STANDARD.encode(padded);
        // The first and the last group hold bits of the neighbours.
        let inner = text.get(4..text.len().saturating_sub(4)).unwrap_or_default();
        if inner.len() >= 8 {
            all.push(sign("base64", inner.as_bytes().to_vec()));
        }
    }
    all
}

/// What of it is in any file below the folder.
fn found(folder: &Path, signs: &[Sign]) -> Vec<String> {
    let mut found = Vec::new();
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        if path.is_dir() {
            found.extend(self::found(&path, signs));
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        let held = signs
            .iter()
            .filter(|sign| bytes.windows(sign.bytes.len()).any(|window| window == sign.bytes));
        found.extend(held.map(|sign| sign.what.clone()));
    }
    found.sort();
    found.dedup();
    found
}
