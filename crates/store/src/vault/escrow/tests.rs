//! Any two of three custodians bring the keys back; one alone, a stranger's share and an old share do not.

use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

use age::secrecy::ExposeSecret;
use age::x25519::Identity;
use sandyq_rehearsal::{SeededChance, SetClock};
use tempfile::TempDir;
use zeroize::Zeroizing;

use super::super::{KeyFile, KeySource};
use super::{Custodian, CustodianEscrow, Escrow, EscrowFault, EscrowSet, EscrowSettings, recover};

const TOP: [u8; 32] = [0x5a; 32];

struct Scene {
    folder: TempDir,
    source: KeyFile,
    identities: Vec<Identity>,
    chance: Arc<SeededChance>,
    clock: Arc<SetClock>,
}

impl Scene {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let chance = Arc::new(SeededChance::new(11));
        let clock = Arc::new(SetClock::at("2026-11-26T11:00:00Z".parse().unwrap()));
        let source = KeyFile::create(&folder.path().join("root.key"), 1, &*chance, &*clock).unwrap();
        Self {
            folder,
            source,
            identities: (0..3).map(|_| Identity::generate()).collect(),
            chance,
            clock,
        }
    }

    fn settings(&self) -> EscrowSettings {
        let custodian = |(number, identity): (usize, &Identity)| Custodian {
            name: format!("custodian {number}"),
            recipient: identity.to_public().to_string(),
        };
        EscrowSettings {
            needed: 2,
            custodians: self.identities.iter().enumerate().map(custodian).collect(),
            folder: self.folder.path().join("escrow"),
            copy: Some(self.folder.path().join("elsewhere")),
        }
    }

    fn escrow(&self, settings: EscrowSettings) -> Result<CustodianEscrow, EscrowFault> {
        CustodianEscrow::new(settings, &self.source, self.chance.clone(), self.clock.clone())
    }

    fn renew(&self, epoch: u32, top: &[u8; 32]) {
        let mut escrow = self.escrow(self.settings()).unwrap();
        escrow.prepare(epoch, top).unwrap();
        escrow.settle(epoch).unwrap();
    }

    fn payload(&self) -> Vec<u8> {
        fs::read(self.folder.path().join("escrow/payload")).unwrap()
    }

    fn share(&self, number: usize) -> Zeroizing<Vec<u8>> {
        let file = self.folder.path().join(format!("escrow/share-{number}.age"));
        Zeroizing::new(age::decrypt(&self.identities[number - 1], &fs::read(file).unwrap()).unwrap())
    }

    fn refusal(&self, shares: &[Zeroizing<Vec<u8>>]) -> EscrowFault {
        recover(&self.payload(), shares).err().unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn any_two_of_three_bring_back_the_root_key_and_the_top() {
    let scene = Scene::new();
    scene.renew(7, &TOP);
    for (one, other) in [(1, 2), (1, 3), (2, 3), (3, 1)] {
        let back = recover(&scene.payload(), &[scene.share(one), scene.share(other)]).unwrap();
        assert_eq!(*back.top, TOP);
        assert_eq!(back.set.epoch, 7);
        let path = scene.folder.path().join(format!("back-{one}-{other}.key"));
        assert!(back.write_root_key(&path).unwrap());
        assert_eq!(
            fs::read(&path).unwrap(),
            fs::read(scene.folder.path().join("root.key")).unwrap()
        );
        assert!(back.write_root_key(&path).is_err(), "never overwritten");
        let opened = KeyFile::open(&path).unwrap();
        assert_eq!(*opened.derive(b"x").unwrap(), *scene.source.derive(b"x").unwrap());
    }
    let all = [scene.share(1), scene.share(2), scene.share(3)];
    assert_eq!(*recover(&scene.payload(), &all).unwrap().top, TOP);
    for name in ["payload", "share-1.age", "share-2.age", "share-3.age"] {
        let copy = fs::read(scene.folder.path().join("elsewhere").join(name)).unwrap();
        assert_eq!(
            copy,
            fs::read(scene.folder.path().join("escrow").join(name)).unwrap()
        );
    }
}

#[test]
fn each_thing_that_is_wrong_is_said() {
    let scene = Scene::new();
    scene.renew(7, &TOP);
    let old = scene.share(1);
    scene.renew(8, &[0x33; 32]);
    let (first, second) = (scene.share(1), scene.share(2));
    let few = scene.refusal(std::slice::from_ref(&first));
    assert_eq!(few, EscrowFault::TooFew { given: 1, needed: 2 });
    assert_eq!(scene.refusal(&[]), EscrowFault::TooFew { given: 0, needed: 2 });
    assert_eq!(
        scene.refusal(&[first.clone(), first.clone()]),
        EscrowFault::Twice(1)
    );
    let other = scene.refusal(&[old, second.clone()]).to_string();
    assert!(other.contains("share 1 is of another set (epoch 7)"), "{other}");
    for place in (0..first.len()).step_by(5) {
        let mut changed = first.clone();
        changed[place] ^= 1;
        let fault = scene.refusal(&[changed, second.clone()]);
        assert_eq!(
            fault,
            EscrowFault::Damaged("share in place 1".into()),
            "byte {place}"
        );
    }
    let encrypted = Zeroizing::new(fs::read(scene.folder.path().join("escrow/share-1.age")).unwrap());
    assert!(
        scene
            .refusal(&[encrypted, second.clone()])
            .to_string()
            .contains("age -d")
    );

    let payload = scene.payload();
    for place in 0..payload.len() - 1 {
        let mut changed = payload.clone();
        changed[place] ^= 1;
        assert!(
            recover(&changed, &[first.clone(), second.clone()]).is_err(),
            "byte {place}"
        );
    }
}

#[test]
fn a_share_says_nothing_alone_and_nothing_lies_in_the_open() {
    let scene = Scene::new();
    scene.renew(1, &TOP);
    let (one, two) = (scene.share(1), scene.share(2));
    assert_ne!(*one, *two);
    for name in names(&scene.folder.path().join("escrow")) {
        let bytes = fs::read(scene.folder.path().join("escrow").join(&name)).unwrap();
        for needle in [
            hex::encode(TOP).into_bytes(),
            TOP.to_vec(),
            b"sandyq-escrow-share".to_vec(),
        ] {
            assert!(!bytes.windows(needle.len()).any(|part| part == needle), "{name}");
        }
    }
}

#[test]
fn settings_that_cannot_be_followed_are_refused() {
    let scene = Scene::new();
    let with = |change: &dyn Fn(&mut EscrowSettings)| {
        let mut settings = scene.settings();
        change(&mut settings);
        scene.escrow(settings).err()
    };
    assert_eq!(with(&|_| {}), None);
    assert_eq!(with(&|all| all.needed = 1), Some(EscrowFault::Custodians));
    assert_eq!(with(&|all| all.needed = 4), Some(EscrowFault::Custodians));
    assert_eq!(
        with(&|all| all.custodians.truncate(1)),
        Some(EscrowFault::Custodians)
    );
    let same = with(&|all| all.custodians[1].recipient = all.custodians[0].recipient.clone());
    assert_eq!(same, Some(EscrowFault::Custodians));
    let none = with(&|all| all.custodians[1].recipient = "age1nobody".into());
    assert_eq!(none, Some(EscrowFault::Recipient("custodian 1".into())));
}

#[test]
fn a_new_set_takes_the_place_of_the_old_one_whole_or_not_at_all() {
    let scene = Scene::new();
    scene.renew(1, &TOP);
    let (folder, root) = (scene.folder.path().join("escrow"), scene.folder.path());
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 1);

    // A crash while a set was being written: it is worth nothing.
    fs::create_dir(root.join("escrow.draft")).unwrap();
    fs::write(root.join("escrow.draft/payload"), "half").unwrap();
    let mut escrow = scene.escrow(scene.settings()).unwrap();
    escrow.settle(1).unwrap();
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 1);
    assert_eq!(names(root), ["elsewhere", "escrow", "root.key"]);

    // A crash before the new top was durable: the old set stays in force, and the prepared one goes.
    escrow.prepare(2, &[0x33; 32]).unwrap();
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 1);
    assert!(recover(&scene.payload(), &[scene.share(1), scene.share(2)]).is_ok_and(|back| *back.top == TOP));
    escrow.settle(1).unwrap();
    assert_eq!(names(root), ["elsewhere", "escrow", "root.key"]);
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 1);

    // A crash after it was: the prepared set takes the place of the old one, in both folders.
    escrow.prepare(2, &TOP).unwrap();
    drop(escrow);
    scene.escrow(scene.settings()).unwrap().settle(2).unwrap();
    assert_eq!(names(root), ["elsewhere", "escrow", "root.key"]);
    for set in ["escrow/payload", "elsewhere/payload"] {
        assert_eq!(
            EscrowSet::read(&fs::read(root.join(set)).unwrap()).unwrap().epoch,
            2
        );
    }

    // A crash between the two moves: the new set is the one in force.
    fs::rename(&folder, root.join("escrow.new")).unwrap();
    fs::create_dir(root.join("escrow.old")).unwrap();
    fs::write(root.join("escrow.old/payload"), "old").unwrap();
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 2);
    scene.escrow(scene.settings()).unwrap().settle(2).unwrap();
    assert_eq!(names(root), ["elsewhere", "escrow", "root.key"]);
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 2);

    // A folder that cannot be written: what was there stays, and the renewal fails.
    let blocked = root.join("escrow.draft");
    fs::write(&blocked, "in the way").unwrap();
    let refused = scene.escrow(scene.settings()).unwrap().prepare(3, &TOP);
    assert!(refused.unwrap_err().to_string().contains("cannot be written"));
    fs::remove_file(blocked).unwrap();
    assert_eq!(scene.settings().present().unwrap().unwrap().epoch, 2);
}

#[test]
fn a_copy_that_cannot_be_written_refuses_the_renewal() {
    let scene = Scene::new();
    fs::write(scene.folder.path().join("file"), "no folder").unwrap();
    let mut settings = scene.settings();
    settings.copy = Some(scene.folder.path().join("file/escrow"));
    assert!(scene.escrow(settings).unwrap().prepare(1, &TOP).is_err());
}

#[test]
fn the_program_age_decrypts_a_share() {
    let scene = Scene::new();
    scene.renew(1, &TOP);
    let identity = scene.folder.path().join("identity");
    fs::write(
        &identity,
        format!("{}\n", scene.identities[0].to_string().expose_secret()),
    )
    .unwrap();
    let mut age = Command::new("age");
    age.arg("-d")
        .arg("-i")
        .arg(&identity)
        .arg(scene.folder.path().join("escrow/share-1.age"));
    let said = age.output().unwrap();
    assert!(said.status.success(), "{}", String::from_utf8_lossy(&said.stderr));
    assert_eq!(said.stdout, *scene.share(1));
    let back = recover(&scene.payload(), &[Zeroizing::new(said.stdout), scene.share(3)]).unwrap();
    assert_eq!(*back.top, TOP);
}
