//! 6.3, DEF-3, DEF-4: whoever can write to the database and not to the ledger opens nobody's record again. What protects a
//! person is in the ledger too, and a row that protects less is found by `verify` and by the next start.

use crate::stage::Stage;
use sandyq_model::SubjectId;

/// Somebody writes to the database while the system runs; gives what the verification says.
async fn altered(stage: &Stage, sql: &str, subject: SubjectId) -> String {
    let database = stage.folder.path().join("sandyq.db");
    let connection = rusqlite::Connection::open(database).unwrap();
    connection
        .busy_timeout(std::time::Duration::from_secs(10))
        .unwrap();
    let rows = connection.execute(sql, [subject.as_bytes().as_slice()]).unwrap();
    assert_eq!(rows, 1, "{sql}");
    drop(connection);
    let found = stage.system.store().verify(|_, _| {}).await;
    found.unwrap_err().to_string()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_withdrawal_that_is_taken_out_of_its_row_is_found() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 51);
    let (caller, _) = stage.guest("mara@example.com").await;
    stage.system.withdraw(&caller, stage.key()).await.unwrap();
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let sql = "UPDATE subject SET withdrawn_at = NULL, due_at = NULL WHERE subject_id = $1";
    let said = altered(&stage, sql, caller.subject.unwrap()).await;
    assert!(said.contains("a withdrawal is not noted"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_consent_that_stands_again_is_found() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 52);
    let (caller, _) = stage.guest("mara@example.com").await;
    stage.system.withdraw(&caller, stage.key()).await.unwrap();
    let sql = "DELETE FROM consent WHERE (act = 3 AND subject_id = $1 \
               AND consent_id = (SELECT MIN(consent_id) FROM consent WHERE act = 3))";
    let said = altered(&stage, sql, caller.subject.unwrap()).await;
    assert!(said.contains("a consent stands"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_that_is_taken_out_of_its_row_is_found() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 53);
    let (caller, _) = stage.guest("mara@example.com").await;
    let responsible = stage.staff("aigul", "responsible").await;
    let subject = caller.subject.unwrap();
    stage.system.block(&responsible, subject).await.unwrap();
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let sql = "UPDATE subject SET standing = 2, blocked_at = NULL WHERE subject_id = $1";
    let said = altered(&stage, sql, subject).await;
    assert!(said.contains("a record that was blocked"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_order_that_is_taken_out_of_its_table_is_found() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 55);
    let (caller, _) = stage.guest("mara@example.com").await;
    let responsible = stage.staff("aigul", "responsible").await;
    let subject = caller.subject.unwrap();
    let order = crate::holds::order();
    let hold = stage.keeps(&responsible, subject, &order).await.unwrap();
    stage.keeps(&responsible, subject, &order).await.unwrap();
    stage.lifts(&responsible, subject, hold, "1").await.unwrap();
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let sql = "UPDATE hold SET lifted_at = 1 WHERE subject_id = $1 AND lifted_at IS NULL";
    let said = altered(&stage, sql, subject).await;
    assert!(said.contains("an order to keep a record is gone"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_of_somebody_who_was_destroyed_that_is_put_back_is_found() {
    let stage = Stage::in_folder(tempfile::tempdir().unwrap(), 54);
    let (caller, case) = stage.guest("mara@example.com").await;
    stage.pays(&caller, &case).await.unwrap();
    let (leaver, _) = stage.guest("dana@example.com").await;
    let subject = leaver.subject.unwrap();
    let old = stage
        .system
        .store()
        .read(move |reader| sandyq_store::tables::subject::find(reader, subject))
        .await
        .unwrap()
        .unwrap();
    stage.system.withdraw(&leaver, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    stage.system.store().verify(|_, _| {}).await.unwrap();
    let pseudonym = hex::encode(old.pseudonym.unwrap().as_bytes());
    let sql = format!(
        "UPDATE subject SET standing = 2, destroyed_at = NULL, pseudonym = X'{pseudonym}' WHERE subject_id = $1"
    );
    let said = altered(&stage, &sql, subject).await;
    assert!(said.contains("somebody who was destroyed is there"), "{said}");
    let nameless = "UPDATE subject SET pseudonym = NULL WHERE subject_id = $1";
    let said = altered(&stage, nameless, subject).await;
    assert!(said.contains("cannot account for"), "{said}");
}
