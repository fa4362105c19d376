//! The outbox in memory and on the device.

use std::cell::RefCell;

use qianbao_core::id::{OrderId, PaymentId};

use super::record::Record;
use super::{OutboxItem, Outcome, Step, Subject};
use crate::client::Client;
use crate::error::ClientError;
use crate::notice::Notice;
use crate::order::in_order;
use crate::payment::OwnPayment;
use crate::presence::Stay;
use crate::storage::{Change, Durability, Expected, StorageError, Table, Write};
use crate::tabs::TabMessage;

/// Open requests at most; more of them mean that something else is wrong.
const OPEN_MAX: usize = 20;
/// Resolved requests kept for the person to see; older ones stand in the records anyway.
const RESOLVED_MAX: usize = 20;
/// Records read at most.
const READ_MAX: u32 = 100;

/// The requests of this client.
#[derive(Default)]
pub(crate) struct Outbox {
    entries: RefCell<Vec<Listed>>,
    /// Keys of the requests that a living [`Client::pay`] or [`Client::refund`] of this page stays with.
    driven: RefCell<Vec<String>>,
}

#[derive(Clone, Debug)]
struct Listed {
    record: Record,
    step: Step,
}

impl Outbox {
    pub(crate) fn clear(&self) {
        self.entries.borrow_mut().clear();
    }

    pub(crate) fn has_open(&self) -> bool {
        self.entries.borrow().iter().any(|listed| listed.record.outcome.is_none())
    }

    /// Whether a request of this page is under way.
    pub(crate) fn is_driven(&self) -> bool {
        !self.driven.borrow().is_empty()
    }

    /// Open requests that nobody in this page stays with.
    pub(crate) fn left_open(&self) -> Vec<Record> {
        let driven = self.driven.borrow();
        let entries = self.entries.borrow();
        let open = entries.iter().filter(|listed| listed.record.outcome.is_none());
        open.filter(|listed| !driven.contains(&listed.record.key())).map(|listed| listed.record.clone()).collect()
    }

    /// The payment that pays `order`: one that has paid it, or else one that is open.
    pub(crate) fn payment_of(&self, order: OrderId) -> Option<OwnPayment> {
        let entries = self.entries.borrow();
        let mut open = None;
        for Listed { record, step } in entries.iter().filter(|listed| listed.record.order == Some(order)) {
            match (record.subject, step) {
                (Subject::Payment(payment), Step::Done(Outcome::Paid(_))) => return Some(OwnPayment::Paid(payment)),
                (Subject::Payment(payment), Step::Sending | Step::Checking { .. }) => {
                    open = Some(OwnPayment::UnderWay(payment));
                }
                (Subject::Payment(_) | Subject::Refund { .. }, _) => {}
            }
        }
        open
    }

    /// The order that `payment` is for.
    pub(crate) fn order_of(&self, payment: PaymentId) -> Option<OrderId> {
        let entries = self.entries.borrow();
        entries.iter().find(|listed| listed.record.subject == Subject::Payment(payment))?.record.order
    }

    pub(super) fn items(&self) -> Vec<OutboxItem> {
        let entries = self.entries.borrow();
        entries
            .iter()
            .map(|Listed { record, step }| OutboxItem {
                subject: record.subject,
                stored_at: record.stored_at,
                step: step.clone(),
            })
            .collect()
    }

    pub(super) fn drive(&self, key: String) -> Driven<'_> {
        self.driven.borrow_mut().push(key.clone());
        Driven { outbox: self, key }
    }

    fn put(&self, record: Record, step: Step) {
        let mut entries = self.entries.borrow_mut();
        match entries.iter_mut().find(|listed| listed.record.subject == record.subject) {
            Some(listed) => *listed = Listed { record, step },
            None => entries.push(Listed { record, step }),
        }
    }

    fn remove(&self, subject: Subject) {
        self.entries.borrow_mut().retain(|listed| listed.record.subject != subject);
    }
}

/// Says that somebody stays with a request, until it is dropped.
pub(super) struct Driven<'a> {
    outbox: &'a Outbox,
    key: String,
}

impl Drop for Driven<'_> {
    fn drop(&mut self) {
        self.outbox.driven.borrow_mut().retain(|key| *key != self.key);
    }
}

impl Client {
    /// What is open, and what was resolved and not yet [dismissed](Client::dismiss), oldest first.
    pub fn outbox(&self) -> Vec<OutboxItem> {
        self.inner.outbox.items()
    }

    /// Forgets a resolved request once the person has seen its outcome; an open one stays.
    pub async fn dismiss(&self, subject: Subject) -> Result<(), ClientError> {
        let is_open = |item: &OutboxItem| item.subject == subject && !matches!(item.step, Step::Done(_));
        if self.outbox().iter().any(is_open) {
            return Ok(());
        }
        self.inner.outbox.remove(subject);
        self.write_outbox(Vec::new(), vec![Change::Delete(Table::Outbox, subject.key())], Durability::Relaxed).await?;
        self.outbox_changed();
        Ok(())
    }

    /// Puts a request on the device, flushed. From then on it cannot be lost by this page. If its person left meanwhile it
    /// is taken away again.
    pub(super) async fn store(&self, record: &Record, stay: Stay) -> Result<(), ClientError> {
        let items = self.outbox();
        if items.iter().filter(|item| !matches!(item.step, Step::Done(_))).count() >= OPEN_MAX {
            return Err(StorageError::Full.into());
        }
        self.may_store(stay).await?;
        let mut changes = vec![Change::Put(Table::Outbox, record.key(), record.pack()?)];
        let resolved: Vec<_> = items.iter().filter(|item| matches!(item.step, Step::Done(_))).collect();
        for item in &resolved[..resolved.len().saturating_sub(RESOLVED_MAX)] {
            self.inner.outbox.remove(item.subject);
            changes.push(Change::Delete(Table::Outbox, item.subject.key()));
        }
        let absent = vec![(Table::Outbox, record.key(), None)];
        let mut written = self.write_outbox(absent.clone(), changes.clone(), Durability::Strict).await;
        if written == Err(StorageError::Locked) {
            // The browser had dropped everything, or another tab has made another lock.
            self.may_store(stay).await?;
            written = self.write_outbox(absent, changes, Durability::Strict).await;
        }
        if let Err(error) = written {
            self.still(stay)?;
            return Err(error.into());
        }
        if let Err(error) = self.still(stay) {
            let changes = vec![Change::Delete(Table::Outbox, record.key())];
            // A store that was locked meanwhile was wiped as well.
            let _ = self.write_outbox(Vec::new(), changes, Durability::Relaxed).await;
            return Err(error);
        }
        self.at_step(record, Step::Sending);
        Ok(())
    }

    /// Without its key the store takes nothing, and nothing is sent.
    async fn may_store(&self, stay: Stay) -> Result<(), ClientError> {
        let opened = self.ensure_open().await;
        self.still(stay)?;
        Ok(opened.map_err(|_| StorageError::Locked)?)
    }

    /// Notes the outcome. If another tab did so first, or the person dismissed it there, theirs stands.
    pub(super) async fn resolve(&self, record: &Record, outcome: &Outcome) {
        let resolved = Record { outcome: Some(outcome.clone()), ..record.clone() };
        if let (Ok(open), Ok(bytes)) = (record.pack(), resolved.pack()) {
            let only_if = vec![(Table::Outbox, record.key(), Some(open))];
            let changes = vec![Change::Put(Table::Outbox, record.key(), bytes)];
            // A device that cannot note it now finds it open at the next start and asks again.
            let _ = self.write_outbox(only_if, changes, Durability::Relaxed).await;
        }
        self.at_step(&resolved, Step::Done(outcome.clone()));
        self.look_now();
    }

    /// Shows the request at `step` to its person; nobody else sees it.
    pub(super) fn at_step(&self, record: &Record, step: Step) {
        if self.owner() == Some(record.owner) {
            self.inner.outbox.put(record.clone(), step);
        }
        self.outbox_changed();
    }

    /// Reads the outbox from the device. A record that cannot be opened is counted ([`Client::lost_requests`]); one that cannot be read is left alone:
    /// another version may know it. So is
    /// another person's, which a tab may have written when they had signed out already; the next sign-in wipes it.
    pub(crate) async fn reload_outbox(&self) -> Result<(), ClientError> {
        let records = self.inner.platform.storage.list(Table::Outbox, None, READ_MAX).await?;
        self.count_lost(records.iter().filter(|record| record.value.is_err()).count()).await;
        let mut listed: Vec<Listed> = Vec::new();
        for bytes in records.into_iter().filter_map(|record| record.value.ok()) {
            let Ok(record) = Record::unpack(&bytes) else { continue };
            if self.owner() != Some(record.owner) {
                continue;
            }
            let step = match &record.outcome {
                Some(outcome) => Step::Done(outcome.clone()),
                None => Step::Checking { final_at: record.not_after },
            };
            listed.push(Listed { record, step });
        }
        {
            // What this page stays with is ahead of the device.
            let driven = self.inner.outbox.driven.borrow();
            let mut entries = self.inner.outbox.entries.borrow_mut();
            listed.retain(|listed| !driven.contains(&listed.record.key()));
            listed.extend(entries.drain(..).filter(|listed| driven.contains(&listed.record.key())));
            in_order(&mut listed, |one, next| one.record.stored_at <= next.record.stored_at);
            *entries = listed;
        }
        self.inner.listeners.tell(Notice::Outbox);
        Ok(())
    }

    fn outbox_changed(&self) {
        self.inner.platform.tabs.tell(TabMessage::OutboxChanged);
        self.inner.listeners.tell(Notice::Outbox);
    }

    async fn write_outbox(
        &self,
        only_if: Vec<Expected>,
        changes: Vec<Change>,
        durability: Durability,
    ) -> Result<(), StorageError> {
        self.inner.platform.storage.write(Write { only_if, changes, durability }).await
    }
}
