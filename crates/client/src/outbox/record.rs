//! A request as it lies on the device.
//!
//! Fields: whose it is, subject (tag and ids) and the order that a payment is for, when it was stored, when its outcome is final at the latest (payments), path, the exact
//! text of the body, and the answer that resolved it, if any. There is no mark "sent": it could be trusted only if it were
//! flushed before each send, and it would say less than the server says when it is asked by id.

use qianbao_api::orders::RefundView;
use qianbao_api::payments::PaymentView;
use qianbao_core::Timestamp;
use qianbao_core::id::{OrderId, PersonId};

use super::{Outcome, RefundOf, Subject};
use crate::json;
use crate::pack::{Packer, Unpacker};
use crate::storage::StorageError;
use crate::storage::format::{formatted, packed};

/// A request and, once it is known, the answer that resolved it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Record {
    /// Who approved it. Another person neither sees it nor sends it.
    pub(crate) owner: PersonId,
    pub(crate) subject: Subject,
    /// The order that a payment is for, if it is for one.
    pub(crate) order: Option<OrderId>,
    pub(crate) stored_at: Timestamp,
    pub(crate) not_after: Option<Timestamp>,
    pub(crate) path: String,
    pub(crate) body: String,
    pub(crate) outcome: Option<Outcome>,
}

const WHAT: &str = "a request";

impl Record {
    /// Key of the record: the id that the request makes.
    pub(crate) fn key(&self) -> String {
        self.subject.key()
    }

    /// The record's bytes.
    pub(crate) fn pack(&self) -> Result<Vec<u8>, StorageError> {
        let mut packer = Packer::default();
        packer.id(self.owner);
        match self.subject {
            Subject::Payment(payment) => {
                packer.byte(if self.order.is_some() { 2 } else { 0 });
                packer.id(payment);
                if let Some(order) = self.order {
                    packer.id(order);
                }
            }
            Subject::Refund { refund, of: RefundOf::Order(order) } => {
                packer.byte(1);
                packer.id(refund);
                packer.id(order);
            }
            Subject::Refund { refund, of: RefundOf::Payment { payer, payment } } => {
                packer.byte(3);
                packer.id(refund);
                packer.id(payer);
                packer.id(payment);
            }
        }
        packer.moment(self.stored_at);
        packer.byte(u8::from(self.not_after.is_some()));
        packer.moment(self.not_after.unwrap_or_default());
        packer.text(&self.path);
        packer.text(&self.body);
        let (tag, text) = self.outcome.as_ref().map_or(Ok((0, String::new())), print).map_err(StorageError::Failed)?;
        packer.byte(tag);
        packer.text(&text);
        Ok(formatted(packer.done()))
    }

    /// The record of these bytes.
    pub(crate) fn unpack(record: &[u8]) -> Result<Self, StorageError> {
        let mut unpacker = Unpacker::new(packed(record, WHAT)?);
        read(&mut unpacker).filter(|_| unpacker.is_done()).ok_or(StorageError::Unreadable(WHAT))
    }
}

fn read(unpacker: &mut Unpacker<'_>) -> Option<Record> {
    let owner = unpacker.id()?;
    let (subject, order) = match unpacker.byte()? {
        0 => (Subject::Payment(unpacker.id()?), None),
        1 => (Subject::Refund { refund: unpacker.id()?, of: RefundOf::Order(unpacker.id()?) }, None),
        2 => (Subject::Payment(unpacker.id()?), Some(unpacker.id()?)),
        3 => {
            let (refund, payer) = (unpacker.id()?, unpacker.id()?);
            (Subject::Refund { refund, of: RefundOf::Payment { payer, payment: unpacker.id()? } }, None)
        }
        _ => return None,
    };
    let stored_at = unpacker.moment()?;
    let (is_bounded, not_after) = (unpacker.byte()? == 1, unpacker.moment()?);
    Some(Record {
        owner,
        subject,
        order,
        stored_at,
        not_after: is_bounded.then_some(not_after),
        path: unpacker.text()?,
        body: unpacker.text()?,
        outcome: parse(unpacker.byte()?, &unpacker.text()?).ok()?,
    })
}

/// Tag and text of an outcome; 0 stands for none.
fn print(outcome: &Outcome) -> Result<(u8, String), String> {
    Ok(match outcome {
        Outcome::Paid(view) => (1, json::print::<PaymentView>(view)?),
        Outcome::Refunded(view) => (2, json::print::<RefundView>(view)?),
        Outcome::Refused(code) => (3, json::print(code)?),
        Outcome::NotPaid => (4, String::new()),
        Outcome::Rejected(problem) => (5, json::print(&**problem)?),
    })
}

/// The outcome of tag and text, if there is one; the error says why they make none.
fn parse(tag: u8, text: &str) -> Result<Option<Outcome>, String> {
    Ok(match tag {
        0 => None,
        1 => Some(Outcome::Paid(Box::new(json::parse(text)?))),
        2 => Some(Outcome::Refunded(Box::new(json::parse(text)?))),
        3 => Some(Outcome::Refused(json::parse(text)?)),
        4 => Some(Outcome::NotPaid),
        5 => Some(Outcome::Rejected(Box::new(json::parse(text)?))),
        _ => return Err(format!("expected an outcome, found tag {tag}")),
    })
}

#[cfg(test)]
mod tests {
    use qianbao_api::ProblemCode;
    use qianbao_core::id::{Id, PaymentId};

    use super::*;

    #[test]
    fn a_record_comes_back_as_it_was() -> Result<(), StorageError> {
        let open = Record {
            owner: PersonId::from_parts(1, [1; 10]),
            subject: Subject::Payment(PaymentId::from_parts(1_800_000_000_000, [7; 10])),
            order: None,
            stored_at: Timestamp::from_millis(1_800_000_000_000),
            not_after: Some(Timestamp::from_millis(1_800_000_120_000)),
            path: "/v1/payments".to_owned(),
            body: "{\"note\":\"茶\"}".to_owned(),
            outcome: None,
        };
        for outcome in [None, Some(Outcome::NotPaid), Some(Outcome::Refused(ProblemCode::OrderPaid))] {
            for order in [None, Some(OrderId::from_parts(3, [3; 10]))] {
                let record = Record { outcome: outcome.clone(), order, ..open.clone() };
                assert_eq!(Record::unpack(&record.pack()?)?, record);
            }
        }
        Ok(())
    }

    #[test]
    fn a_cut_record_is_refused() -> Result<(), StorageError> {
        let payment = RefundOf::Payment { payer: Id::from_parts(3, [3; 10]), payment: Id::from_parts(4, [4; 10]) };
        for of in [RefundOf::Order(Id::from_parts(2, [2; 10])), payment] {
            let refund = Record {
                owner: Id::from_parts(1, [1; 10]),
                subject: Subject::Refund { refund: Id::from_parts(1, [1; 10]), of },
                order: None,
                stored_at: Timestamp(5),
                not_after: None,
                path: "/v1/x/refunds".to_owned(),
                body: "{}".to_owned(),
                outcome: None,
            };
            let bytes = refund.pack()?;
            assert_eq!(Record::unpack(&bytes)?, refund);
            for end in 0..bytes.len() {
                assert_eq!(Record::unpack(&bytes[..end]), Err(StorageError::Unreadable(WHAT)));
            }
        }
        Ok(())
    }
}
