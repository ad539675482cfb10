//! 5.1.3: the people in the system are counted, and a threshold of the policy is warned of before it is reached.

use sandyq_model::{Category, Standing};
use sandyq_processing::retention::{SizeClass, size_of};

use crate::stage::Stage;

#[tokio::test]
async fn a_threshold_is_seen_coming() {
    let stage = Stage::new();
    let policy = stage.system.policy();
    for (people, class, next, warns) in [
        (0, SizeClass::Small, Some(10_000), false),
        (7_999, SizeClass::Small, Some(10_000), false),
        (8_000, SizeClass::Small, Some(10_000), true),
        (10_000, SizeClass::Medium, Some(500_000), false),
        (400_000, SizeClass::Medium, Some(500_000), true),
        (500_000, SizeClass::Large, None, false),
    ] {
        let counts = [
            (Category::Guest, Standing::Active, people),
            (Category::Guest, Standing::Destroyed, 1_000_000),
            (Category::Writer, Standing::Active, 1_000_000),
        ];
        let size = size_of(policy, &counts);
        assert_eq!(
            (size.people, size.class, size.next, size.warns),
            (people, class, next, warns)
        );
    }
    let responsible = stage.staff("gulmira", "responsible").await;
    let (mara, _) = stage.guest("mara@example.com").await;
    let _ = stage.guest("dana@example.com").await;
    let board = stage.system.retention_board(&responsible).await.unwrap();
    assert_eq!(board.size.people, 2);
    stage.system.withdraw(&mara, stage.key()).await.unwrap();
    stage.system.run_queue().await.unwrap();
    let board = stage.system.retention_board(&responsible).await.unwrap();
    assert_eq!(board.size.people, 1, "whoever is gone is not counted");
}
