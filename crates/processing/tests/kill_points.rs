//! A kill at every point at which the disk changes: a process does everything that can be done with people, once; before
//! each of its writes, syncs, renames and removals a picture of the disk is taken, as a kill there would leave it. Every
//! picture opens and verifies, what was acknowledged by then is in it, and what was not is whole or absent. With a second
//! copy, the machine is lost at each of these points too, also while a write of the copy is not durable yet and may be torn:
//! an older set and the copy bring back whatever was told to be in it.
//!
//! Of many writes in a row to one file every eighth is a picture; `SANDYQ_PICTURES=all` takes each.
#![allow(
    clippy::panic,
    clippy::unwrap_used,
    clippy::print_stderr,
    clippy::indexing_slicing,
    clippy::expect_used,
    reason = "a test may stop at the first surprise"
)]

#[path = "stories/stage/mod.rs"]
mod stage;
#[path = "../../store/tests/at_rest/traced/mod.rs"]
mod traced;
#[path = "stories/world/mod.rs"]
mod world;

use std::path::Path;
use std::sync::Mutex;

use world::told::{Looked, Picture};
use world::{Step, World};

const FOLDER: &str = "SANDYQ_PICTURED_FOLDER";

/// Everything that can be done, each with somebody for whom it is allowed.
const STORY: [Step; 25] = [
    Step::Come(0),
    Step::Come(1),
    Step::Submit(2),
    Step::Clarify(0, 7),
    Step::Pay(0),
    Step::Block(1),
    Step::Unblock(1),
    Step::Backup,
    Step::Renew(1),
    Step::Block(1),
    Step::Withdraw(0),
    Step::Queue,
    Step::EndEpoch,
    Step::Unblock(1),
    Step::Letter(1),
    Step::Restart,
    Step::Queue,
    Step::Backup,
    Step::EndEpoch,
    Step::Days(19),
    Step::Queue,
    Step::Restore(0),
    Step::Backup,
    Step::Restore(1),
    Step::Restart,
];

/// What a second copy must not lose, beside what it may be behind with.
const COPIED: [Step; 19] = [
    Step::Come(0),
    Step::Come(1),
    Step::Backup,
    Step::Submit(2),
    Step::Clarify(0, 7),
    Step::Pay(0),
    Step::Block(1),
    Step::Unblock(1),
    Step::Clarify(1, 8),
    Step::Withdraw(1),
    Step::Queue,
    Step::EndEpoch,
    Step::Restart,
    Step::Backup,
    Step::Letter(0),
    Step::Queue,
    Step::EndEpoch,
    Step::Days(19),
    Step::Restart,
];

/// Not a test of its own: the process that is pictured.
#[test]
#[ignore = "run by a test below, in a process of its own"]
fn does_everything_once() {
    does(&STORY, 77);
}

/// The same with a second copy.
#[test]
#[ignore = "run by a test below, in a process of its own"]
fn does_it_with_a_second_copy() {
    does(&COPIED, 76);
}

fn does(story: &[Step], seed: u64) {
    let Ok(folder) = std::env::var(FOLDER) else { return };
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let mut world = World::in_folder(Path::new(&folder), seed).await;
        world.tells("begun");
        for step in story {
            world.does(step).await;
            world.tells(&format!("{step:?}"));
        }
    });
}

/// Takes the pictures of that process, and looks at each; `None` where processes cannot be traced.
fn pictured(process: &str) -> Option<Looked> {
    if !traced::is_possible() {
        return None;
    }
    let place = stage::in_memory_if_possible();
    let (folder, pictures) = (place.path().join("world"), place.path().join("pictures"));
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::create_dir_all(&pictures).unwrap();
    let mut mode = vec!["pictures", pictures.to_str().unwrap()];
    if std::env::var("SANDYQ_PICTURES").is_ok_and(|wanted| wanted == "all") {
        mode.push("all");
    }
    let output = traced::run(&folder, &mode, process, &[(FOLDER, &folder)]);
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words}");
    let taken = Picture::all_in(&pictures);
    let number = taken.len();
    let waiting = Mutex::new(taken.into_iter());
    let looked = Mutex::new(Looked::default());
    std::thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                let runtime = tokio::runtime::Builder::new_current_thread()
                    .enable_all()
                    .build()
                    .unwrap();
                loop {
                    let next = waiting.lock().unwrap().next();
                    let Some(picture) = next else { break };
                    runtime.block_on(picture.holds(&looked));
                }
            });
        }
    });
    let looked = looked.into_inner().unwrap();
    eprintln!("{number} pictures: {looked:?}");
    Some(looked)
}

#[test]
fn killed_at_any_point_what_was_acknowledged_is_there() {
    let Some(looked) = pictured("does_everything_once") else {
        return;
    };
    assert!(looked.begun > 100, "{looked:?}");
}

#[test]
fn lost_at_any_point_what_was_protected_is_in_the_second_copy() {
    let Some(looked) = pictured("does_it_with_a_second_copy") else {
        return;
    };
    let Looked {
        begun,
        came_back,
        torn,
        people: (people, exactly),
    } = looked;
    assert!(begun > 100 && came_back > 80 && torn > 10, "{looked:?}");
    assert!(exactly * 2 > people, "most were as it was told: {looked:?}");
}
