//! Whether the addresses of recipients can be reached as the settings say (4.2, 4.3): to which numbers they lead, and who answers there.
//! Nothing is sent to them.

use futures_util::future::join_all;
use sandyq_processing::ports::Miss;
use serde_json::Value;

use super::{Finding, State, in_one_line};
use crate::configuration::Configuration;
use crate::data_folder::DataFolder;
use crate::webhook_line::HttpsHooks;
use crate::webhook_settings::WebhooksTable;

const WHAT: &str = "webhooks";
/// Addresses that are looked at at the same time.
const AT_ONCE: usize = 16;

/// How it is, by what a server says of them.
pub(super) async fn of_served(
    folder: &DataFolder,
    configuration: &Configuration,
    addresses: &Value,
) -> Option<Finding> {
    let addresses = addresses.as_array().cloned().unwrap_or_default();
    let addresses = addresses
        .iter()
        .filter_map(|address| address.as_str().map(ToOwned::to_owned));
    finding(folder, configuration, addresses.collect()).await
}

/// How it is; nothing where there is neither an address nor a part of the settings.
pub(super) async fn finding(
    folder: &DataFolder,
    configuration: &Configuration,
    addresses: Vec<String>,
) -> Option<Finding> {
    let Some(table) = configuration.webhooks() else {
        let count = addresses.len();
        let says = format!(
            "{count} addresses of recipients are entered and nothing goes there: the settings have no part [webhooks]"
        );
        return (count > 0).then(|| Finding::new(WHAT, State::Warning, says));
    };
    let line = match table.line(folder) {
        Ok(line) => line,
        Err(failure) => return Some(Finding::new(WHAT, State::Wrong, in_one_line(&failure))),
    };
    let mut wrong = Vec::new();
    for some in addresses.chunks(AT_ONCE) {
        let looked = some.iter().map(|address| looked_at(table, &line, address));
        wrong.extend(join_all(looked).await.into_iter().flatten());
    }
    Some(of(addresses.len(), &wrong))
}

async fn looked_at(table: &WebhooksTable, line: &HttpsHooks, address: &str) -> Option<String> {
    let Ok(place) = table.reach().place(address) else {
        return Some(format!("{address} is not within what the settings allow"));
    };
    let why = match line.connected(&place).await {
        Ok(_nothing_is_said) => return None,
        Err(Miss::Name) => "leads to no number",
        Err(Miss::Network) => "leads into a network that webhooks.networks does not name",
        Err(Miss::Connection) => "takes no connection under TLS",
        Err(Miss::Certificate) => "shows no certificate of that name by whom the settings believe",
    };
    Some(format!("{address} {why}"))
}

fn of(count: usize, wrong: &[String]) -> Finding {
    if wrong.is_empty() {
        let says = format!("{count} addresses of recipients, each within reach and who it says it is");
        return Finding::new(WHAT, State::Well, says);
    }
    let says = format!(
        "{}; the responsible person sees to it at /staff/recipients",
        wrong.join("; ")
    );
    Finding::new(WHAT, State::Wrong, says)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn configured(text: &str) -> (tempfile::TempDir, DataFolder, Configuration) {
        let place = tempfile::tempdir().unwrap();
        std::fs::write(place.path().join("sandyq.toml"), text).unwrap();
        let folder = DataFolder::open(place.path()).unwrap();
        let configuration = Configuration::read(&folder).unwrap();
        (place, folder, configuration)
    }

    #[tokio::test]
    async fn an_address_that_leads_elsewhere_than_the_settings_say_is_wrong_and_named() {
        let entered = json!(["https://127.0.0.1:1/a", "https://10.0.0.7/"]);
        let (_place, folder, none) = configured("");
        assert!(of_served(&folder, &none, &json!([])).await.is_none());
        let shut = of_served(&folder, &none, &entered).await.unwrap();
        assert_eq!(shut.state, State::Warning);

        let (_place, folder, open) = configured("[webhooks]\nnetworks = [\"127.0.0.1\"]");
        let well = of_served(&folder, &open, &json!([])).await.unwrap();
        assert_eq!(well.state, State::Well);
        let found = of_served(&folder, &open, &entered).await.unwrap();
        assert_eq!(found.state, State::Wrong);
        for needed in [
            "https://127.0.0.1:1/a takes no connection",
            "https://10.0.0.7/ is not within",
        ] {
            assert!(found.says.contains(needed), "{}", found.says);
        }
        let (_place, folder, wrong) = configured("[webhooks]\nnetworks = [\"0.0.0.0/0\"]");
        let wrong = of_served(&folder, &wrong, &entered).await.unwrap();
        assert!(wrong.says.contains("webhooks.networks"), "{}", wrong.says);
    }
}
