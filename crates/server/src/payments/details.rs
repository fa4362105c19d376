//! What a posting says about itself: the `details` of its head, at most 512 bytes, for ever.
//!
//! Grammar: format byte `1` · kind byte · fields in ascending tag order, each at most once: tag byte · length byte · value. Ids are
//! 16 bytes, numbers big-endian. The bytes hold ids, digests and the sealed note; names and texts lie in the directory,
//! where they can be erased. A field that a kind needs and that is missing, an unknown tag, a wrong length or a byte too many is an
//! error: the ledger is never guessed at. Decoding what was encoded gives the same value (tested).

use qianbao_core::Timestamp;
use qianbao_core::id::{Id, Kind, LinkId, OrderId, PaymentId, PersonId, ShopId, TopupId};
use qianbao_core::intent::Payee;
use uuid::Uuid;

/// Largest encoding, bytes; the ledger's own cap.
pub const DETAILS_BYTES_MAX: usize = 512;

const FORMAT: u8 = 1;

/// What kind of posting it is, with what must be true for ever.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Details {
    /// Money from a person to a person or shop.
    Payment(PaymentDetails),
    /// Money back to the payer of a payment.
    Refund(RefundDetails),
    /// A shop replaced an order's version by the next.
    OrderEdit(OrderStep),
    /// A shop cancelled an order.
    OrderCancel(OrderStep),
    /// An order ran out of time.
    OrderExpire(OrderStep),
    /// Money in from a bank.
    Topup(TopupDetails),
    /// A person let nothing go out of their wallet.
    Freeze(PersonId),
    /// A person let money go out again.
    Unfreeze(PersonId),
}

/// An order at a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct OrderRef {
    /// The order.
    pub order: OrderId,
    /// The version, from 1.
    pub version: u32,
}

/// Facts of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PaymentDetails {
    /// Who pays.
    pub payer: PersonId,
    /// Who is paid.
    pub payee: Payee,
    /// The order it pays.
    pub order: Option<OrderRef>,
    /// The code it was made from.
    pub link: Option<LinkId>,
    /// SHA-256 of the intent that the payer approved.
    pub intent: [u8; 32],
    /// The payer's note, sealed under the payer's key (see [`super::note`]).
    pub note: Option<Vec<u8>>,
    /// The end that the payer approved, which is part of the intent; the posting's own may be sooner. Payments from before this was kept have
    /// none.
    pub approved_until: Option<Timestamp>,
}

/// Facts of a refund.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefundDetails {
    /// The payment that is given back.
    pub payment: PaymentId,
    /// Who had paid it.
    pub payer: PersonId,
    /// Who gives back.
    pub shop: ShopId,
    /// The order that had been paid, if it was one.
    pub order: Option<OrderRef>,
    /// Which refund of the payment it is, from 1.
    pub number: u32,
}

/// Facts of an edit, cancel or expiry.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OrderStep {
    /// Whose order.
    pub shop: ShopId,
    /// The order at the version that the step ends.
    pub order: OrderRef,
}

/// Facts of money in from a bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TopupDetails {
    /// The top-up whose reference the transfer named, if it named one.
    pub topup: Option<TopupId>,
    /// Who gets the money, if that is known.
    pub person: Option<PersonId>,
    /// SHA-256 of the bank's own id of the transfer.
    pub bank_entry: [u8; 32],
}

/// The bytes are not details of format 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DetailsError {
    /// The encoding is larger than the ledger keeps.
    #[error("expected at most {DETAILS_BYTES_MAX} bytes of details, found {0}")]
    TooLong(usize),
    /// The bytes end in the middle, or start with another format.
    #[error("expected details of format {FORMAT}, found bytes that end early or start otherwise")]
    Malformed,
    /// No such kind.
    #[error("expected a known kind of posting, found {0}")]
    UnknownKind(u8),
    /// A tag that the kind does not have, or out of order.
    #[error("expected the kind's tags in ascending order, found tag {0}")]
    UnexpectedTag(u8),
    /// A field is missing or has the wrong length.
    #[error("expected the field with tag {0} with its exact length")]
    Field(u8),
}

mod tag {
    pub const PAYER: u8 = 1;
    pub const PERSON: u8 = 2;
    pub const SHOP: u8 = 3;
    pub const ORDER: u8 = 4;
    pub const VERSION: u8 = 5;
    pub const LINK: u8 = 6;
    pub const INTENT: u8 = 7;
    pub const NOTE: u8 = 8;
    pub const PAYMENT: u8 = 9;
    pub const NUMBER: u8 = 10;
    pub const TOPUP: u8 = 11;
    pub const BANK_ENTRY: u8 = 12;
    pub const APPROVED_UNTIL: u8 = 13;
}

impl Details {
    /// The bytes for the posting's head.
    ///
    /// # Errors
    /// [`DetailsError::TooLong`] or [`DetailsError::Field`] when the note is too long for its length byte.
    pub fn encode(&self) -> Result<Vec<u8>, DetailsError> {
        let mut out = Writer(vec![FORMAT, self.kind()]);
        match self {
            Self::Payment(details) => out.payment(details)?,
            Self::Refund(details) => {
                out.id(tag::PAYER, details.payer);
                out.id(tag::SHOP, details.shop);
                if let Some(order) = details.order {
                    out.order(order);
                }
                out.id(tag::PAYMENT, details.payment);
                out.number(tag::NUMBER, details.number);
            }
            Self::OrderEdit(step) | Self::OrderCancel(step) | Self::OrderExpire(step) => {
                out.id(tag::SHOP, step.shop);
                out.order(step.order);
            }
            Self::Topup(details) => {
                if let Some(person) = details.person {
                    out.id(tag::PERSON, person);
                }
                if let Some(topup) = details.topup {
                    out.id(tag::TOPUP, topup);
                }
                out.field(tag::BANK_ENTRY, &details.bank_entry);
            }
            Self::Freeze(person) | Self::Unfreeze(person) => out.id(tag::PERSON, *person),
        }
        if out.0.len() > DETAILS_BYTES_MAX { Err(DetailsError::TooLong(out.0.len())) } else { Ok(out.0) }
    }

    /// The value of such bytes.
    ///
    /// # Errors
    /// When the bytes are not exactly what [`Details::encode`] makes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DetailsError> {
        if bytes.len() > DETAILS_BYTES_MAX {
            return Err(DetailsError::TooLong(bytes.len()));
        }
        let [FORMAT, kind, fields @ ..] = bytes else { return Err(DetailsError::Malformed) };
        let mut fields = Reader(fields);
        let details = match kind {
            1 => Self::Payment(fields.payment()?),
            2 => {
                let (payer, shop, order) = (fields.id(tag::PAYER)?, fields.id(tag::SHOP)?, fields.maybe_order()?);
                let (payment, number) = (fields.id(tag::PAYMENT)?, fields.number(tag::NUMBER)?);
                Self::Refund(RefundDetails { payment, payer, shop, order, number })
            }
            3 => Self::OrderEdit(fields.step()?),
            4 => Self::OrderCancel(fields.step()?),
            5 => Self::OrderExpire(fields.step()?),
            6 => Self::Topup(TopupDetails {
                person: fields.maybe_id(tag::PERSON)?,
                topup: fields.maybe_id(tag::TOPUP)?,
                bank_entry: fields.digest(tag::BANK_ENTRY)?,
            }),
            7 => Self::Freeze(fields.id(tag::PERSON)?),
            8 => Self::Unfreeze(fields.id(tag::PERSON)?),
            &other => return Err(DetailsError::UnknownKind(other)),
        };
        match fields.0 {
            [] => Ok(details),
            [tag, ..] => Err(DetailsError::UnexpectedTag(*tag)),
        }
    }

    /// The order that the posting pays, gives back, or ends a version of.
    pub const fn order(&self) -> Option<OrderRef> {
        match self {
            Self::Payment(details) => details.order,
            Self::Refund(details) => details.order,
            Self::OrderEdit(step) | Self::OrderCancel(step) | Self::OrderExpire(step) => Some(step.order),
            Self::Topup(_) | Self::Freeze(_) | Self::Unfreeze(_) => None,
        }
    }

    const fn kind(&self) -> u8 {
        match self {
            Self::Payment(_) => 1,
            Self::Refund(_) => 2,
            Self::OrderEdit(_) => 3,
            Self::OrderCancel(_) => 4,
            Self::OrderExpire(_) => 5,
            Self::Topup(_) => 6,
            Self::Freeze(_) => 7,
            Self::Unfreeze(_) => 8,
        }
    }
}

struct Writer(Vec<u8>);

impl Writer {
    fn payment(&mut self, details: &PaymentDetails) -> Result<(), DetailsError> {
        self.id(tag::PAYER, details.payer);
        match details.payee {
            Payee::Person(person) => self.id(tag::PERSON, person),
            Payee::Shop(shop) => self.id(tag::SHOP, shop),
        }
        if let Some(order) = details.order {
            self.order(order);
        }
        if let Some(link) = details.link {
            self.id(tag::LINK, link);
        }
        self.field(tag::INTENT, &details.intent);
        if let Some(note) = &details.note {
            if note.len() > usize::from(u8::MAX) {
                return Err(DetailsError::Field(tag::NOTE));
            }
            self.field(tag::NOTE, note);
        }
        if let Some(until) = details.approved_until {
            self.field(tag::APPROVED_UNTIL, &until.0.to_be_bytes());
        }
        Ok(())
    }

    fn order(&mut self, order: OrderRef) {
        self.id(tag::ORDER, order.order);
        self.number(tag::VERSION, order.version);
    }

    fn id<K: Kind>(&mut self, tag: u8, id: Id<K>) {
        self.field(tag, id.uuid().as_bytes());
    }

    fn number(&mut self, tag: u8, number: u32) {
        self.field(tag, &number.to_be_bytes());
    }

    fn field(&mut self, tag: u8, value: &[u8]) {
        let length =
            u8::try_from(value.len()).expect("every field but the note has a fixed length, the note is checked");
        self.0.extend([tag, length]);
        self.0.extend_from_slice(value);
    }
}

struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn payment(&mut self) -> Result<PaymentDetails, DetailsError> {
        let payer = self.id(tag::PAYER)?;
        let payee = match self.maybe_id(tag::PERSON)? {
            Some(person) => Payee::Person(person),
            None => Payee::Shop(self.id(tag::SHOP)?),
        };
        let order = self.maybe_order()?;
        let link = self.maybe_id(tag::LINK)?;
        let intent = self.digest(tag::INTENT)?;
        let note = self.maybe(tag::NOTE)?.map(<[u8]>::to_vec);
        let approved_until = match self.maybe(tag::APPROVED_UNTIL)? {
            Some(value) => {
                let micros = value.try_into().map_err(|_| DetailsError::Field(tag::APPROVED_UNTIL))?;
                Some(Timestamp(i64::from_be_bytes(micros)))
            }
            None => None,
        };
        Ok(PaymentDetails { payer, payee, order, link, intent, note, approved_until })
    }

    fn step(&mut self) -> Result<OrderStep, DetailsError> {
        Ok(OrderStep { shop: self.id(tag::SHOP)?, order: self.order()? })
    }

    fn maybe_order(&mut self) -> Result<Option<OrderRef>, DetailsError> {
        self.next_is(tag::ORDER).then(|| self.order()).transpose()
    }

    fn order(&mut self) -> Result<OrderRef, DetailsError> {
        Ok(OrderRef { order: self.id(tag::ORDER)?, version: self.number(tag::VERSION)? })
    }

    fn id<K: Kind>(&mut self, tag: u8) -> Result<Id<K>, DetailsError> {
        self.maybe_id(tag)?.ok_or(DetailsError::Field(tag))
    }

    fn maybe_id<K: Kind>(&mut self, tag: u8) -> Result<Option<Id<K>>, DetailsError> {
        let Some(value) = self.maybe(tag)? else { return Ok(None) };
        let uuid = Uuid::from_slice(value).map_err(|_| DetailsError::Field(tag))?;
        Ok(Some(Id::from_uuid(uuid)))
    }

    fn number(&mut self, tag: u8) -> Result<u32, DetailsError> {
        let value = self.maybe(tag)?.ok_or(DetailsError::Field(tag))?;
        value.try_into().map(u32::from_be_bytes).map_err(|_| DetailsError::Field(tag))
    }

    fn digest(&mut self, tag: u8) -> Result<[u8; 32], DetailsError> {
        let value = self.maybe(tag)?.ok_or(DetailsError::Field(tag))?;
        value.try_into().map_err(|_| DetailsError::Field(tag))
    }

    fn next_is(&self, tag: u8) -> bool {
        self.0.first() == Some(&tag)
    }

    /// Takes the next field if it has this tag.
    fn maybe(&mut self, tag: u8) -> Result<Option<&'a [u8]>, DetailsError> {
        if !self.next_is(tag) {
            return Ok(None);
        }
        let [_, length, rest @ ..] = self.0 else { return Err(DetailsError::Malformed) };
        let (value, rest) = rest.split_at_checked(usize::from(*length)).ok_or(DetailsError::Malformed)?;
        self.0 = rest;
        Ok(Some(value))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id<K: Kind>(seed: u8) -> Id<K> {
        Id::from_parts(1_700_000_000_000 + u64::from(seed), [seed; 10])
    }

    fn samples() -> Vec<Details> {
        let order = OrderRef { order: id(4), version: 7 };
        let payment = PaymentDetails {
            payer: id(1),
            payee: Payee::Shop(id(3)),
            order: Some(order),
            link: Some(id(6)),
            intent: [9; 32],
            note: Some(vec![0xA5; 128]),
            approved_until: Some(Timestamp(1_800_000_000_000_000)),
        };
        let step = OrderStep { shop: id(3), order };
        vec![
            Details::Payment(payment.clone()),
            Details::Payment(PaymentDetails {
                payee: Payee::Person(id(2)),
                order: None,
                link: None,
                note: None,
                approved_until: None,
                ..payment
            }),
            Details::Refund(RefundDetails { payment: id(9), payer: id(1), shop: id(3), order: Some(order), number: 2 }),
            Details::Refund(RefundDetails { payment: id(9), payer: id(1), shop: id(3), order: None, number: 1 }),
            Details::OrderEdit(step),
            Details::OrderCancel(step),
            Details::OrderExpire(step),
            Details::Topup(TopupDetails { topup: Some(id(11)), person: Some(id(2)), bank_entry: [3; 32] }),
            Details::Topup(TopupDetails { topup: None, person: None, bank_entry: [3; 32] }),
            Details::Freeze(id(2)),
            Details::Unfreeze(id(2)),
        ]
    }

    #[test]
    fn decoding_gives_back_what_was_encoded() {
        for details in samples() {
            let bytes = details.encode().expect("samples fit");
            assert!(bytes.len() <= DETAILS_BYTES_MAX);
            assert_eq!(Details::decode(&bytes), Ok(details));
        }
    }

    #[test]
    fn a_shortened_lengthened_or_foreign_encoding_is_refused() {
        for details in samples() {
            let bytes = details.encode().expect("samples fit");
            for length in 0..bytes.len() {
                // Note and approved end are the only optional fields at an end: without them the rest is whole.
                let whole = Details::decode(&bytes[..length])
                    .is_ok_and(|found| found.encode().as_deref() == Ok(&bytes[..length]));
                let is_shorter = matches!(&details, Details::Payment(p) if p.note.is_some())
                    && [10, 140].contains(&(bytes.len() - length));
                assert_eq!(whole, is_shorter, "{details:?} cut to {length}");
            }
            let longer = [bytes.as_slice(), &[200]].concat();
            assert_eq!(Details::decode(&longer), Err(DetailsError::UnexpectedTag(200)));
            let foreign = [&[2], &bytes[1..]].concat();
            assert_eq!(Details::decode(&foreign), Err(DetailsError::Malformed));
        }
        assert_eq!(Details::decode(&[FORMAT, 99]), Err(DetailsError::UnknownKind(99)));
        assert_eq!(Details::decode(&[0; 513]), Err(DetailsError::TooLong(513)));
    }

    #[test]
    fn a_note_that_is_too_long_is_refused_when_encoding() {
        let Some(Details::Payment(mut payment)) = samples().into_iter().next() else { unreachable!("first sample") };
        payment.note = Some(vec![0; 256]);
        assert_eq!(Details::Payment(payment).encode(), Err(DetailsError::Field(tag::NOTE)));
    }
}
