//! 6.3: leads and the data's sealed tokens belong together. A crash between the two stores leaves a lead without its
//! token, a restored database brings tokens without leads; the start looks, and mends both.

use std::collections::BTreeSet;

use sandyq_model::{Fault, Field, SubjectId};

use crate::database::Reader;
use crate::tables::search_index::{self, Findable};
use crate::vault::{KEY_PAGE_MAX, KeyStore, Lead, LeadMark, Vault};

/// Takes away leads whose token is gone, and makes those anew whose token is there. Goes through both in the order of
/// subjects, a page at a time.
///
/// # Errors
/// When a store does not answer.
pub(crate) fn sweep_leads(reader: &mut dyn Reader, keys: &mut KeyStore, vault: &Vault) -> Result<(), Fault> {
    let mut after = None;
    let (mut stray, mut missing) = (0, 0);
    loop {
        let page = Page::read(reader, keys, after)?;
        let strays = page.strays();
        let lacking = page.lacking(keys, vault)?;
        if !strays.is_empty() || !lacking.is_empty() {
            keys.mend_leads(&strays, &lacking)?;
        }
        stray += strays.len();
        missing += lacking.len();
        after = page.until;
        if after.is_none() {
            break;
        }
    }
    if stray + missing > 0 {
        tracing::warn!(
            stray,
            missing,
            "ways to find people by their contacts were brought up to date"
        );
    }
    Ok(())
}

/// The leads and sealed tokens of some subjects.
struct Page {
    leads: Vec<Lead>,
    rows: Vec<Findable>,
    /// Up to whom; `None` when there is nobody behind.
    until: Option<SubjectId>,
}

impl Page {
    fn read(reader: &mut dyn Reader, keys: &mut KeyStore, after: Option<SubjectId>) -> Result<Self, Fault> {
        let mut leads = keys.page_of_leads(after)?;
        let mut rows = search_index::page(reader, after, ROWS_AT_ONCE)?;
        let last_led = leads.last().filter(|_| leads.len() >= KEY_PAGE_MAX);
        let last_led = last_led.map(|lead| lead.subject);
        let mut last_row = None;
        if rows.len() >= usize::try_from(ROWS_AT_ONCE).unwrap_or(usize::MAX) {
            // The last of them may not be whole: no person has as many rows as a page.
            let partial = rows.last().map(|row| row.subject);
            rows.retain(|row| Some(row.subject) != partial);
            last_row = rows.last().map(|row| row.subject);
        }
        let until = match (last_led, last_row) {
            (Some(led), Some(row)) => Some(led.min(row)),
            (one, other) => one.or(other),
        };
        if let Some(until) = until {
            leads.retain(|lead| lead.subject <= until);
            rows.retain(|row| row.subject <= until);
        }
        Ok(Self { leads, rows, until })
    }

    fn strays(&self) -> Vec<Lead> {
        let there: BTreeSet<_> = self.rows.iter().filter_map(name_of).collect();
        let leads = self.leads.iter();
        leads
            .filter(|lead| !there.contains(&(lead.subject, lead.field, lead.mark)))
            .copied()
            .collect()
    }

    fn lacking(&self, keys: &mut KeyStore, vault: &Vault) -> Result<Vec<Lead>, Fault> {
        let led: BTreeSet<_> = self
            .leads
            .iter()
            .map(|lead| (lead.subject, lead.field, lead.mark))
            .collect();
        let rows = self.rows.iter();
        let lacking = rows.filter(|row| name_of(row).is_none_or(|name| !led.contains(&name)));
        let mut leads = Vec::new();
        for row in lacking {
            let Some(wrapped) = keys.get(row.subject, row.generation)? else {
                continue;
            };
            let key = vault.unwrap_key(&wrapped)?;
            match vault.open_lead(&key, row.field, &row.sealed) {
                Ok(lead) => leads.push(lead),
                Err(fault) => tracing::error!(%fault, "somebody is no longer found by a contact"),
            }
        }
        Ok(leads)
    }
}

fn name_of(row: &Findable) -> Option<(SubjectId, Field, LeadMark)> {
    Some((row.subject, row.field, row.mark()?))
}

/// Rows that are looked at at once.
const ROWS_AT_ONCE: u32 = 1024;
